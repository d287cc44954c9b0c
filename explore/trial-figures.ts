import type { Hit, TrialProgress } from './trial.ts'

/** What some trials of one bug say together. */
export interface TrialFigures {
  /** Trials that have found it or spent their budget. Only these count. */
  readonly done: number
  readonly found: number
  /** Runs to the first hit, in the median trial; one that found nothing counts at its budget. Null before any is done. */
  readonly medianRuns: number | null
  /** A trial in the middle found nothing: the median is this or more. */
  readonly isAtLeast: boolean
}

/** What is said of one planted bug at one oracle level. */
export interface LevelFigures {
  readonly strategy: TrialFigures
  /** Undefined where there is no baseline. */
  readonly baseline: TrialFigures | undefined
  /** How many times fewer runs the strategy takes than the baseline, in the median; undefined where one is unknown. */
  readonly timesFewer: number | undefined
}

/** The figures of trials with one budget; `hitOf` says which hit is asked for. */
export function trialFigures(
  trials: readonly TrialProgress[],
  budgetRuns: number,
  hitOf: (trial: TrialProgress) => Hit | undefined,
): TrialFigures {
  const hits = trials
    .flatMap((trial) => {
      const run = hitOf(trial)?.run
      if (run !== undefined && run <= budgetRuns) return [run]
      return trial.runs >= budgetRuns ? [Infinity] : []
    })
    .sort((left, right) => left - right)
  const middle = [hits[(hits.length - 1) >> 1], hits[hits.length >> 1]].filter((runs) => runs !== undefined)
  const counted = middle.map((runs) => Math.min(runs, budgetRuns))
  return {
    done: hits.length,
    found: hits.filter((runs) => runs !== Infinity).length,
    medianRuns: counted.length === 0 ? null : (counted[0]! + counted[1]!) / 2,
    isAtLeast: middle.includes(Infinity),
  }
}
