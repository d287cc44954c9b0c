import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeSessions } from '../../../checks/consistency/sessions.ts'
import type { Guarantee } from '../../../checks/consistency/versions.ts'
import type { History, Operation } from '../../../checks/history.ts'
import type { CasRegisterInput } from '../../../checks/models/cas-register.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { queue } from '../../../checks/models/queue.ts'
import { get, historyOf, set, withOutcome } from '../support/histories.ts'
import { shapesIn, violationIn } from '../support/judgements.ts'
import { sessionHistory } from '../support/random-sessions.ts'

describe('each guarantee by itself', () => {
  test('read your writes: own writes are seen', () => {
    const history = historyOf(['a', set(1), null, 0, 10], ['a', get(), null, 20, 30])
    expect(violationIn(judgeSessions(history, dictionary))).toEqual({
      property: 'sessions',
      shape: 'own write not read',
      summary: 'no order of versions allows read your writes',
      because: [
        'the initial null is older than the 1 of T1',
        'However the 1 of T1 is older than the initial null, because a wrote the one, by T1, and then read the other, by T2: a contradiction',
      ],
      operations: [0, 1],
      atMs: 30,
      atEvent: undefined,
    })
  })

  test('read your writes: what was read instead of it is newer for all', () => {
    const history = historyOf(
      ['a', set(1), null, 0, 10],
      ['b', set(2), null, 0, 10],
      ['a', get(), 2, 20, 30],
      ['b', get(), 1, 20, 30],
    )
    expect(shapesIn(judgeSessions(history, dictionary, { guarantees: ['read your writes'] }))).toEqual([
      'own write not read',
    ])
    expect(judgeSessions(history, dictionary, { guarantees: ['monotonic reads', 'monotonic writes'] }).verdict).toBe(
      'ok',
    )
  })

  test('monotonic reads: no version comes back', () => {
    const history = historyOf(
      ['w', set(1), null, 0, 10],
      ['w', set(2), null, 0, 10],
      ['a', get(), 2, 20, 30],
      ['a', get(), 1, 40, 50],
      ['a', get(), 2, 60, 70],
    )
    expect(violationIn(judgeSessions(history, dictionary))).toMatchObject({
      shape: 'read went back',
      because: [
        'the 1 of T1 is older than the 2 of T2, because a read the one, by T4, and then read the other, by T5',
        'However the 2 of T2 is older than the 1 of T1, because a read the one, by T3, and then read the other, by T4: a contradiction',
      ],
    })
  })

  test('monotonic writes: seen in the order in which they were done', () => {
    const history = historyOf(
      ['w', set(1), null, 0, 10],
      ['w', set(2), null, 20, 30],
      ['a', get(), 2, 40, 50],
      ['a', get(), 1, 60, 70],
    )
    expect(shapesIn(judgeSessions(history, dictionary))).toEqual(['monotonic reads against monotonic writes'])
    expect(judgeSessions(history, dictionary, { guarantees: ['monotonic writes'] }).verdict).toBe('ok')
  })

  test('writes follow reads: an answer is not seen before the question', () => {
    const history = historyOf(
      ['a', set('question'), null, 0, 10],
      ['b', get(), 'question', 20, 30],
      ['b', set('answer'), null, 40, 50],
      ['c', get(), 'answer', 60, 70],
      ['c', get(), 'question', 80, 90],
    )
    expect(violationIn(judgeSessions(history, dictionary))).toMatchObject({
      shape: 'monotonic reads against writes follow reads',
      summary: 'no order of versions allows monotonic reads and writes follow reads',
    })
  })
})

test('nothing follows from a write without an answer for what its process did next', () => {
  const history = historyOf(['a', set(1), null, 0], ['a', get(), null, 20, 30], ['b', get(), 1, 40, 50])
  expect(judgeSessions(history, dictionary).verdict).toBe('ok')
})

test('other keys have versions of their own', () => {
  const history = historyOf(['a', set(1, 'x'), null, 0, 10], ['a', get('y'), null, 20, 30])
  expect(judgeSessions(history, dictionary).verdict).toBe('ok')
})

test('a value of a failed write is named', () => {
  const history = withOutcome(historyOf(['a', set(1), null, 0, 10], ['b', get(), 1, 20, 30]), 0, 'fail')
  expect(violationIn(judgeSessions(history, dictionary))).toMatchObject({
    shape: 'value of a failed write',
    because: ['T1 failed to write 1', 'However T2 read 1: a contradiction'],
  })
})

test('a value that two may have written leaves it open', () => {
  const history = historyOf(['a', set(1), null, 0, 10], ['b', set(1), null, 0, 10], ['b', get(), 1, 20, 30])
  expect(judgeSessions(history, dictionary)).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringMatching(/operation 2 of b read, as several wrote 1 .* value of its own/),
  })
})

test('a model that is no register is refused', () => {
  expect(() => judgeSessions([], queue)).toThrow('sessions: the model queue is no register')
})

test('they hold if and only if versions can be put in an order, as trying all orders shows', () => {
  const guarantees = fc.subarray<Guarantee>(
    ['read your writes', 'monotonic reads', 'monotonic writes', 'writes follow reads'],
    { minLength: 1 },
  )
  fc.assert(
    fc.property(sessionHistory({ unique: true, maxLength: 7, updates: false }), guarantees, (history, some) => {
      const { verdict } = judgeSessions(history, casRegister, { guarantees: some })
      expect(verdict).toBe(hasOrderOfVersions(history, some) ? 'ok' : 'violated')
    }),
    { seed: 1, numRuns: 1_000 },
  )
})

function orders<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) => orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}

/** By the definition, for each key: some order of what was read and written satisfies every pair of a process. */
function hasOrderOfVersions(history: History<CasRegisterInput>, guarantees: readonly Guarantee[]): boolean {
  return ['x', 'y'].every((key) => {
    const concerned = history.filter(({ input }) => input.key === key)
    const values = concerned.flatMap(({ input }) => (input.action === 'write' ? [input.value as unknown] : []))
    return orders(values).some((order) =>
      concerned.every((later) =>
        concerned.every((earlier) => {
          if (earlier.process !== later.process || earlier.id >= later.id || earlier.outcome === 'info') return true
          if (later.outcome === 'info' && later.input.action === 'read') return true
          if (!guarantees.includes(guaranteeOf(earlier, later))) return true
          // A write that nobody answered and nobody read may never have been.
          if (later.outcome === 'info' && !concerned.some(({ output }) => output === valueOf(later))) return true
          return order.indexOf(valueOf(earlier)) <= order.indexOf(valueOf(later))
        }),
      ),
    )
  })
}

function guaranteeOf(earlier: Operation<CasRegisterInput>, later: Operation<CasRegisterInput>): Guarantee {
  if (earlier.input.action === 'write') return later.input.action === 'read' ? 'read your writes' : 'monotonic writes'
  return later.input.action === 'read' ? 'monotonic reads' : 'writes follow reads'
}

function valueOf({ input, output }: Operation<CasRegisterInput>): unknown {
  return input.action === 'write' ? input.value : output
}
