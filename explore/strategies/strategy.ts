import type { Random } from '../../sim/machine.ts'
import type { PlanSubject, Unnumbered } from '../draft.ts'

/** A way of choosing what goes wrong in a run: a pure function of the stream it draws from. */
export interface Strategy {
  /** One line for people. */
  readonly about: string
  readonly faults: (random: Random, subject: PlanSubject) => readonly Unnumbered[]
  /** True where each message's latency gets a factor of its own. */
  readonly anyOrder?: boolean
}
