import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../../../checks/linearizability/entry.ts'
import { lifoStack } from '../../../../checks/linearizability/specialists/stack.ts'
import type { History } from '../../../../checks/history.ts'
import { stack } from '../../../../checks/models/queue.ts'
import type { StackInput } from '../../../../checks/models/queue.ts'
import { brokenHistory, diceOf, playedHistory } from '../../support/dice.ts'
import type { Dice } from '../../support/dice.ts'
import { historyOf } from '../../support/histories.ts'
import { holdAgainstBruteForce } from '../../support/hold-against.ts'
import { judgedBy } from '../../support/judged.ts'
import { stacking } from '../../support/plays.ts'

const push = (value: unknown): StackInput => ({ action: 'push', value })
const pop: StackInput = { action: 'pop' }

const judged = (history: History<StackInput, unknown>) => judgedBy(lifoStack, stack, history)

test('small histories get the verdict of trying out every order, with evidence that holds', () => {
  const tally = holdAgainstBruteForce(lifoStack, stacking, { seed: 1, count: 12_000, length: 9 })
  expect(tally.violated).toBeGreaterThan(2000)
  expect(tally.left).toBeLessThan(300)
})

describe('what condemns a history', () => {
  test('a value that comes out though one lies on it', () => {
    const history = historyOf(
      ['c1', push(1), null, 0, 10],
      ['c1', push(2), null, 20, 30],
      ['c2', pop, 1, 40, 50],
      ['c2', pop, 2, 60, 70],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 2])
  })

  test('three values of which none can lie below the others', () => {
    const history = historyOf(
      ['c1', push(1), null, 0, 10],
      ['c2', push(2), null, 5, 40],
      ['c1', push(3), null, 20, 50],
      ['c2', pop, 1, 60, 90],
      ['c3', pop, 2, 61, 70],
      ['c1', pop, 3, 100, 110],
    )
    expect(judged(history)[0]).toBe('violated')
  })

  test('an empty stack, while a value was in it', () => {
    const history = historyOf(['c1', push(1), null, 0, 10], ['c2', pop, null, 20, 30], ['c2', pop, 1, 40, 50])
    expect(judged(history)).toEqual(['violated', 0, 1])
  })

  test('one pop that crashed, and two values that are gone', () => {
    const history = historyOf(
      ['c1', push(1), null, 0, 10],
      ['c1', push(2), null, 20, 30],
      ['c2', pop, undefined, 35],
      ['c3', pop, null, 60, 70],
    )
    expect(judged(history)).toEqual(['violated', 0, 1, 2, 3])
  })
})

describe('what is no hindrance', () => {
  test('a value whose push and pop overlap: it comes and goes at one moment, whatever else is in the stack', () => {
    const history = historyOf(
      ['c1', push(1), null, 0, 10],
      ['c2', push(2), null, 20, 50],
      ['c3', pop, 1, 30, 60],
      ['c1', pop, 2, 40, 70],
    )
    expect(judged(history)).toEqual(['ok', 0, 2, 1, 3])
  })

  test('a pop that crashed may have taken what lies above, whichever was pushed first', () => {
    const history = historyOf(
      ['c1', push(1), null, 0, 10],
      ['c1', push(2), null, 20, 30],
      ['c2', pop, undefined, 35],
      ['c3', pop, 1, 60, 70],
      ['c2', pop, undefined, 80],
      ['c4', push(3), null, 90, 100],
    )
    expect(judged(history)).toEqual(['ok', 0, 1, 2, 3, 5])
  })
})

describe('what is left to the general search', () => {
  test('a value that was pushed twice and came out', () => {
    const history = historyOf(['c1', push(1), null, 0, 10], ['c1', push(1), null, 20, 30], ['c2', pop, 1, 40, 50])
    expect(judged(history)).toEqual(['left'])
  })
})

test('long histories, good and broken', () => {
  const unique = {
    ...stacking,
    ask: (dice: Dice, serial: number) => (dice(2) === 0 ? push(serial) : pop),
  }
  const history = playedHistory(unique, diceOf(3), 20_000, 2000)
  expect(lifoStack(entriesOf(history), stack)).toMatchObject({ verdict: 'ok' })
  const broken = lifoStack(entriesOf(brokenHistory(unique, history, diceOf(4))), stack)!
  expect(broken.verdict).toBe('violated')
  expect(broken.steps).toBeLessThan(30 * history.length)
})
