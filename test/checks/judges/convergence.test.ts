import { describe, expect, test } from 'vitest'
import { judgeConvergence } from '../../../checks/judges/convergence.ts'
import { historyOf } from '../support/histories.ts'
import { shapesIn, violationIn } from '../support/judgements.ts'

const read = (replica: string): object => ({ action: 'read', replica })
const add = (value: unknown): object => ({ action: 'add', value })

test('replicas may differ before the calm, and must not in it', () => {
  const history = historyOf(
    ['a', read('n1'), [1], 0, 10],
    ['a', read('n2'), [2], 0, 10],
    ['b', add(3), null, 0, 20],
    ['a', read('n1'), [1, 2, 3], 30, 40],
    ['a', read('n2'), [1, 2, 3], 30, 40],
  )
  expect(judgeConvergence(history, { keepsAdded: true }).verdict).toBe('ok')
  expect(shapesIn(judgeConvergence(history.slice(0, 2)))).toEqual(['replicas differ'])
})

test('only the last read of a replica counts', () => {
  const history = historyOf(['a', read('n1'), 1, 0, 10], ['a', read('n2'), 2, 20, 30], ['a', read('n1'), 2, 40, 50])
  expect(judgeConvergence(history).verdict).toBe('ok')
})

describe('what differs is named', () => {
  const becauseOf = (left: unknown, right: unknown) =>
    violationIn(judgeConvergence(historyOf(['a', read('n1'), left, 0, 10], ['b', read('n2'), right, 1, 11]))).because

  test('with the replicas that were read', () => {
    expect(becauseOf(1, 2)).toEqual([
      'T1 is the last read of "n1", at 0.010',
      'T2 is the last read of "n2", at 0.011',
      'However T1 has 1 and T2 has 2: a contradiction',
    ])
  })

  test.each([
    ['values', [1, 2, 2], [2, 3], 'only T1 has 1, 2, only T2 has 3'],
    ['an order', [1, 2], [2, 1], 'T1 and T2 have the same values in another order'],
    ['fields', { x: 1, y: 2 }, { x: 2, z: 1 }, '"x" is 1 in T1 and 2 in T2, only T1 has "y", only T2 has "z"'],
    ['entries', new Map([[1, 1]]), new Map([[1, 2]]), '1 is 1 in T1 and 2 in T2'],
  ])('in %s', (_what, left, right, words) => {
    expect(becauseOf(left, right)[2]).toBe(`However ${words}: a contradiction`)
  })

  test('the first few, where much differs', () => {
    const fields = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, 1]))
    expect(becauseOf(fields, {})[2]).toContain('only T1 has "c", there are 2 more differences')
  })
})

test('what was added must be in all replicas, where that is asked', () => {
  const history = historyOf(['b', add(3), null, 0, 20], ['b', add(4), null, 30], ['a', read('n1'), [], 40, 50])
  expect(judgeConvergence(history).verdict).toBe('ok')
  expect(violationIn(judgeConvergence(history, { keepsAdded: true }))).toMatchObject({
    shape: 'lost value',
    because: [
      'T1 added 3, and returned at 0.020',
      'However T2, the last read of "n1", does not have it: a contradiction',
    ],
  })
})

test('a replica that was not read in the calm leaves it open', () => {
  const history = historyOf(['a', read('n1'), 1, 0, 10], ['a', read('n2'), 1, 60, 70], ['a', read('n3'), 1, 80])
  expect(judgeConvergence(history, { calmAtMs: 50 })).toMatchObject({
    verdict: 'unknown',
    reason: 'convergence: no read of "n1", "n3" came back after 0.050, when the calm began',
  })
})
