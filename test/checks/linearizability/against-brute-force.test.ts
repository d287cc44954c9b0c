import { describe, expect, test } from 'vitest'
import { callsOf } from '../../../checks/linearizability/calls-of.ts'
import { minimalCore } from '../../../checks/linearizability/core.ts'
import { Operations } from '../../../checks/linearizability/operations.ts'
import { search } from '../../../checks/linearizability/search.ts'
import type { Strategy } from '../../../checks/linearizability/search.ts'
import { SmallSearch } from '../../../checks/linearizability/small.ts'
import type { Specialist } from '../../../checks/linearizability/specialist.ts'
import type { Play } from '../support/dice.ts'
import { holdAgainstBruteForce } from '../support/hold-against.ts'
import {
  bagging,
  counting,
  locking,
  queueOfFew,
  registerOfFew,
  scribbling,
  setOfFew,
  stackOfFew,
  textWriting,
} from '../support/repeated-plays.ts'

const STEPS = 1_000_000

/** A search as if it were a specialist, so that its orders and its cores are held against brute force as well. */
function searchBy(strategy: Strategy): Specialist {
  return (entries, model) => {
    const calls = callsOf(model)
    const result = search(entries, calls, { stepsLeft: STEPS }, strategy)
    if (result.verdict === 'ok') return { verdict: 'ok', steps: 0, order: result.order! }
    const core = () =>
      minimalCore(new Operations(entries, calls), result.blocked!, { stepsLeft: STEPS }).map(
        (entry) => entries.find((other) => other === entry) ?? entry,
      )
    return { verdict: 'violated', steps: 0, core }
  }
}

const small: Specialist = (entries, model) => {
  const operations = new Operations(entries, callsOf(model)) as Operations
  const verdict = new SmallSearch().run(operations, [...entries.keys()], { stepsLeft: STEPS })
  return verdict === 'violated' ? { verdict, steps: 0, core: () => entries } : undefined
}

const plays = [
  ['registers', registerOfFew],
  ['queues', queueOfFew],
  ['stacks', stackOfFew],
  ['sets', setOfFew],
  ['counters', counting],
  ['locks', locking],
  ['texts', textWriting],
  ['texts of two letters', scribbling],
  ['bags, which choose what they give', bagging],
] as [string, Play<unknown>][]

describe.each(plays)('small histories of %s', (_, play) => {
  test.each(['depth first', 'just in time'] as const)('are judged %s as every order tells', (strategy) => {
    const tally = holdAgainstBruteForce(searchBy(strategy), play, { seed: 1, count: 400, length: 8 })
    expect(tally.left).toBe(0)
    expect(Math.min(tally.ok, tally.violated)).toBeGreaterThan(30)
  })

  test('are condemned by the search that prepares nothing exactly where no order holds', () => {
    const bad = holdAgainstBruteForce(small, play, { seed: 2, count: 400, length: 7 })
    const all = holdAgainstBruteForce(searchBy('depth first'), play, { seed: 2, count: 400, length: 7 })
    expect(bad.violated).toBe(all.violated)
  })
})
