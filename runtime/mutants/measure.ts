import type { Trial } from '../../explore/mutants.ts'
import { isOver, type Oracle, type TrialProgress, UNBEGUN } from '../../explore/trial.ts'
import type { Catalogue } from '../catalogue.ts'
import { aborted } from '../interruption.ts'
import { localRunners, threadRunner } from '../sweep/runner.ts'
import type { Runner } from '../sweep/task.ts'

export interface MeasureJob {
  readonly catalogue: Catalogue
  /** In the order in which they shall be done. */
  readonly trials: readonly Trial[]
  readonly oracle: Oracle
  readonly jobs: number
  /** Of the wall clock, in milliseconds. */
  readonly timeLimitMs?: number | undefined
  /** Ends it early; what was measured so far counts. */
  readonly signal: AbortSignal
  /** How far trials were when an earlier measurement ended, by key. */
  readonly kept: ReadonlyMap<string, TrialProgress>
  /** Called whenever a trial is further than it was. */
  readonly onProgress: (trial: Trial, progress: TrialProgress, all: ReadonlyMap<string, TrialProgress>) => void
}

/** A slice takes about this long, so that a time limit and an interruption are met and little is lost by them. */
const SLICE_MS = 1000
const FIRST_SLICE_RUNS = 8

/**
 * Carries out trials, each in slices of runs, as many at a time as there are jobs. A trial stays with its worker, and
 * ends at the very run that decides it: neither the number of workers nor the size of a slice changes the outcome.
 */
export async function measure(job: MeasureJob): Promise<ReadonlyMap<string, TrialProgress>> {
  const progress = new Map(job.kept)
  const pending = job.trials.filter(
    ({ key, mutant }) => !isOver(progress.get(key) ?? UNBEGUN, job.oracle, mutant.budgetRuns),
  )
  const lanes = Math.max(1, Math.min(job.jobs, pending.length))
  const openRunner = () => (lanes === 1 ? localRunners(job.catalogue, 1)(1) : threadRunner(job.catalogue, 1))
  const runners = Array.from({ length: lanes }, openRunner)
  const deadlineMs = performance.now() + (job.timeLimitMs ?? Infinity)
  const goesOn = (): boolean => !job.signal.aborted && performance.now() < deadlineMs
  const lane = async (runner: Runner): Promise<void> => {
    for (let trial = pending.shift(); trial !== undefined && goesOn(); trial = pending.shift()) {
      await carryOut(job, runner, trial, progress, goesOn)
    }
  }
  try {
    await Promise.race([Promise.all(runners.map(lane)), aborted(job.signal)])
    return new Map(progress)
  } finally {
    await Promise.all(runners.map((runner) => runner.close()))
  }
}

async function carryOut(
  { oracle, signal, onProgress }: MeasureJob,
  runner: Runner,
  trial: Trial,
  all: Map<string, TrialProgress>,
  goesOn: () => boolean,
): Promise<void> {
  const { key, firstSeed, strategy, mutant } = trial
  const { scenario, settings, budgetRuns } = mutant
  let begun = all.get(key) ?? UNBEGUN
  let runs = FIRST_SLICE_RUNS
  while (!isOver(begun, oracle, budgetRuns) && goesOn()) {
    const startedMs = performance.now()
    const count = Math.min(runs, budgetRuns - begun.runs)
    const input = { key, firstSeed, begun, oracle, count }
    const done = await runner.run({ kind: 'trial', scenario: scenario.name, order: { settings, strategy }, input })
    if (signal.aborted) return
    const msPerRun = (performance.now() - startedMs) / Math.max(1, done.runs - begun.runs)
    runs = Math.max(1, Math.min(runs * 2, Math.round(SLICE_MS / msPerRun)))
    begun = done
    all.set(key, done)
    onProgress(trial, done, all)
  }
}
