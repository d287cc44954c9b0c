import { describe, expect, test } from 'vitest'
import { LARGEST_FIRST_SEED, mutantsOf, trialsOf } from '../../explore/mutants.ts'
import { headline, mutantsFigures, type Measurement } from '../../explore/mutants-figures.ts'
import type { TrialProgress } from '../../explore/trial.ts'
import { dice } from './support/dice.ts'

const common = dice(2, 2)
const rare = { ...dice(2, 2, 'rare'), name: 'loaded dice' }
const keysOf = (trials: ReturnType<typeof trialsOf>) => trials.map(({ key }) => key)

describe('what is measured', () => {
  test('is every planted bug with the searches and runs of its rarity, the machines as they are, and each control', () => {
    const mutants = mutantsOf([common, rare], {})
    expect(mutants.map(({ id, searches, budgetRuns }) => [id, searches, budgetRuns])).toEqual([
      ['D1', 20, 1000],
      ['correct', 20, 1000],
      ['C1', 20, 1000],
      ['D1', 20, 5000],
      ['correct', 20, 1000],
      ['C1', 20, 1000],
    ])
    expect(mutants.map(({ settings }) => settings.bug)).toEqual(['D1', undefined, 'C1', 'D1', undefined, 'C1'])
    expect(mutantsOf([{ ...common, bugs: [] }], {})).toEqual([])
  })

  test('takes the numbers of searches and runs that a person gives', () => {
    const [mutant] = mutantsOf([rare], { searches: 2, budgetRuns: 7 })
    expect(mutant).toMatchObject({ searches: 2, budgetRuns: 7 })
  })

  test('goes round by round: common bugs, controls, which the first strategy alone searches, then rarer bugs', () => {
    const mutants = mutantsOf([rare, common], { searches: 2 }).filter(({ id }) => id !== 'correct')
    expect(keysOf(trialsOf(mutants, ['default', 'uniform'], 1))).toEqual([
      'dice/D1/default/1',
      'dice/D1/uniform/1',
      'dice/D1/default/2',
      'dice/D1/uniform/2',
      'loaded dice/C1/default/1',
      'dice/C1/default/1',
      'loaded dice/C1/default/2',
      'dice/C1/default/2',
      'loaded dice/D1/default/1',
      'loaded dice/D1/uniform/1',
      'loaded dice/D1/default/2',
      'loaded dice/D1/uniform/2',
    ])
  })

  test('begins each search at seeds of its own, the same for every strategy, and all of them can be written', () => {
    const trials = trialsOf(mutantsOf([common], { searches: 9999 }), ['default', 'uniform'], LARGEST_FIRST_SEED)
    const bugs = trials.filter(({ mutant }) => mutant.id === 'D1')
    expect(bugs[0]!.firstSeed).toBe(bugs[1]!.firstSeed)
    expect(new Set(trials.map(({ firstSeed }) => firstSeed)).size).toBe(3 * 9999)
    expect(Math.min(...bugs.slice(2).map(({ firstSeed }) => firstSeed - bugs[0]!.firstSeed))).toBe(1_000_000_000)
    expect(trials.every(({ firstSeed }) => Number.isSafeInteger(firstSeed + 1_000_000_000))).toBe(true)
  })
})

describe('the figures of a measurement', () => {
  const mutants = mutantsOf([common], { searches: 2, budgetRuns: 100 })
  const trials = trialsOf(mutants, ['default', 'uniform'], 1)
  const hit = (run: number) => ({ run, seed: run, property: 'wholeness(x)' })
  const clean = { runs: 100, unknown: 0 }
  const all: Readonly<Record<string, TrialProgress>> = {
    'dice/D1/default/1': { runs: 6, hit: hit(2), clientHit: hit(6), unknown: 0 },
    'dice/D1/default/2': { runs: 100, hit: hit(4), unknown: 0 },
    'dice/D1/uniform/1': { runs: 30, hit: hit(20), clientHit: hit(30), unknown: 0 },
    'dice/D1/uniform/2': { runs: 100, unknown: 0 },
    'dice/correct/default/1': clean,
    'dice/correct/default/2': clean,
    'dice/C1/default/1': clean,
    'dice/C1/default/2': clean,
  }
  const figuresOf = (progress: Readonly<Record<string, TrialProgress>>, oracle: Measurement['oracle'] = 'both') =>
    mutantsFigures({
      mutants,
      trials,
      progress: new Map(Object.entries(progress)),
      strategy: 'default',
      baseline: 'uniform',
      oracle,
      firstSeed: 1,
      wallMs: 0,
    })

  test('tell what any check and what clients found apart, each beside the baseline', () => {
    const { bugs, complete, verdict, runs } = figuresOf(all)
    expect({ complete, verdict, runs }).toEqual({ complete: true, verdict: 'ok', runs: 636 })
    expect(bugs[0]!.internal).toEqual({
      strategy: { done: 2, found: 2, medianRuns: 3, isAtLeast: false },
      baseline: { done: 2, found: 1, medianRuns: 60, isAtLeast: true },
      timesFewer: 20,
    })
    expect(bugs[0]!.client?.strategy).toEqual({ done: 2, found: 1, medianRuns: 53, isAtLeast: true })
    expect(bugs[0]!.properties).toEqual({ wholeness: 2 })
  })

  test('speak of clients alone where only they were asked for: then a search has missed the bug', () => {
    const { bugs, verdict } = figuresOf(all, 'client')
    expect(headline(bugs[0]!)).toBe(bugs[0]!.client)
    expect(verdict).toBe('violated')
  })

  test('are no answer while searches are missing', () => {
    const { 'dice/D1/default/2': _bug, 'dice/C1/default/2': _control, ...part } = all
    expect(figuresOf(part)).toMatchObject({ complete: false, verdict: 'unknown' })
    expect(figuresOf({})).toMatchObject({ complete: false, verdict: 'unknown', runs: 0 })
  })

  test('are bad where a control is reported, or a common bug was missed, however much is missing', () => {
    const reported = { 'dice/C1/default/1': { runs: 9, hit: hit(9), unknown: 0 } }
    expect(figuresOf(reported)).toMatchObject({ verdict: 'violated', controls: [{}, { reported: [hit(9)] }] })
    expect(figuresOf({ 'dice/D1/default/1': clean })).toMatchObject({ verdict: 'violated' })
  })
})
