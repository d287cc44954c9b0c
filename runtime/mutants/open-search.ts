import { openSearch, type Search } from '../../explore/search.ts'
import type { Scenario } from '../../explore/scenario.ts'
import type { SweepOrder } from '../../explore/sweep.ts'
import { continueTrial, modeOf, type Oracle, type TrialProgress } from '../../explore/trial.ts'

/** A slice of a trial. */
export interface TrialSlice {
  readonly key: string
  readonly firstSeed: number
  readonly begun: TrialProgress
  readonly oracle: Oracle
  /** At most so many runs. */
  readonly count: number
}

/** The search of the last slice: a worker stays with a trial, so that a search that learns need not learn anew. */
const last: { key?: string; search?: Search } = {}

export function runSlice(scenario: Scenario, order: SweepOrder, slice: TrialSlice): TrialProgress {
  const search = searchAt(scenario, order, slice)
  const progress = continueTrial(search, slice.begun, slice.oracle, slice.count)
  Object.assign(last, { key: slice.key, search })
  return progress
}

function searchAt(scenario: Scenario, order: SweepOrder, { key, firstSeed, begun, oracle }: TrialSlice): Search {
  if (last.key === key && last.search?.runs === begun.runs) return last.search
  const search = openSearch(scenario, order, firstSeed, begun.runs)
  while (search.runs < begun.runs) search.next(modeOf(oracle))
  return search
}
