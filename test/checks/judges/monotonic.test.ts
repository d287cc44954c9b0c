import { expect, test } from 'vitest'
import { judgeMonotonic } from '../../../checks/judges/monotonic.ts'
import { historyOf } from '../support/histories.ts'
import { shapesIn, violationIn } from '../support/judgements.ts'

const read = (key?: string) => ({ action: 'read', key })

test('reads that overlap may find anything, and keys have nothing to do with each other', () => {
  const history = historyOf(['a', read('x'), 5, 0, 10], ['b', read('x'), 4, 5, 15], ['b', read('y'), 1, 20, 30])
  expect(judgeMonotonic(history).verdict).toBe('ok')
})

test('a read may not find less than one that had returned before', () => {
  const history = historyOf(['a', read(), 3, 0, 5], ['a', read(), 5, 6, 10], ['b', read(), 4, 12, 15])
  expect(violationIn(judgeMonotonic(history))).toMatchObject({
    shape: 'went back',
    because: ['T1 read 5, and returned at 0.010', 'However T2, invoked at 0.012, read 4: a contradiction'],
    operations: [1, 2],
  })
})

test('among the reads of one process only, another may be behind', () => {
  const history = historyOf(['a', read(), 5, 0, 10], ['b', read(), 4, 12, 15])
  expect(judgeMonotonic(history, { among: 'process' }).verdict).toBe('ok')
  const behind = historyOf(['a', read(), 5, 0, 10], ['b', read(), 4, 12, 15], ['a', read(), 4, 20, 30])
  expect(violationIn(judgeMonotonic(behind, { among: 'process' })).operations).toEqual([0, 2])
})

test('what is no number is a breach', () => {
  expect(shapesIn(judgeMonotonic(historyOf(['a', read(), 'x', 0, 10])))).toEqual(['no number'])
})
