import { executeRun } from '../explore/run.ts'
import type { Failure, RunPlan, RunResult } from '../explore/result.ts'
import type { Scenario } from '../explore/scenario.ts'
import { plansOf, type RawFailure, type SweepOrder } from '../explore/sweep.ts'
import { thinCheckpoints, writeToken } from '../explore/token.ts'
import { codeOf, type Catalogue } from './catalogue.ts'
import type { OpenRunner } from './sweep/task.ts'

/** A failure with the run that shows it best: the shrunk one where there is one. */
export interface TracedFailure {
  readonly failure: Failure
  readonly plan: RunPlan
  /** With its trace. */
  readonly result: RunResult
}

export interface FailureJob {
  readonly catalogue: Catalogue
  readonly scenario: Scenario
  readonly order: SweepOrder
  readonly firstSeed: number
  readonly openRunner: OpenRunner
  readonly shrink: boolean
  readonly signal: AbortSignal
  readonly onProgress: (shrunk: number, of: number) => void
}

/** Shrinking takes seconds each: of a sweep with more kinds of failures than these the rest stays as it was found. */
const MOST_SHRUNK = 8

/** Shrinks each kind of failure, several at a time, and gives each its token. */
export async function describeFailures(
  job: FailureJob,
  found: readonly RawFailure[],
): Promise<readonly TracedFailure[]> {
  const wanted = job.shrink ? Math.min(found.length, MOST_SHRUNK) : 0
  const runner = job.openRunner(wanted)
  let done = 0
  try {
    return await Promise.all(
      found.map(async (failure, index) => {
        if (index >= wanted || job.signal.aborted) return traced(job, failure, undefined)
        const task = runner.run({ kind: 'shrink', scenario: job.scenario.name, order: job.order, input: { failure } })
        const shrunk = await Promise.race([task, aborted(job.signal)])
        job.onProgress(++done, wanted)
        return traced(job, failure, shrunk)
      }),
    )
  } finally {
    await runner.close()
  }
}

function traced(job: FailureJob, raw: RawFailure, shrunk: Failure['shrunk']): TracedFailure {
  const { scenario, order } = job
  const plan = shrunk?.plan ?? plansOf(scenario, order, raw).next().value!
  const result = executeRun(scenario, plan, { trace: true, wire: order.wire === true })
  return {
    plan,
    result,
    failure: {
      scenario: scenario.name,
      seed: plan.seed,
      run: (raw.recipes === undefined ? plan.seed : raw.seed) - job.firstSeed + 1,
      violation: result.violations[0] ?? raw.violation,
      fingerprint: raw.fingerprint,
      count: raw.count,
      settings: order.settings,
      shrunk: shrunk === undefined ? undefined : { ...shrunk, result },
      token: tokenOf(job.catalogue, scenario, { plan, result, fingerprint: raw.fingerprint, wire: order.wire }),
    },
  }
}

/** The token of a run that was carried out. */
export function tokenOf(
  catalogue: Catalogue,
  scenario: Scenario,
  run: {
    readonly plan: RunPlan
    readonly result: RunResult
    readonly fingerprint?: string | undefined
    readonly wire?: boolean | undefined
  },
): string {
  const { plan, result, fingerprint, wire } = run
  return writeToken(scenario, {
    scenario: scenario.name,
    seed: plan.seed,
    plan,
    code: codeOf(catalogue, scenario),
    traceHash: result.traceHash,
    checkpoints: thinCheckpoints(result.checkpoints),
    fingerprint,
    wire,
  })
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }))
}
