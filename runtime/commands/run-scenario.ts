import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import type { Scenario } from '../../explore/scenario.ts'
import type { SweepMerge, SweepOrder, SweepTotals } from '../../explore/sweep.ts'
import { progressLine } from '../../reports/progress.ts'
import type { Catalogue } from '../catalogue.ts'
import { describeFailures, tokenOf } from '../failures.ts'
import { ProgressLine } from '../progress.ts'
import { sweep, type SweepRange } from '../sweep/sweep.ts'
import type { OpenRunner } from '../sweep/task.ts'
import type { RunOptions, ScenarioOutcome } from './run-options.ts'
import { orderOf } from './run-order.ts'

/** One scenario's sweep, wherever it is carried out. */
export interface ScenarioJob {
  readonly catalogue: Catalogue
  readonly scenario: Scenario
  readonly order: SweepOrder
  readonly range: SweepRange
  readonly openRunner: OpenRunner
  readonly shrink: boolean
  /** Ends it early; what was found so far is the outcome. */
  readonly signal: AbortSignal
}

export interface ScenariosJob extends Pick<ScenarioJob, 'catalogue' | 'range' | 'openRunner' | 'signal'> {
  readonly options: Omit<RunOptions, 'shard' | 'jobs'>
}

/** Runs one scenario after the other, until the signal. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  { options, ...job }: ScenariosJob,
): Promise<readonly ScenarioOutcome[]> {
  const outcomes: ScenarioOutcome[] = []
  for (const scenario of scenarios) {
    if (job.signal.aborted) break
    outcomes.push(await runScenario({ ...job, scenario, order: orderOf(scenario, options), shrink: options.shrink }))
  }
  return outcomes
}

/** Runs the seeds of a scenario, and shrinks what fails, with the progress on standard error. */
async function runScenario(job: ScenarioJob): Promise<ScenarioOutcome> {
  const startedMs = performance.now()
  const progress = new ProgressLine()
  const merge = await sweep({
    ...job,
    onProgress: (soFar) =>
      progress.draw((style, columns) => lineOf(soFar(), job.range, performance.now() - startedMs, style, columns)),
  })
  const wallMs = Math.round(performance.now() - startedMs)
  const outcome = await outcomeOf(job, merge, wallMs, progress)
  progress.clear()
  return outcome
}

/** What was merged, with the failures shrunk and given their tokens. */
export async function outcomeOf(
  job: Omit<ScenarioJob, 'range'>,
  merge: SweepMerge,
  wallMs: number,
  progress: ProgressLine,
): Promise<ScenarioOutcome> {
  const { catalogue, scenario, order } = job
  const totals = merge.totals()
  const failures = await describeFailures(
    {
      ...job,
      firstSeed: totals.firstSeed,
      onProgress: (shrunk, of) => progress.draw(() => `shrinking: ${shrunk} of ${of} done`),
    },
    totals.failures,
  )
  const { diverged, ...rest } = totals
  return {
    scenario,
    order,
    part: merge.part(),
    failures,
    diverged,
    summary: { ...rest, wallMs, failures: failures.map(({ failure }) => failure) },
    token:
      totals.runs === 1 && failures.length === 0
        ? tokenOfSingleRun(catalogue, scenario, order, totals.firstSeed)
        : undefined,
  }
}

function lineOf(
  totals: SweepTotals,
  range: SweepRange,
  elapsedMs: number,
  ...how: Parameters<typeof progressLine> extends [unknown, ...infer Rest] ? Rest : never
): string {
  return progressLine(
    {
      runs: totals.runs,
      elapsedMs,
      failures: totals.failures,
      plannedRuns: Number.isFinite(range.runs) ? range.runs : undefined,
      timeLimitMs: range.timeLimitMs,
      faults: Object.values(totals.faults).reduce((sum, count) => sum + count, 0),
    },
    ...how,
  )
}

function tokenOfSingleRun(catalogue: Catalogue, scenario: Scenario, order: SweepOrder, seed: number): string {
  const plan = planRun(scenario, seed, order.settings, order)
  const result = executeRun(scenario, plan, { wire: order.wire === true })
  return tokenOf(catalogue, scenario, { plan, result, wire: order.wire })
}
