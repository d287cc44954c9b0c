import type { Fault } from '../sim/faults.ts'
import { randomStream } from '../sim/random.ts'
import type { PlanSubject, Unnumbered } from './draft.ts'
import { strategyOf } from './strategies/index.ts'
import type { StrategyName } from './strategies/names.ts'

export type { PlanSubject } from './draft.ts'

/** What a strategy chose for one run. */
export interface DrawnFaults {
  /** In the order of time; those that wait for a moment stand where their delay puts them. */
  readonly faults: readonly Fault[]
  readonly anyOrder: boolean
}

/**
 * What goes wrong in one run, drawn from its seed. What a quorum system does not claim to survive is kept to a
 * minority of servers that may be lost for good.
 */
export function drawFaults(seed: number, subject: PlanSubject, strategy: StrategyName = 'default'): DrawnFaults {
  const chosen = strategyOf(strategy, randomStream(seed, 'strategy'))
  const entries = chosen.faults(randomStream(seed, 'faults'), subject)
  const faults = entries.map(numbered)
  return { faults: faults.sort((a, b) => a.atMs - b.atMs), anyOrder: chosen.anyOrder === true }
}

/** The entry itself, which is of no other plan, with its number as the last of its fields. */
function numbered(entry: Unnumbered & { id?: number }, index: number): Fault {
  entry.id = index + 1
  return entry as Fault
}
