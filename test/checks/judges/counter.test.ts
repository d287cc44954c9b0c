import { describe, expect, test } from 'vitest'
import { judgeCounterBounds } from '../../../checks/judges/counter.ts'
import { HistoryError } from '../../../checks/history-error.ts'
import { historyOf, withOutcome } from '../support/histories.ts'
import { shapesIn, violationIn } from '../support/judgements.ts'

const read = { action: 'read' }
const add = (amount: number) => ({ action: 'add', amount })

describe('a read is within its bounds', () => {
  test('where it has what was added before, with or without what is being added', () => {
    const history = historyOf(
      ['a', add(2), null, 0, 10],
      ['b', add(5), null, 15, 50],
      ['c', read, 2, 20, 30],
      ['d', read, 7, 21, 31],
      ['c', read, 7, 60, 70],
    )
    expect(judgeCounterBounds(history).verdict).toBe('ok')
  })

  test('with or without what nobody knows about, also long after', () => {
    const history = historyOf(['a', add(1), null, 0], ['b', read, 0, 10, 20], ['b', read, 1, 30, 40])
    expect(judgeCounterBounds(history).verdict).toBe('ok')
  })

  test('where something may have been taken away', () => {
    const history = historyOf(['a', add(3), null, 0, 5], ['b', add(-2), null, 10], ['c', read, 1, 20, 30])
    expect(judgeCounterBounds(history).verdict).toBe('ok')
  })

  test('where something was taken away while it was under way', () => {
    const history = historyOf(['c', read, -2, 0, 30], ['b', add(-2), null, 10, 20])
    expect(judgeCounterBounds(history).verdict).toBe('ok')
  })
})

describe('a read is out of bounds', () => {
  test('below what had been added for certain', () => {
    const history = historyOf(['a', add(2), null, 0, 10], ['b', add(1), null, 12], ['c', read, 1, 20, 30])
    expect(violationIn(judgeCounterBounds(history))).toMatchObject({
      shape: 'count too low',
      summary: '1 read of the counter is below what had been added for certain',
      because: [
        'What had been added for certain when T1 was invoked, less what may have been taken away, makes 2',
        'However T1 read 1, and not 2 to 3: a contradiction',
      ],
      operations: [2],
      atMs: 30,
    })
  })

  test('above all that can have been added', () => {
    const history = historyOf(['a', add(2), null, 0, 10], ['c', read, 3, 20, 30], ['a', add(1), null, 40, 50])
    expect(violationIn(judgeCounterBounds(history))).toMatchObject({
      shape: 'count too high',
      because: [
        'What may have been added when T1 returned, less what had been taken away for certain, makes 2',
        'However T1 read 3, and not 2: a contradiction',
      ],
    })
  })

  test('where what failed counts all the same', () => {
    const history = withOutcome(historyOf(['a', add(2), null, 0, 10], ['c', read, 2, 20, 30]), 0, 'fail')
    expect(shapesIn(judgeCounterBounds(history))).toEqual(['count too high'])
  })

  test('where it still has what was taken away', () => {
    const history = historyOf(['a', add(2), null, 0, 10], ['a', add(-2), null, 20, 30], ['c', read, 2, 40, 50])
    expect(shapesIn(judgeCounterBounds(history))).toEqual(['count too high'])
  })

  test('where it is no number', () => {
    const history = historyOf(['c', read, 'many', 40, 50])
    expect(shapesIn(judgeCounterBounds(history))).toEqual(['no number'])
  })
})

test('an add without an amount is no history of a counter', () => {
  const history = historyOf(['a', { action: 'add', value: 1 }, null, 0, 10])
  expect(() => judgeCounterBounds(history)).toThrow(HistoryError)
  expect(() => judgeCounterBounds(history)).toThrow('operation 0 of a: its input needs a number as amount')
})
