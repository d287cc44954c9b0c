import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../explore/planted.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { openSearch } from '../../explore/search.ts'
import { dice } from './support/dice.ts'

const scenario = dice(4, 3)
const order = { settings: settingsOf(scenario, 'D1') }

describe('a search by seeds', () => {
  test('runs one seed after the other from its first on', () => {
    const search = openSearch(scenario, order, 100)
    expect([search.next().seed, search.next().seed, search.runs]).toEqual([100, 101, 2])
  })

  test('goes on behind runs that were done before as if it had done them', () => {
    const whole = openSearch(scenario, order, 100)
    const hashes = Array.from({ length: 8 }, () => whole.next().traceHash)
    const rest = openSearch(scenario, order, 100, 5)
    expect(Array.from({ length: 3 }, () => rest.next().traceHash)).toEqual(hashes.slice(5))
    expect(rest.runs).toBe(8)
  })
})

describe('a run with a broken invariant', () => {
  const results = Array.from({ length: 60 }, (_, seed) => {
    const plan = planRun(scenario, seed + 1, order.settings)
    return { ends: executeRun(scenario, plan), goesOn: executeRun(scenario, plan, { keepGoing: true }) }
  }).filter(({ ends }) => ends.verdict === 'violated')

  test('ends there, and has not asked what clients saw', () => {
    expect(results.length).toBeGreaterThan(5)
    for (const { ends } of results) {
      expect(ends.violations.map(({ property }) => property)).toEqual(['wholeness'])
      expect(ends.clientVisible).toBe(undefined)
      expect(ends.virtualMs).toBeLessThan(scenario.defaults.durationMs)
    }
  })

  test('that keeps going is judged to its end, with each breach told once', () => {
    const told = new Set(results.map(({ goesOn }) => goesOn.violations.map(({ property }) => property).join()))
    expect(told).toEqual(new Set(['wholeness', 'wholeness,nobody notices']))
    for (const { goesOn } of results) {
      expect(goesOn.virtualMs).toBe(scenario.defaults.durationMs)
      expect(goesOn.clientVisible).toBe(goesOn.violations[1])
    }
  })
})

test('a control runs under settings of its own', () => {
  const controls = [{ id: 'C2', about: 'harmless among three', settings: { nodes: 3, bug: 'D1' } }]
  expect(settingsOf({ ...scenario, controls }, 'C2')).toMatchObject({ nodes: 3, bug: 'D1' })
  expect(settingsOf(scenario, 'C1')).toMatchObject({ nodes: 1, bug: 'C1' })
  expect(settingsOf(scenario)).toBe(scenario.defaults)
})
