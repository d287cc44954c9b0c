import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../../../checks/linearizability/entry.ts'
import { onceInsertedSet } from '../../../../checks/linearizability/specialists/set.ts'
import type { History } from '../../../../checks/history.ts'
import { set } from '../../../../checks/models/set.ts'
import type { SetInput } from '../../../../checks/models/set.ts'
import { brokenHistory, diceOf, playedHistory } from '../../support/dice.ts'
import type { Dice } from '../../support/dice.ts'
import { historyOf } from '../../support/histories.ts'
import { holdAgainstBruteForce } from '../../support/hold-against.ts'
import { judgedBy } from '../../support/judged.ts'
import { growing, membership } from '../../support/plays.ts'

const add = (value: unknown): SetInput => ({ action: 'add', value })
const remove = (value: unknown): SetInput => ({ action: 'remove', value })
const contains = (value: unknown): SetInput => ({ action: 'contains', value })
const read: SetInput = { action: 'read' }

const judged = (history: History<SetInput, unknown>) => judgedBy(onceInsertedSet, set, history)

describe('small histories get the verdict of trying out every order, with evidence that holds', () => {
  test('values that are added, removed and looked up', () => {
    const tally = holdAgainstBruteForce(onceInsertedSet, membership, { seed: 1, count: 10_000, length: 8 })
    expect(tally.violated).toBeGreaterThan(1000)
    expect(tally.left).toBeLessThan(2500)
  })

  test('values that are added, and readings of all', () => {
    const tally = holdAgainstBruteForce(onceInsertedSet, growing, { seed: 2, count: 10_000, length: 8 })
    expect(tally.violated).toBeGreaterThan(2000)
    expect(tally.left).toBeLessThan(200)
  })
})

describe('what condemns a history', () => {
  test('a value that is in the set and was never added', () => {
    expect(judged(historyOf(['c1', contains(1), true, 0, 10]))).toEqual(['violated', 0])
    expect(judged(historyOf(['c1', read, [1], 0, 10]))).toEqual(['violated', 0])
  })

  test('a value that is lost', () => {
    const history = historyOf(['c1', add(1), true, 0, 10], ['c1', add(2), true, 11, 12], ['c2', read, [2], 20, 30])
    expect(judged(history)).toEqual(['violated', 0, 2])
  })

  test('a value that comes back after it was removed', () => {
    const history = historyOf(
      ['c1', add(1), true, 0, 10],
      ['c2', remove(1), true, 20, 30],
      ['c3', contains(1), false, 40, 50],
      ['c3', contains(1), true, 60, 70],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 3])
  })

  test('a value that is not found between two that find it', () => {
    const history = historyOf(
      ['c1', add(1), true, 0, 100],
      ['c2', contains(1), true, 10, 20],
      ['c2', contains(1), false, 30, 40],
    )
    expect(judged(history)).toEqual(['violated', '0 open', 1, 2])
  })

  test('two readings of which each lacks what the other has', () => {
    const history = historyOf(
      ['c1', add(1), true, 0, 100],
      ['c2', add(2), true, 0, 100],
      ['c3', read, [1], 10, 20],
      ['c4', read, [2], 10, 20],
    )
    expect(judged(history)).toEqual(['violated', '0 open', '1 open', 2, 3])
  })

  test('a later value that is read without the earlier', () => {
    const history = historyOf(
      ['c1', add(1), true, 0, 10],
      ['c1', add(2), true, 20, 90],
      ['c2', read, [2], 5, 30],
      ['c2', read, [1, 2], 40, 50],
    )
    expect(judged(history)).toEqual(['violated', 0, 2, '1 open'])
  })
})

describe('what is no hindrance', () => {
  test('a crashed addition that was seen at last, or never', () => {
    const history = historyOf(
      ['c1', add(1), undefined, 0],
      ['c2', add(2), undefined, 0],
      ['c3', read, [], 10, 20],
      ['c3', read, [2], 30, 40],
    )
    expect(judged(history)).toEqual(['ok', 2, 1, 3])
  })

  test('a removal of which nobody knows whether it found the value', () => {
    const history = historyOf(
      ['c1', add(1), null, 0, 30],
      ['c2', remove(1), null, 10, 20],
      ['c3', contains(1), true, 40, 50],
    )
    expect(judged(history)).toEqual(['ok', 1, 0, 2])
  })

  test('a value that comes and goes at one moment', () => {
    const history = historyOf(
      ['c1', add(1), true, 0, 50],
      ['c2', remove(1), true, 10, 60],
      ['c3', contains(1), false, 5, 70],
      ['c4', contains(1), true, 20, 40],
    )
    expect(judged(history)[0]).toBe('ok')
  })
})

describe('what is left to the general search', () => {
  test('a value added twice; removals beside readings of all', () => {
    expect(judged(historyOf(['c1', add(1), true, 0, 10], ['c1', add(1), true, 20, 30]))).toEqual(['left'])
    expect(judged(historyOf(['c1', remove(1), true, 0, 10], ['c1', read, [], 20, 30]))).toEqual(['left'])
  })
})

test('long histories, good and broken', () => {
  const unique = {
    ...growing,
    ask: (dice: Dice, serial: number): SetInput => (dice(20) === 0 ? read : add(serial)),
  }
  const history = playedHistory(unique, diceOf(3), 1500)
  expect(onceInsertedSet(entriesOf(history), set)).toMatchObject({ verdict: 'ok' })
  const broken = onceInsertedSet(entriesOf(brokenHistory(unique, history, diceOf(4))), set)!
  expect(broken.verdict).toBe('violated')
  expect(broken.steps).toBeLessThan(30 * history.length)
})
