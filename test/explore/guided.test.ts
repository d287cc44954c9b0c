import { describe, expect, test } from 'vitest'
import { EPOCH_RUNS, guidedRecipe, Knowledge } from '../../explore/guided/knowledge.ts'
import { mutate } from '../../explore/guided/mutate.ts'
import type { Recipe } from '../../explore/guided/recipe.ts'
import { planRun } from '../../explore/plan-run.ts'
import { openSearch } from '../../explore/search.ts'
import { sweepSeeds } from '../../explore/sweep.ts'
import type { Fault } from '../../sim/faults.ts'
import { dice } from './support/dice.ts'

const scenario = dice(4, 3)
const order = { settings: scenario.defaults, strategy: 'guided' } as const

const recipe = (seed: number, faults: readonly Fault[] = []): Recipe => ({
  seed,
  luck: seed,
  network: { latencyMs: [1, 10], loss: 0, duplication: 0 },
  syncMs: [1, 2],
  faults,
})
const kill = (id: number, node: string, atMs: number): Fault => ({ id, kind: 'kill', node, atMs, restartAfterMs: 5 })
const SEEDS = Array.from({ length: 500 }, (_, seed) => seed)

describe('what a guided search knows', () => {
  test('is the plans whose runs came to a state that none before had come to', () => {
    const knowledge = new Knowledge()
    knowledge.learn([
      { recipe: recipe(1), features: [1, 2] },
      { recipe: recipe(2), features: [2] },
      { recipe: recipe(3), features: [2, 3] },
    ])
    expect(knowledge.corpus.map(({ seed }) => seed)).toEqual([1, 3])
    expect(knowledge.states).toBe(3)
  })

  test('does not grow without end: the oldest plan makes room', () => {
    const knowledge = new Knowledge()
    knowledge.learn(SEEDS.map((seed) => ({ recipe: recipe(seed), features: [seed] })))
    expect(knowledge.corpus.length).toBeLessThan(200)
    expect(knowledge.corpus.at(-1)!.seed).toBe(499)
  })
})

describe('a plan made from others', () => {
  test('is a pure function of the seed and the corpus, and one in two runs has none', () => {
    const corpus = [recipe(1, [kill(1, 'n1', 100)]), recipe(2, [kill(1, 'n2', 200)])]
    const made = SEEDS.map((seed) => guidedRecipe(seed, corpus, 1000))
    expect(made).toEqual(SEEDS.map((seed) => guidedRecipe(seed, corpus, 1000)))
    const fresh = made.filter((one) => one === undefined).length
    expect(fresh).toBeGreaterThan(200)
    expect(fresh).toBeLessThan(300)
    expect(guidedRecipe(1, [], 1000)).toBe(undefined)
  })

  test('numbers its faults anew and keeps them within the storm', () => {
    const parent = recipe(1, [kill(1, 'n1', 10), kill(2, 'n2', 990)])
    for (const seed of SEEDS) {
      const { faults } = mutate(seed, parent, recipe(2, [kill(1, 'n3', 500)]), 1000)
      expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length)
      expect(faults.every(({ atMs }) => atMs >= 0 && atMs <= 1000)).toBe(true)
    }
  })

  test('takes over nothing that would lose more for good than one plan may, nor a return of a node whose disk lied', () => {
    const parent = recipe(1, [{ id: 1, kind: 'lost-sync', node: 'n1', atMs: 0, forMs: 500 }])
    const other = recipe(2, [
      kill(1, 'n1', 500),
      kill(2, 'n2', 500),
      { id: 3, kind: 'kill', node: 'n3', atMs: 500, forGood: true },
      { id: 4, kind: 'bit-rot', node: 'n4', atMs: 500 },
      { id: 5, kind: 'kill', node: 'n5', atMs: 500, restartAfterMs: 5, disk: 'empty' },
    ])
    const made = SEEDS.map((seed) => mutate(seed, parent, other, 1000).faults)
    expect(new Set(made.flat().map((fault) => 'node' in fault && fault.node))).toEqual(new Set(['n1', 'n2']))
    const trusting = made.filter(
      (faults) => faults.some(({ kind }) => kind === 'lost-sync') && restarts(faults).has('n1'),
    )
    expect(trusting).toEqual([])
  })
})

function restarts(faults: readonly Fault[]): ReadonlySet<string> {
  return new Set(faults.flatMap((fault) => (fault.kind === 'kill' ? [fault.node] : [])))
}

describe('a guided search', () => {
  test('runs fresh plans until it knows anything, and is the same however often it is run', () => {
    const search = openSearch(scenario, order, 1)
    const hashes = Array.from({ length: EPOCH_RUNS + 40 }, () => search.next().traceHash)
    const again = openSearch(scenario, order, 1)
    expect(Array.from({ length: EPOCH_RUNS + 40 }, () => again.next().traceHash)).toEqual(hashes)
    const plain = openSearch(scenario, { settings: scenario.defaults }, 1)
    expect(Array.from({ length: EPOCH_RUNS }, () => plain.next().traceHash)).toEqual(hashes.slice(0, EPOCH_RUNS))
  })

  test('tells with each failure the plan that showed it, as its seed alone does not say it', () => {
    const bad = { settings: { ...scenario.defaults, bug: 'D1' }, strategy: 'guided' } as const
    const corpus = [recipe(7, planRun(scenario, 7, bad.settings).faults)]
    const { failures, shown } = sweepSeeds(scenario, { ...bad, corpus }, 1, 60)
    expect(shown).toHaveLength(60)
    expect(failures.length).toBeGreaterThan(0)
    for (const { seeds, recipes } of failures) expect(recipes).toHaveLength(seeds.length)
  })
})
