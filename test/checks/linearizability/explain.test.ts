import { describe, expect, test } from 'vitest'
import type { History } from '../../../checks/history.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { counter } from '../../../checks/models/counter.ts'
import type { CounterInput } from '../../../checks/models/counter.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { kv } from '../../../checks/models/kv.ts'
import type { KvInput } from '../../../checks/models/kv.ts'
import { readHistory } from '../../../checks/formats/read-history.ts'
import { register } from '../../../checks/models/register.ts'
import { queue } from '../../../checks/models/queue.ts'
import type { Model } from '../../../checks/model.ts'
import type { Violation } from '../../../checks/verdict.ts'
import { cas, get, historyOf, read, set, write } from '../support/histories.ts'

function violationOf<Input>(history: History<Input, unknown>, model: Model): Violation {
  const verdict = check(history, model)
  if (verdict.verdict !== 'violated') throw new Error(`expected a violation, got ${verdict.verdict}`)
  return verdict.violations[0]!
}

describe('the contradiction in words', () => {
  test('a stale read of the initial value', () => {
    const history = historyOf(['c1', set(1), null, 1870, 2105], ['c2', get(), null, 2290, 2310])
    expect(violationOf(history, dictionary)).toEqual({
      property: 'linearizable(x)',
      shape: 'stale read',
      summary: '2 operations cannot be ordered',
      because: [
        'T1 < T2, because T1 returned at 2.105 and T2 was invoked at 2.290',
        'However T2 < T1, because T2 read the initial null, which T1 overwrote: a contradiction',
      ],
      operations: [0, 1],
      atMs: 2310,
      atEvent: undefined,
      blocked: 1,
      attempts: [{ order: [0], state: 1 }],
    })
  })

  test('a stale read of a value that was overwritten', () => {
    const history = historyOf(['c1', set('a'), null, 0, 10], ['c1', set('b'), null, 20, 30], ['c2', get(), 'a', 40, 50])
    expect(violationOf(history, dictionary)).toMatchObject({
      shape: 'stale read',
      because: [
        'T1 < T2, because T1 returned at 0.010 and T2 was invoked at 0.020',
        'T2 < T3, because T2 returned at 0.030 and T3 was invoked at 0.040',
        'However T3 < T2, because T3 read the "a" of T1, which T2 overwrote: a contradiction',
      ],
    })
  })

  test('a value that was read and lost again', () => {
    const history = historyOf(['c1', set(1), null, 0, 100], ['c2', get(), 1, 10, 20], ['c3', get(), null, 30, 40])
    expect(violationOf(history, dictionary)).toMatchObject({
      shape: 'value read and lost again',
      because: [
        'T2 < T3, because T2 returned at 0.020 and T3 was invoked at 0.030',
        'T1 < T2, because T2 read 1, which T1 wrote',
        'However T3 < T1, because T3 read the initial null, which T1 overwrote: a contradiction',
      ],
      atMs: 40,
    })
  })

  test('a value that nobody wrote', () => {
    const history = historyOf(['c1', set(1), null, 0, 10], ['c2', get(), 7, 20, 30])
    expect(violationOf(history, dictionary)).toMatchObject({
      shape: 'value nobody wrote',
      summary: '1 operation cannot be ordered',
      because: ['T1 read 7, which nobody wrote: a contradiction'],
      operations: [1],
    })
  })

  test('a value from the future, at the return of its reader', () => {
    const history = historyOf(['c1', get(), 7, 0, 10], ['c2', set(7), null, 20, 30])
    expect(violationOf(history, dictionary)).toMatchObject({
      shape: 'value from the future',
      because: [
        'T1 < T2, because T1 returned at 0.010 and T2 was invoked at 0.020',
        'However T2 < T1, because T1 read 7, which T2 wrote: a contradiction',
      ],
      operations: [0, 1],
      atMs: 10,
    })
  })

  test('a lost update', () => {
    const history = historyOf(
      ['c1', write(1), null, 0, 10],
      ['c1', cas(1, 2), true, 20, 30],
      ['c2', cas(1, 3), true, 22, 32],
    )
    expect(violationOf(history, casRegister)).toMatchObject({
      shape: 'lost update',
      because: [
        'T1 < T2, because T1 returned at 0.010 and T2 was invoked at 0.020',
        'T1 < T3, because T1 returned at 0.010 and T3 was invoked at 0.022',
        'T2 < T3, because T2 read the 1 of T1, which T3 overwrote',
        'However T3 < T2, because T3 read the 1 of T1, which T2 overwrote: a contradiction',
      ],
    })
  })

  test('two readers that saw two writes in different orders', () => {
    const history = historyOf(
      ['w1', set(1), null, 0, 100],
      ['w2', set(2), null, 1, 101],
      ['r1', get(), 1, 10, 20],
      ['r1', get(), 2, 30, 40],
      ['r2', get(), 2, 11, 21],
      ['r2', get(), 1, 31, 41],
    )
    expect(violationOf(history, dictionary)).toMatchObject({ shape: 'value read and lost again' })
  })

  test('a value with two writers, of which one is struck out first', () => {
    const history = historyOf(
      ['c1', set(1), null, 0, 10],
      ['c2', get(), 1, 15, 18],
      ['c1', set(2), null, 20, 60],
      ['c2', get(), 2, 25, 30],
      ['c2', get(), 1, 35, 40],
      ['c1', set(1), null, 70, 80],
    )
    expect(violationOf(history, dictionary)).toMatchObject({ shape: 'value read and lost again', atMs: 40 })
  })

  test('times that are the same to the millisecond get more digits, and the same time is said to be', () => {
    const close = historyOf(['c1', set(1), null, 0, 10.001], ['c2', get(), null, 10.002, 20])
    expect(violationOf(close, dictionary).because[0]).toBe(
      'T1 < T2, because T1 returned at 0.010001 and T2 was invoked at 0.010002',
    )
    const same = historyOf(['c1', set(1), null, 0, 10], ['c1', get(), null, 10, 20]).map((operation, index) => ({
      ...operation,
      invokedAtEvent: index,
      returnedAtEvent: index + 1,
    }))
    expect(violationOf(same, dictionary).because[0]).toBe(
      'T1 < T2, because T2 was invoked when T1 had returned, at 0.010',
    )
  })
})

