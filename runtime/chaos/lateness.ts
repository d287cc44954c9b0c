import type { Millis, NodeId } from '../../sim/machine.ts'
import { duration } from '../../reports/words.ts'

/** Who was left out for so long may miss an election's timeout. */
const BUSY_MS = 250

/** Who was halted by the storm says so late, once it goes on. */
const WAKING_MS = 1_000

/**
 * How long the computer left processes out in the calm, each as measured by itself. On a busy one nobody is served in
 * time, and that is no failure of the machines.
 */
export class Lateness {
  private readonly fromMs: Millis
  private worst: { readonly who: string; readonly lateMs: Millis } | undefined

  constructor(calmAtMs: Millis) {
    this.fromMs = calmAtMs + WAKING_MS
  }

  of(who: NodeId, lateMs: Millis, nowMs: Millis): void {
    if (nowMs >= this.fromMs && lateMs >= BUSY_MS && lateMs > (this.worst?.lateMs ?? 0)) this.worst = { who, lateMs }
  }

  /** Undefined where nobody was left out. */
  get inWords(): string | undefined {
    return this.ofAtLeast(BUSY_MS)
  }

  /** Undefined where nobody was left out for so long. */
  ofAtLeast(lateMs: Millis): string | undefined {
    if (this.worst === undefined || this.worst.lateMs < lateMs) return undefined
    return `in the calm the computer left ${this.worst.who} out for ${duration(this.worst.lateMs)}`
  }
}
