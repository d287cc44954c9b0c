import { performance } from 'node:perf_hooks'
import { setImmediate as nextTick } from 'node:timers/promises'
import type { Failure, SweepSummary } from '../explore/result.ts'
import { understood } from '../explore/understand.ts'
import { executeRun } from '../explore/run.ts'
import { planRun } from '../explore/plan-run.ts'
import type { Scenario } from '../explore/scenario.ts'
import { shrinkFailure } from '../explore/shrink.ts'
import { SweepMerge, sweepSeeds, type RawFailure, type SweepOrder, type SweepTotals } from '../explore/sweep.ts'
import { thinCheckpoints, writeToken } from '../explore/token.ts'
import { UsageError } from '../explore/usage-error.ts'
import { firstDifference, handlerAt } from '../explore/verify.ts'
import { seedRange, type SeedRange, type SimulationOptions } from './vitest-options.ts'

/** The event loop gets its turn after this long, so that vitest's reporter and its other tests are not held up. */
const TURN_MS = 50

/**
 * Runs a scenario seed by seed until one fails, and shrinks that failure. A scenario that is not deterministic, which
 * the first run shows by a second one, throws.
 *
 * @param code 7 hex digits of the code under test, for the token
 */
export async function simulate(scenario: Scenario, options: SimulationOptions, code: string): Promise<SweepSummary> {
  const startedAt = performance.now()
  const order = orderOf(scenario, options)
  const range = seedRange(options)
  await nextTick()
  refuseDivergence(scenario, order, range.firstSeed)
  const totals = await sweepUntilFailure(scenario, order, range)
  const failures = totals.failures.map((failure) => shrunkFailure(scenario, order, failure, range, code))
  const { diverged: _diverged, ...summary } = totals
  return { ...summary, failures, wallMs: performance.now() - startedAt }
}

function orderOf(scenario: Scenario, options: SimulationOptions): SweepOrder {
  const { settings, bug, nemesis } = options
  const known = scenario.bugs?.map(({ id }) => id) ?? []
  if (bug !== undefined && !known.includes(bug)) {
    throw new UsageError(
      'unknown-bug',
      `${scenario.name} has no planted bug "${bug}"; it has: ${known.join(', ') || 'none'}.`,
    )
  }
  return { settings: { ...scenario.defaults, ...settings, ...(bug === undefined ? {} : { bug }) }, nemesis }
}

/** A failure of code that does not repeat itself could never be replayed, so that is said first. */
function refuseDivergence(scenario: Scenario, order: SweepOrder, seed: number): void {
  const plan = planRun(scenario, seed, order.settings, order)
  const [first, second] = [0, 1].map(() => {
    const { traceHash, contents } = executeRun(scenario, plan, { verify: true })
    return { seed, traceHash, contents: contents! }
  })
  const event = firstDifference(first!, second!)
  if (event === undefined) return
  throw new Error(
    `${scenario.name} is not deterministic: seed 0x${seed.toString(16)} ran twice and differed first at event #${event}, ` +
      `${handlerAt(scenario, order, seed, event)}. Look there for a random number, a clock, or a variable outside the state.`,
  )
}

async function sweepUntilFailure(scenario: Scenario, order: SweepOrder, range: SeedRange): Promise<SweepTotals> {
  const merge = new SweepMerge(scenario, order.settings)
  let turnEndsAt = performance.now() + TURN_MS
  for (let run = 0; run < range.runs; run++) {
    const part = sweepSeeds(scenario, order, range.firstSeed + run, 1)
    merge.add(part)
    if (part.failures.length > 0) break
    if (performance.now() < turnEndsAt) continue
    await nextTick()
    turnEndsAt = performance.now() + TURN_MS
  }
  return merge.totals()
}

function shrunkFailure(
  scenario: Scenario,
  order: SweepOrder,
  failure: RawFailure,
  range: SeedRange,
  code: string,
): Failure {
  const { settings } = order
  const plan = planRun(scenario, failure.seed, settings, order)
  const shrunk = understood(scenario, shrinkFailure(scenario, plan, failure.fingerprint), failure.fingerprint)
  const { traceHash, checkpoints } = shrunk.result
  const token = writeToken(scenario, {
    scenario: scenario.name,
    seed: failure.seed,
    plan: shrunk.plan,
    code,
    traceHash,
    checkpoints: thinCheckpoints(checkpoints),
    fingerprint: failure.fingerprint,
  })
  return { ...failure, scenario: scenario.name, run: failure.seed - range.firstSeed + 1, settings, shrunk, token }
}