test('without times, the numbers of events tell what came before what', () => {
  const lines = [
    { type: 'invoke', process: 1, f: 'write', value: 1 },
    { type: 'ok', process: 1 },
    { type: 'invoke', process: 2, f: 'read' },
    { type: 'ok', process: 2, value: null },
  ]
  const untimed = (fields: object, index: number) => JSON.stringify({ ...fields, index })
  expect(violationOf(readHistory(lines.map(untimed).join('\n'), 'register'), register).because[0]).toBe(
    'T1 < T2, because T1 returned at event 2 and T2 was invoked at event 3',
  )
  const timed = (fields: object, index: number) => JSON.stringify({ ...fields, time: 5 * index })
  expect(violationOf(readHistory(lines.map(timed).join('\n'), 'register'), register).because[0]).toBe(
    'T1 < T2, because T1 returned at 0.005 and T2 was invoked at 0.010',
  )
})

describe('where no short proof is found', () => {
  const append = (value: string): KvInput => ({ action: 'append', key: 'x', value })
  const getX: KvInput = { action: 'get', key: 'x' }

  test('a small core says how far an order goes', () => {
    const history = historyOf(
      ['c1', append('a'), null, 0, 10],
      ['c1', append('b'), null, 20, 30],
      ['c2', getX, 'ba', 40, 50],
    )
    expect(violationOf(history, kv)).toMatchObject({
      shape: 'no possible order',
      summary: '3 operations cannot be ordered',
      because: [
        'The longest order that holds is T1 < T2',
        'However T3 (get x -> "ba") cannot come next, and returned at 0.050: a contradiction',
      ],
    })
  })

  test('a large one does not say that all of it cannot be ordered', () => {
    const appends = Array.from(
      { length: 9 },
      (_, number) => ['c1', append(String(number)), null, 20 * number, 20 * number + 10] as const,
    )
    const history = historyOf(...appends, ['c2', getX, '102345678', 400, 410])
    expect(violationOf(history, kv).summary).toBe('9 of 10 operations can be ordered, and then no more')
  })

  test('a single answer that nothing explains', () => {
    expect(violationOf(historyOf(['c1', read, 5, 0, 10]), casRegister)).toMatchObject({ shape: 'value nobody wrote' })
    expect(violationOf(historyOf(['c2', getX, 'zz', 0, 10]), kv)).toMatchObject({
      shape: 'value nobody wrote',
      because: [
        'T1 (get x -> "zz") returned at 0.010, and nothing that was invoked by then explains its answer: a contradiction',
      ],
    })
    expect(violationOf(historyOf(['c1', { action: 'dequeue' }, 5, 0, 10]), queue)).toMatchObject({
      shape: 'value nobody wrote',
    })
  })

  test('a long order is told by its end', () => {
    const adds = Array.from(
      { length: 20 },
      (_, number) => ['c1', { action: 'increment' }, null, 20 * number, 20 * number + 10] as const,
    )
    const history = historyOf<CounterInput>(...adds, ['c2', { action: 'read' }, 21, 400, 410])
    expect(violationOf(history, counter)).toMatchObject({
      because: [
        'The longest order that holds is of 20 operations, the last of them T13 < T14 < T15 < T16 < T17 < T18 < T19 < T20',
        'However T21 (read -> 21) cannot come next, and returned at 0.410: a contradiction',
      ],
      attempts: [{ order: Array.from({ length: 20 }, (_, id) => id), state: 20 }],
    })
  })

  test('an answer that came later is said to be left open, as the order does not fit it', () => {
    const history = historyOf<CounterInput>(
      ['c1', { action: 'increment' }, null, 0, 30],
      ['c2', { action: 'read' }, 5, 5, 10],
      ['c3', { action: 'add-and-get', amount: 1 }, 3, 5, 20],
    )
    expect(violationOf(history, counter).because[0]).toBe(
      'The longest order that holds is T1 < T3, with the answer of T3 left open',
    )
  })
})
