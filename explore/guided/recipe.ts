import type { Fault } from '../../sim/faults.ts'
import type { RunPlan } from '../result.ts'
import type { Network } from '../scenario.ts'

/** A plan without what its seed says: workload and topology. Small enough to be kept and sent by the hundred. */
export interface Recipe {
  readonly seed: number
  readonly luck: number
  readonly network: Network
  readonly syncMs: RunPlan['syncMs']
  readonly faults: readonly Fault[]
}

export function recipeOf({ seed, luck, network, syncMs, faults }: RunPlan): Recipe {
  return { seed, luck, network, syncMs, faults }
}
