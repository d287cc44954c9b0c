import { cameAbout, Moments } from '../../sim/moments.ts'
import type { Fault } from '../../sim/faults.ts'
import type { Millis, NodeId } from '../../sim/machine.ts'
import type { ActiveFault } from './link-weather.ts'
import { makingOf } from './real.ts'

type Of<Kind extends Fault['kind']> = Extract<Fault, { readonly kind: Kind }>
export type Crash = Of<'kill' | 'power-loss' | 'crash-in-output' | 'crash-in-recovery'>

/** The processes that a storm breaks over. */
export interface Shaken {
  readonly ids: readonly NodeId[]
  readonly isServer: (id: NodeId) => boolean
  /** These faults are under way from now on, and no others. */
  readonly become: (active: readonly ActiveFault[]) => void
  /** False where it was down. */
  readonly crash: (fault: Crash) => boolean
  readonly halt: (id: NodeId, isHalted: boolean) => void
  readonly reset: (from: NodeId, to: readonly NodeId[]) => void
  readonly spawn: (index: number) => void
  /** Who is down, and not for good, comes back. */
  readonly calm: () => void
}

/** Calls back after so many milliseconds, until the storm is closed. */
export type After = (delayMs: Millis, act: () => void) => void

export interface StormPlan {
  readonly faults: readonly Fault[]
  readonly calmAtMs: Millis
}

/** Carries out a plan on real processes: begins and ends each fault in its time, and brings the calm. */
export class Storm {
  /** Faults that came about, by kind. */
  readonly made = new Map<string, number>()
  /** What was made otherwise, and what was not made at all, by kind. */
  readonly madeInstead = new Map<string, number>()
  readonly notMade = new Map<string, number>()
  private readonly plan: StormPlan
  private readonly shaken: Shaken
  private readonly now: () => Millis
  private readonly after: After
  private readonly moments: Moments
  private readonly active = new Map<Fault, Millis>()
  private isCalm = false

  constructor(plan: StormPlan, shaken: Shaken, clock: { readonly now: () => Millis; readonly after: After }) {
    this.plan = plan
    this.shaken = shaken
    this.now = clock.now
    this.after = clock.after
    this.moments = new Moments(plan.faults)
  }

  begin(): void {
    const { faults, calmAtMs } = this.plan
    for (const fault of faults) {
      if ('message' in fault || fault.when?.occurrence !== undefined) continue
      this.after(fault.atMs, () => this.come(fault))
    }
    this.after(calmAtMs, () => this.calm())
  }

  /** A machine wrote a note: faults may have waited for it, or be aimed by it. */
  noted(node: NodeId, note: string): void {
    for (const fault of this.moments.noted(node, note)) {
      if (this.now() + fault.atMs >= this.plan.calmAtMs) continue
      const plain = cameAbout(fault, node, this.now() + fault.atMs)
      this.after(fault.atMs, () => this.make(plain))
    }
  }

  private come(fault: Fault): void {
    if (fault.when === undefined) {
      this.make(fault)
      return
    }
    const target = this.moments.target(fault)
    if (target !== undefined) this.make(cameAbout(fault, target, this.now()))
  }

  private make(fault: Fault): void {
    if (this.isCalm && fault.forGood !== true) return
    const making = makingOf(fault, this.shaken.isServer)
    if (making === 'not made') {
      countIn(this.notMade, fault.kind)
      return
    }
    if (!this.apply(fault)) return
    countIn(making === 'real' ? this.made : this.madeInstead, fault.kind)
  }

  /** False where there was nobody to hit. */
  private apply(fault: Fault): boolean {
    switch (fault.kind) {
      case 'kill':
      case 'power-loss':
      case 'crash-in-output':
      case 'crash-in-recovery':
        return this.shaken.crash(fault)
      case 'stream-reset':
        this.reset(fault)
        return true
      case 'spawn':
        this.shaken.spawn(fault.index)
        return true
      default:
        if ('forMs' in fault) this.last(fault)
        return true
    }
  }

  private last(fault: Fault & { readonly forMs: Millis }): void {
    const endsAtMs = fault.forGood === true ? Infinity : Math.min(this.now() + fault.forMs, this.plan.calmAtMs)
    this.active.set(fault, endsAtMs)
    if (endsAtMs < Infinity) this.after(endsAtMs - this.now(), () => this.end(fault))
    this.changed(fault, true)
  }

  private end(fault: Fault): void {
    if (this.active.delete(fault)) this.changed(fault, false)
  }

  private changed(fault: Fault, isOn: boolean): void {
    if (fault.kind === 'pause') {
      if (isOn || !this.isHalted(fault.node)) this.shaken.halt(fault.node, isOn)
    }
    this.shaken.become(this.weather())
  }

  isHalted(id: NodeId): boolean {
    return [...this.active.keys()].some((fault) => fault.kind === 'pause' && fault.node === id)
  }

  weather(): readonly ActiveFault[] {
    const nowMs = this.now()
    // JSON knows no Infinity; what stays for good outlasts every run.
    return [...this.active].map(([fault, endsAtMs]) => ({ fault, leftMs: Math.min(endsAtMs - nowMs, 1e9) }))
  }

  private reset({ from, to }: Of<'stream-reset'>): void {
    for (const one of this.shaken.ids) {
      if (from !== undefined && !from.includes(one)) continue
      const peers = this.shaken.ids.filter((id) => id !== one && (to === undefined || to.includes(id)))
      this.shaken.reset(one, peers)
    }
  }

  /** The storm is over: what is not for good is healed, and who is not lost for good comes back. */
  private calm(): void {
    this.isCalm = true
    for (const fault of this.active.keys()) if (fault.forGood !== true) this.end(fault)
    this.shaken.calm()
  }
}

function countIn(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1)
}
