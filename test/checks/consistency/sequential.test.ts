import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeSequential } from '../../../checks/consistency/sequential.ts'
import type { History } from '../../../checks/history.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { queue } from '../../../checks/models/queue.ts'
import type { Model } from '../../../checks/model.ts'
import { cas, get, historyOf, read, set, write } from '../support/histories.ts'
import { violationIn } from '../support/judgements.ts'
import { hasInterleaving, replays } from '../support/interleavings.ts'
import { sessionHistory } from '../support/random-sessions.ts'

describe('a history is sequentially consistent', () => {
  test('where stale reads are in the order of their process', () => {
    const history = historyOf(
      ['w', set(1), null, 0, 10],
      ['w', set(2), null, 20, 30],
      ['r', get(), null, 40, 50],
      ['r', get(), 1, 60, 70],
      ['r', get(), 2, 80, 90],
    )
    const judgement = judgeSequential(history, dictionary)
    expect(judgement).toMatchObject({ verdict: 'ok', orders: [{ key: undefined, order: [2, 0, 3, 1, 4] }] })
  })

  test('where a write without an answer took effect, or not, or after what its process did next', () => {
    const history = historyOf(
      ['a', set(1), null, 0],
      ['a', set(2), null, 10, 20],
      ['b', get(), 2, 30, 40],
      ['b', get(), 1, 50, 60],
      ['c', set(3), null, 70],
    )
    expect(judgeSequential(history, dictionary).verdict).toBe('ok')
  })

  test('of any model', () => {
    const enqueue = (value: number) => ({ action: 'enqueue', value })
    const history = historyOf<object>(
      ['a', enqueue(1), null, 0, 10],
      ['b', { action: 'dequeue' }, 2, 20, 30],
      ['c', enqueue(2), null, 40, 50],
    )
    expect(judgeSequential(history, queue).verdict).toBe('ok')
  })
})

describe('a history is not sequentially consistent', () => {
  test('where two processes both miss what the other wrote before, of different keys', () => {
    const history = historyOf(
      ['a', set(1, 'x'), null, 0, 10],
      ['b', set(2, 'y'), null, 0, 10],
      ['a', get('y'), null, 20, 30],
      ['b', get('x'), null, 20, 30],
    )
    expect(violationIn(judgeSequential(history, dictionary))).toEqual({
      property: 'sequential',
      shape: 'contradictory order of writes',
      summary: '4 operations cannot be ordered',
      because: [
        'T2 < T4, because b did one after the other',
        'T1 < T3, because a did one after the other',
        'T3 < T2, because T3 read the initial null, which T2 overwrote',
        'However T4 < T1, because T4 read the initial null, which T1 overwrote: a contradiction',
      ],
      operations: [0, 1, 2, 3],
      atMs: 30,
      atEvent: undefined,
    })
  })

  test('where two readers see two writes in different orders', () => {
    const history = historyOf(
      ['a', set(1), null, 0, 10],
      ['b', set(2), null, 0, 10],
      ['c', get(), 1, 20, 30],
      ['c', get(), 2, 40, 50],
      ['d', get(), 2, 20, 30],
      ['d', get(), 1, 40, 50],
    )
    expect(violationIn(judgeSequential(history, dictionary)).shape).toBe('contradictory order of writes')
  })

  test('where both of two updates found the same', () => {
    const history = historyOf(
      ['a', write(1), null, 0, 10],
      ['b', cas(1, 2), true, 20, 30],
      ['c', cas(1, 3), true, 20, 30],
    )
    expect(violationIn(judgeSequential(history, casRegister))).toMatchObject({
      shape: 'lost update',
      because: [
        'T1 < T2, because T2 read 1, which T1 wrote',
        'T1 < T3, because T3 read 1, which T1 wrote',
        'T2 < T3, because T2 read the 1 of T1, which T3 overwrote',
        'However T3 < T2, because T3 read the 1 of T1, which T2 overwrote: a contradiction',
      ],
    })
  })

  test('where a value was read that nobody wrote', () => {
    expect(violationIn(judgeSequential(historyOf(['a', get(), 7, 0, 10]), dictionary)).shape).toBe('value nobody wrote')
  })

  test('where values are not unique: how far an order goes, and what cannot follow', () => {
    const history = historyOf(
      ['a', write(1), null, 0, 10],
      ['b', write(1), null, 0, 10],
      ['c', read, 1, 20, 30],
      ['c', read, null, 40, 50],
    )
    expect(violationIn(judgeSequential(history, casRegister))).toMatchObject({
      shape: 'no possible order',
      summary: '3 of 4 operations can be ordered, and then no more',
      because: [
        'After the longest order that holds, of 3, would go on c with T1 (read -> null)',
        'However none of these can come next, and no other order gets further: a contradiction',
      ],
      operations: [3],
      blocked: 3,
    })
  })
})

test('it is unknown where the budget is spent', () => {
  const history = historyOf(['a', write(1), null, 0, 10], ['b', write(1), null, 0, 10], ['c', read, 1, 20, 30])
  expect(judgeSequential(history, casRegister, { budgetSteps: 1 })).toMatchObject({
    verdict: 'unknown',
    reason: 'sequential: no answer within 1 steps',
    reached: { ordered: 0, of: 3 },
  })
})

describe('it agrees with trying all interleavings', () => {
  const agrees = (history: History, model: Model): void => {
    const judgement = judgeSequential(history, model)
    expect(judgement.verdict).toBe(hasInterleaving(history, model) ? 'ok' : 'violated')
    if (judgement.verdict === 'ok') expect(replays(history, model, judgement.orders![0]!.order)).toBe(true)
  }

  test.each([
    ['unique values', true],
    ['values written again', false],
  ])('with %s', (_what, unique) => {
    fc.assert(
      fc.property(sessionHistory({ unique, maxLength: 6 }), (history) => agrees(history, casRegister)),
      { seed: 1, numRuns: 600 },
    )
  })
})
