import { planOperations } from '../plan-run.ts'
import type { Scenario, ScenarioInput, Settings } from '../scenario.ts'
import type { SmallSystem } from './world.ts'

/**
 * A scenario as a small world: its machines, the operations that a seed plans, its properties. Where it offers a
 * choice of shape, the first is taken; what it draws for times and faults has no part here.
 */
export function smallSystem(scenario: Scenario, settings: Settings, seed = 1): SmallSystem {
  const choose: ScenarioInput['choose'] = (_name, options) => options[0]!
  const operations = planOperations(scenario, seed, settings, choose)
  const { protocol, nodes } = scenario.topology({ settings, operations, choose, timeless: true })
  return { protocol, nodes, properties: scenario.properties(settings), role: scenario.faults.quorumRole }
}
