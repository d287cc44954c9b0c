import type { Fork } from '../sim/forks.ts'
import { draw, seedKey } from '../sim/mix.ts'
import type { RunPlan, RunResult } from './result.ts'
import { executeRun, fingerprintOf, type RunMode } from './run.ts'
import type { Scenario } from './scenario.ts'

export type { Fork, Intervention } from '../sim/forks.ts'

/**
 * The futures of a run: the world is deterministic, so a run forks by being run again with something else from one
 * event on.
 */

/** How a future ended, compared with the failure that was forked. */
export type FutureOutcome = 'same failure' | 'other failure' | 'passes' | 'unknown'

/** A run that left the original at an event. */
export interface Future {
  readonly plan: RunPlan
  readonly result: RunResult
  readonly outcome: FutureOutcome
  /** Of its own first violation, where it fails. */
  readonly fingerprint?: string | undefined
}

/** Futures with the same end: the first of them stands for all. */
export interface FutureGroup extends Future {
  readonly count: number
}

/**
 * What new luck from one event on gives. Its share of failures says how much is decided by then: 100 % means that the
 * failure is only waiting to show.
 */
export interface Reroll {
  readonly atEvent: number
  readonly futures: number
  /** How many fail in the same way. */
  readonly failing: number
  /** Commonest first, the same failure before all others. */
  readonly groups: readonly FutureGroup[]
}

/** Luck of futures is drawn far from that of other uses of a run's key. */
const FUTURES = 5000

/**
 * The plan that leaves another at an event: what it did there or later is gone, as its events no longer mean anything,
 * and it runs over the scenario's whole length, since with other luck things may take longer.
 */
export function forkPlan(plan: RunPlan, fork: Fork): RunPlan {
  const before = (plan.forks ?? []).filter(({ atEvent }) => atEvent < fork.atEvent)
  return { ...plan, endMs: plan.settings.durationMs, forks: [...before, fork] }
}

/** The luck of a run's nth future: the same from whichever event it begins, so that shares can be compared. */
export function luckOfFuture({ luck }: RunPlan, index: number): number {
  return draw(seedKey(luck), FUTURES + index)
}

/** Runs a fork to its end. `fingerprint`: of the failure that is looked for; undefined where the original passes. */
export function runFork(
  scenario: Scenario,
  plan: RunPlan,
  fork: Fork,
  fingerprint: string | undefined,
  mode: RunMode = {},
): Future {
  const forked = forkPlan(plan, fork)
  const result = executeRun(scenario, forked, mode)
  const [first] = result.violations
  const own = first === undefined ? undefined : fingerprintOf(scenario.name, first)
  return { plan: forked, result, outcome: outcomeOf(result, own, fingerprint), fingerprint: own }
}

function outcomeOf(result: RunResult, own: string | undefined, looked: string | undefined): FutureOutcome {
  if (own !== undefined) return own === looked ? 'same failure' : 'other failure'
  return result.verdict === 'unknown' ? 'unknown' : 'passes'
}

/** Runs so many futures with new luck from an event on. */
export function reroll(
  scenario: Scenario,
  plan: RunPlan,
  atEvent: number,
  futures: number,
  fingerprint: string | undefined,
  options: RunMode & { readonly onProgress?: (done: number) => void } = {},
): Reroll {
  const groups = new Map<string, FutureGroup>()
  for (let index = 0; index < futures; index++) {
    const fork: Fork = { atEvent, kind: 'new-luck', luck: luckOfFuture(plan, index) }
    const future = runFork(scenario, plan, fork, fingerprint, options)
    const key = future.fingerprint ?? future.outcome
    const known = groups.get(key)
    groups.set(key, known === undefined ? { ...future, count: 1 } : { ...known, count: known.count + 1 })
    options.onProgress?.(index + 1)
  }
  const isSame = ({ outcome }: Future): number => (outcome === 'same failure' ? 1 : 0)
  const sorted = [...groups.values()].sort((a, b) => isSame(b) - isSame(a) || b.count - a.count)
  const failing = sorted.find(({ outcome }) => outcome === 'same failure')?.count ?? 0
  return { atEvent, futures, failing, groups: sorted }
}

/** Two standard deviations of a normal distribution leave 5 % out. */
const Z = 1.96

/**
 * Between which shares the true one lies with 95 % confidence, where `hits` of `of` independent trials were hits: the
 * score interval (Wilson 1927), which stays within 0 and 1 and holds for few trials as well.
 */
export function confidence(hits: number, of: number): readonly [low: number, high: number] {
  if (of === 0) return [0, 1]
  const share = hits / of
  const spread = (Z * Z) / of
  const centre = share + spread / 2
  const width = Z * Math.sqrt((share * (1 - share)) / of + spread / (4 * of))
  return [hits === 0 ? 0 : (centre - width) / (1 + spread), hits === of ? 1 : (centre + width) / (1 + spread)]
}
