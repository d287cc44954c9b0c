import type { LevelFigures, TrialFigures } from './trial-figures.ts'

/** What one strategy takes, over several bugs. */
export interface MedianOfBugs {
  /** The median over the bugs of their medians of runs to the first hit; a search that missed counts at its budget. */
  readonly medianRuns: number
  /** A bug in the middle, or before it, has a median that is only known to be so much or more: so is this one. */
  readonly isAtLeast: boolean
  /** Searches of all the bugs: those that have found theirs, of those that are done. */
  readonly found: number
  readonly done: number
}

/** What all bugs say together at one oracle level: those of which a search is done, by each of the strategies. */
export interface OverallFigures {
  readonly bugs: number
  readonly strategy: MedianOfBugs
  /** Undefined where there is no baseline. */
  readonly baseline: MedianOfBugs | undefined
  /** How many times fewer runs the strategy takes than the baseline: the baseline's median over the strategy's. */
  readonly timesFewer: number | undefined
}

/** Undefined where no bug is measured yet. */
export function overallFigures(levels: readonly LevelFigures[]): OverallFigures | undefined {
  const measured = levels.filter(
    ({ strategy, baseline }) => strategy.medianRuns !== null && baseline?.medianRuns !== null,
  )
  if (measured.length === 0) return undefined
  const strategy = medianOf(measured.map((level) => level.strategy))
  const baselines = measured.flatMap((level) => level.baseline ?? [])
  const baseline = baselines.length === 0 ? undefined : medianOf(baselines)
  return {
    bugs: measured.length,
    strategy,
    baseline,
    timesFewer: baseline === undefined ? undefined : baseline.medianRuns / strategy.medianRuns,
  }
}

function medianOf(ofBugs: readonly TrialFigures[]): MedianOfBugs {
  const medians = ofBugs.map(({ medianRuns }) => medianRuns!).sort((left, right) => left - right)
  const upper = medians[medians.length >> 1]!
  return {
    medianRuns: (medians[(medians.length - 1) >> 1]! + upper) / 2,
    // What is larger than it seems moves the middle only from below.
    isAtLeast: ofBugs.some(({ medianRuns, isAtLeast }) => isAtLeast && medianRuns! <= upper),
    found: ofBugs.reduce((sum, { found }) => sum + found, 0),
    done: ofBugs.reduce((sum, { done }) => sum + done, 0),
  }
}
