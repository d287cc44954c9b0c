import type { RunMode } from './run.ts'
import type { Search } from './search.ts'

/**
 * A trial is one of several independent searches for one planted bug, as the evaluation of fuzzers has it (G. Klees
 * et al., "Evaluating fuzz testing", CCS 2018): what counts is how many runs it takes to the first that shows the bug.
 */

/**
 * Who must notice. `internal`: any property, invariants of the nodes' states among them. `client`: only what clients
 * can see. `both`: each is counted for itself, over the same runs.
 */
export const ORACLES = ['internal', 'client', 'both'] as const
export type Oracle = (typeof ORACLES)[number]

/** The first run that showed it. */
export interface Hit {
  /** Counted from 1. */
  readonly run: number
  readonly seed: number
  readonly property: string
}

/** How far a trial is, as plain data: what is needed to go on with it elsewhere. */
export interface TrialProgress {
  readonly runs: number
  /** By any property. */
  readonly hit?: Hit | undefined
  /** By a property that clients can see; never before `hit`. */
  readonly clientHit?: Hit | undefined
  /** Runs that ended without an answer. */
  readonly unknown: number
}

export const UNBEGUN: TrialProgress = { runs: 0, unknown: 0 }

/** A trial is over at the last hit it is after, or when its budget of runs is spent. */
export function isOver({ runs, hit, clientHit }: TrialProgress, oracle: Oracle, budgetRuns: number): boolean {
  return runs >= budgetRuns || (oracle === 'internal' ? hit : clientHit) !== undefined
}

/** How its runs are made: only who asks what clients saw lets a broken run go on. */
export function modeOf(oracle: Oracle): RunMode {
  return { keepGoing: oracle !== 'internal' }
}

/** Goes on for up to `count` runs with a search that is as far as the trial. */
export function continueTrial(search: Search, begun: TrialProgress, oracle: Oracle, count: number): TrialProgress {
  let { hit, clientHit, unknown } = begun
  const endRuns = begun.runs + count
  while (!isOver({ runs: search.runs, hit, clientHit, unknown }, oracle, endRuns)) {
    const { seed, verdict, violations, clientVisible } = search.next(modeOf(oracle))
    const run = search.runs
    if (verdict === 'violated') hit ??= { run, seed, property: violations[0]!.property }
    if (clientVisible !== undefined) clientHit ??= { run, seed, property: clientVisible.property }
    if (verdict === 'unknown') unknown++
  }
  return { runs: search.runs, hit, clientHit, unknown }
}
