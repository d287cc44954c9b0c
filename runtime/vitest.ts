/** Simulation tests inside vitest: `import { simulationTest } from 'petrel/vitest'`. */
import { expect, test } from 'vitest'
import type { SweepSummary } from '../explore/result.ts'
import type { Scenario } from '../explore/scenario.ts'
import { scenarioCode } from './vitest-code.ts'
import { callSite, failureMessage, SimulationFailure, type CallSite } from './vitest-failure.ts'
import { addVerdictMatchers } from './vitest-matchers.ts'
import { seedRange, timeoutMsFor, type SimulationOptions, type SimulationTestOptions } from './vitest-options.ts'
import { simulate as run } from './vitest-simulate.ts'

export { faultPlans } from '../explore/arbitraries.ts'
export type { FaultPlanConstraints } from '../explore/arbitraries.ts'
export { runTo } from '../explore/run-to.ts'
export { SimulationFailure } from './vitest-failure.ts'
export type { Judged } from './vitest-matchers.ts'
export type { SimulationOptions, SimulationTestOptions } from './vitest-options.ts'

addVerdictMatchers(expect)

type DefineTest = (name: string, scenario: Scenario, options?: SimulationTestOptions) => void

/**
 * A vitest test that runs a scenario over many seeds. It fails at the first seed that violates a property, with the
 * failure made small, explained, and a line that replays it; and where the sweep is no evidence: too few operations
 * ended ok, a `sometimes` property was never seen, a checker ran out of budget.
 *
 * `PETREL_SEED` and `PETREL_RUNS` in the environment count more than the options. `simulationTest.only` and
 * `simulationTest.skip` are as vitest's.
 */
export const simulationTest: DefineTest & { readonly only: DefineTest; readonly skip: DefineTest } = Object.assign(
  testDefiner(test),
  { only: testDefiner(test.only), skip: testDefiner(test.skip) },
)

/**
 * The sweep alone, for a test that asserts by itself: `expect(await simulate(scenario)).toBeOk()`. It ends at the first
 * failure, which is shrunk.
 */
export async function simulate(scenario: Scenario, options: SimulationOptions = {}): Promise<SweepSummary> {
  return run(scenario, options, scenarioCode(scenario, callSite(simulate).file))
}

function testDefiner(define: typeof test | typeof test.only | typeof test.skip): DefineTest {
  return function defineSimulation(name, scenario, options = {}) {
    const site = callSite(defineSimulation)
    const timeout = options.timeoutMs ?? timeoutMsFor(seedRange(options))
    define(name, { timeout }, () => judge(scenario, options, site))
  }
}

async function judge(scenario: Scenario, options: SimulationTestOptions, site: CallSite): Promise<void> {
  const code = scenarioCode(scenario, site.file)
  const summary = await run(scenario, options, code)
  if (options.expectFail === true) {
    if (summary.failures.length > 0) return
    throw new SimulationFailure(
      `${scenario.name}: ${summary.runs} runs should have found a failure, and found none`,
      site,
    )
  }
  const message = failureMessage(summary, seedRange(options).single, code, site)
  if (message !== undefined) throw new SimulationFailure(message, site)
}
