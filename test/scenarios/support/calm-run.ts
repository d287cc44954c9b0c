import { expect } from 'vitest'
import { planRun } from '../../../explore/plan-run.ts'
import { executeRun } from '../../../explore/run.ts'
import type { Scenario, Settings } from '../../../explore/scenario.ts'

/** A run without any fault, on fast disks; the share of its operations that ended ok. */
export function calmRun(scenario: Scenario, seed: number, settings: Settings = scenario.defaults): number {
  const plan = planRun(scenario, seed, settings)
  const network = { ...plan.network, loss: 0, duplication: 0 }
  const { verdict, operations } = executeRun(scenario, { ...plan, network, syncMs: [0.2, 2], faults: [] })
  expect(verdict).toBe('ok')
  return operations.ok / settings.operations
}
