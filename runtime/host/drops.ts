import type { Log } from './log.ts'

/** One line of the log for all drops within this time. */
const LINE_EVERY_MS = 5_000
/** Kinds of reasons told apart; they are the host's own words, never those of who sent the bytes. */
const MOST_REASONS = 64

/** Counts what was dropped, by reason, and tells the log now and then: who floods a node does not flood its log. */
export class Drops {
  private readonly counts = new Map<string, number>()
  private readonly log: Log
  private lastLineMs = -Infinity
  private silent = 0

  constructor(log: Log) {
    this.log = log
  }

  get byReason(): ReadonlyMap<string, number> {
    return this.counts
  }

  /** `from` and `detail` are for the log: where the bytes came from, and what was wrong with them. */
  count(reason: string, from?: string, detail?: string): void {
    const counted = this.counts.has(reason) || this.counts.size < MOST_REASONS ? reason : 'other'
    this.counts.set(counted, (this.counts.get(counted) ?? 0) + 1)
    const nowMs = performance.now()
    if (nowMs - this.lastLineMs < LINE_EVERY_MS) {
      this.silent++
      return
    }
    const fields = { reason, from, detail: detail?.slice(0, 200), droppedSinceLastLine: this.silent + 1 }
    this.lastLineMs = nowMs
    this.silent = 0
    this.log.warn(fields, 'dropped a message')
  }
}
