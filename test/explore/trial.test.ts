import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../explore/planted.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { openSearch } from '../../explore/search.ts'
import { continueTrial, isOver, type Oracle, type TrialProgress, UNBEGUN } from '../../explore/trial.ts'
import { trialFigures } from '../../explore/trial-figures.ts'
import { dice } from './support/dice.ts'

const scenario = dice(8, 5)
const order = { settings: settingsOf(scenario, 'D1') }

function trial(oracle: Oracle, budgetRuns: number, slice = budgetRuns): TrialProgress {
  let progress = UNBEGUN
  while (!isOver(progress, oracle, budgetRuns)) {
    const search = openSearch(scenario, order, 1, progress.runs)
    progress = continueTrial(search, progress, oracle, Math.min(slice, budgetRuns - progress.runs))
  }
  return progress
}

/** The first run, counted from 1, that breaks the property. */
function firstRunWith(property: string): number {
  for (let seed = 1; ; seed++) {
    const { violations } = executeRun(scenario, planRun(scenario, seed, order.settings), { keepGoing: true })
    if (violations.some((violation) => violation.property === property)) return seed
  }
}

describe('a trial', () => {
  const broken = { run: firstRunWith('wholeness'), seed: firstRunWith('wholeness'), property: 'wholeness' }
  const noticed = {
    run: firstRunWith('nobody notices'),
    seed: firstRunWith('nobody notices'),
    property: 'nobody notices',
  }

  test('by the internal oracle ends at the first run that breaks anything', () => {
    expect(noticed.run).toBeGreaterThan(broken.run)
    expect(trial('internal', 10_000)).toEqual({ runs: broken.run, hit: broken, unknown: 0 })
  })

  test.each(['client', 'both'] as const)('by the oracle %s goes on until clients have seen it, too', (oracle) => {
    expect(trial(oracle, 10_000)).toEqual({ runs: noticed.run, hit: broken, clientHit: noticed, unknown: 0 })
  })

  test('ends when its budget is spent', () => {
    expect(trial('both', noticed.run - 1)).toEqual({ runs: noticed.run - 1, hit: broken, unknown: 0 })
    expect(trial('internal', broken.run - 1)).toEqual({ runs: broken.run - 1, unknown: 0 })
  })

  test('in slices is the trial in one go, wherever it is cut', () => {
    for (const slice of [1, 2, 3, 7]) expect(trial('both', 10_000, slice)).toEqual(trial('both', 10_000))
  })
})

describe('figures of trials', () => {
  const found = (run: number): TrialProgress => ({ runs: run, hit: { run, seed: run, property: 'p' }, unknown: 0 })
  const missed = (runs: number): TrialProgress => ({ runs, unknown: 0 })
  const figures = (...trials: readonly TrialProgress[]) => trialFigures(trials, 100, ({ hit }) => hit)

  test('have the median of runs to the first hit', () => {
    expect(figures(found(9), found(1), found(4))).toEqual({ done: 3, found: 3, medianRuns: 4, isAtLeast: false })
    expect(figures(found(9), found(1), found(4), found(5)).medianRuns).toBe(4.5)
  })

  test('count what was not found at the budget, and say where the median is such a one', () => {
    expect(figures(found(9), found(1), missed(100))).toEqual({ done: 3, found: 2, medianRuns: 9, isAtLeast: false })
    expect(figures(found(9), missed(100), missed(100))).toMatchObject({ medianRuns: 100, isAtLeast: true })
    expect(figures(found(10), missed(100))).toMatchObject({ medianRuns: 55, isAtLeast: true })
  })

  test('leave out trials that are under way, and have no median before one is done', () => {
    expect(figures(found(9), missed(60))).toMatchObject({ done: 1, found: 1, medianRuns: 9 })
    expect(figures(missed(60))).toEqual({ done: 0, found: 0, medianRuns: null, isAtLeast: false })
  })

  test('count a hit behind a smaller budget as none', () => {
    expect(trialFigures([found(90)], 50, ({ hit }) => hit)).toMatchObject({ done: 1, found: 0, medianRuns: 50 })
  })
})
