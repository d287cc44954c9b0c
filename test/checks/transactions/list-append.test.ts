import { describe, expect, test } from 'vitest'
import { becauseOf, inTurn, lists, namesIn, together } from './histories.ts'

/**
 * The anomalies of transactions on lists, after the examples of the paper and of the tests of its authors' checker;
 * each with what it is called and the weakest levels that it rules out.
 */
const ANOMALIES = [
  [
    'G0: two transactions appended to two keys in opposite orders',
    together('append x 1, append y 1', 'append x 2, append y 2', 'read x [1,2], read y [2,1]'),
    ['G0'],
    ['read-uncommitted'],
  ],
  [
    'G0: an append that no longest list holds came after all that it holds',
    together(
      'append x 1, append y 1',
      'append x 2, append y 2',
      'append x 3, append y 3',
      'read x [1,2]',
      'read y [2]',
    ),
    ['G0', 'G-single'],
    ['read-uncommitted'],
  ],
  ['G1a: an aborted append was read', together('fail: append x 1', 'read x [1]'), ['G1a'], ['read-committed']],
  [
    'G1b: an append was read without the next of the same transaction',
    together('append x 1, append x 2', 'read x [1]'),
    ['G1b', 'G-single'],
    ['read-committed'],
  ],
  [
    'G1c: a transaction read from one that appended after it',
    together('append x 1, read y [1]', 'append x 2, append y 1', 'read x [1,2], read y [1]'),
    ['G1c'],
    ['read-committed'],
  ],
  [
    'G-single: a transaction that appended after another did not see it elsewhere',
    together('append x 1, append y 1', 'append x 2, read y nil', 'read x [1,2]'),
    ['G-single'],
    ['consistent-view', 'parallel-snapshot-isolation', 'repeatable-read'],
  ],
  [
    'G-nonadjacent: two readers saw two appends in opposite orders, a long fork',
    together('append x 1', 'read x [1], read y nil', 'append y 1', 'read y [1], read x nil'),
    ['G-nonadjacent'],
    ['repeatable-read', 'snapshot-isolation'],
  ],
  [
    'G2-item: two transactions each did not see the other, write skew',
    together('read x nil, append y 1', 'read y nil, append x 1'),
    ['G2-item'],
    ['repeatable-read', 'update-serializable'],
  ],
  [
    'lost update: two transactions appended to the same version of a key',
    together('append x 0', 'read x [0], append x 1', 'read x [0], append x 2'),
    ['lost-update', 'G2-item'],
    ['cursor-stability', 'update-atomic'],
  ],
  [
    'dirty update: a committed append was built on an aborted one',
    together('fail: append x 1', 'append x 2', 'read x [1,2]'),
    ['dirty-update', 'G1a'],
    ['read-committed'],
  ],
  [
    'dirty update: also where a transaction nobody knows about came between',
    together('fail: append x 1', 'info: append x 2', 'append x 3', 'read x [1,2,3]'),
    ['dirty-update', 'G1a'],
    ['read-committed'],
  ],
  [
    'incompatible order: of two lists neither was a beginning of the other',
    together('append x 1, read y [1]', 'append x 2', 'append x 3, append y 1', 'read x [1,3]', 'read x [1,2,3]'),
    ['incompatible-order', 'G1c'],
    ['read-committed'],
  ],
  [
    'duplicate elements: an element was in a list twice',
    together('append x 1, read y [1]', 'append x 2, append y 1', 'read x [1,2,1]'),
    ['duplicate-elements', 'G1c'],
    ['read-uncommitted'],
  ],
  [
    'duplicate elements: a transaction found its own twice',
    together('append x 1, read x [1,1], append y 1', 'read y [1]'),
    ['duplicate-elements'],
    ['read-uncommitted'],
  ],
  [
    'cyclic versions: what a transaction appended was in a list the other way round',
    together('append x 1, append x 2', 'read x [2,1]'),
    ['cyclic-versions', 'G1b'],
    ['read-uncommitted'],
  ],
  [
    'garbage read: nobody appended what was read',
    together('append x 1', 'read x [1,7]'),
    ['garbage-read'],
    ['read-uncommitted'],
  ],
  [
    'internal: a transaction did not read its own append last',
    together('append x 1, append x 2, append x 4', 'append x 3, read x [1,2,3,4]'),
    ['internal', 'G0'],
    ['read-uncommitted'],
  ],
  [
    'internal: a transaction read nothing where it had appended',
    together('append x 6, read x nil'),
    ['internal'],
    ['read-atomic'],
  ],
  [
    'future read: a transaction read what it appended later',
    together('read x [1], append x 1'),
    ['future-read'],
    ['read-committed'],
  ],
] as const

describe('what is wrong with lists is called by its name', () => {
  test.each(ANOMALIES)('%s', (_title, history, names, not) => {
    const verdict = lists(history)
    expect(verdict.verdict).toBe('violated')
    expect(namesIn(verdict)).toEqual(names)
    expect(verdict.not).toEqual(not)
  })
})

describe('what only time shows', () => {
  test('G-single-realtime: a later reader did not see what an earlier one had appended', () => {
    const verdict = lists(inTurn('c0 append x 1', 'c1 append x 2', 'c2 read x [1]', 'c3 read x [1,2]'))
    expect([namesIn(verdict), verdict.not]).toEqual([['G-single-realtime'], ['strong-snapshot-isolation']])
  })

  test('G-single-process: a process did not see what it had appended itself', () => {
    const verdict = lists(inTurn('c0 append x 1', 'c1 append x 2', 'c1 read x [1]', 'c2 read x [1,2]'))
    expect([namesIn(verdict), verdict.not]).toEqual([['G-single-process'], ['strong-session-snapshot-isolation']])
  })

  test('the same is no fault of a level that does not speak of time', () => {
    const stale = inTurn('c0 append x 1', 'c1 append x 2', 'c2 read x [1]', 'c3 read x [1,2]')
    expect(lists(stale, { consistency: 'serializable' })).toMatchObject({
      verdict: 'ok',
      mayHold: ['strong-session-serializable', 'strong-read-committed'],
    })
  })
})

test('a cycle is told from its earliest transaction on, and ends in a contradiction', () => {
  const verdict = lists(together('append x 1, read y [1]', 'append x 2, append y 1', 'read x [1,2], read y [1]'))
  expect(becauseOf(verdict, 'G1c')).toEqual([
    'T1 < T2, because T2 appended 2 to x after the 1 of T1',
    'However T2 < T1, because T1 read 1 in y, which T2 appended: a contradiction',
  ])
})
