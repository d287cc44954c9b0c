import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeCausal } from '../../../checks/consistency/causal.ts'
import type { CausalLevel } from '../../../checks/consistency/causal.ts'
import { judgeSequential } from '../../../checks/consistency/sequential.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { get, historyOf, set } from '../support/histories.ts'
import { isCausal } from '../support/causality.ts'
import { shapesIn, violationIn } from '../support/judgements.ts'
import { sessionHistory } from '../support/random-sessions.ts'

const verdictsOf = (history: ReturnType<typeof historyOf>): readonly string[] =>
  (['causal', 'memory', 'convergent'] as const).map((level) => judgeCausal(history, dictionary, { level }).verdict)

/** Reads and writes by process, one after the other, as the literature draws them. */
function drawn(processes: Readonly<Record<string, readonly object[]>>): ReturnType<typeof historyOf> {
  const lines = Object.entries(processes).flatMap(([process, calls]) =>
    calls.map((call, place) => ({ process, call, place })),
  )
  return historyOf(
    ...lines
      .sort((left, right) => left.place - right.place)
      .map(({ process, call, place }, id) => {
        const { input, output } = call as { input: object; output: unknown }
        return [process, input, output, 100 * place + id, 100 * place + 50 + id] as const
      }),
  )
}

const w = (key: string, value: unknown) => ({ input: set(value, key), output: null })
const r = (key: string, value: unknown) => ({ input: get(key), output: value })

/** The examples of figure 3 of the paper, by what they are. */
describe('the examples that tell the levels apart', () => {
  test('two processes that see two writes in different orders: causal memory, but they never agree', () => {
    const history = drawn({
      a: [w('x', 1), r('x', 2)],
      b: [w('x', 2), r('x', 1)],
    })
    expect(verdictsOf(history)).toEqual(['ok', 'ok', 'violated'])
    expect(violationIn(judgeCausal(history, dictionary, { level: 'convergent' }))).toMatchObject({
      shape: 'contradictory order of writes',
      because: [
        'T1 < T3, because a did one after the other',
        'T2 < T4, because b did one after the other',
        'T1 < T2, because T3, which came after T1, read the 2 of T2',
        'However T2 < T1, because T4, which came after T2, read the 1 of T1: a contradiction',
      ],
    })
  })

  test('a process that agrees with all, but not with what it read itself: convergent, and no causal memory', () => {
    const history = drawn({
      a: [w('z', 1), w('x', 1), w('y', 1)],
      b: [w('x', 2), r('z', null), r('y', 1), r('x', 2)],
    })
    expect(verdictsOf(history)).toEqual(['ok', 'violated', 'ok'])
  })

  test('a stale read of what a process knew to be overwritten: not even causal', () => {
    const history = drawn({
      a: [w('x', 1), w('y', 1)],
      b: [r('y', 1), w('x', 2)],
      c: [r('x', 2), r('x', 1)],
    })
    expect(verdictsOf(history)).toEqual(['violated', 'violated', 'violated'])
    expect(violationIn(judgeCausal(history, dictionary))).toMatchObject({ shape: 'stale read' })
  })
})

test('an answer that is seen before its question', () => {
  const history = drawn({
    a: [w('x', 'question')],
    b: [r('x', 'question'), w('y', 'answer')],
    c: [r('y', 'answer'), r('x', null)],
  })
  expect(violationIn(judgeCausal(history, dictionary)).because).toEqual([
    'T2 < T4, because b did one after the other',
    'T3 < T5, because c did one after the other',
    'T1 < T2, because T2 read "question", which T1 wrote',
    'T4 < T3, because T3 read "answer", which T4 wrote',
    'However T5 < T1, because T5 read the initial null, which T1 overwrote: a contradiction',
  ])
})

test('reads that go in a circle', () => {
  const history = drawn({ a: [r('x', 1), w('y', 1)], b: [r('y', 1), w('x', 1)] })
  expect(shapesIn(judgeCausal(history, dictionary))).toEqual(['reads in a circle'])
})

test('a value that several wrote leaves it open', () => {
  const history = drawn({ a: [w('x', 1)], b: [w('x', 1), r('x', 1)] })
  expect(judgeCausal(history, dictionary).verdict).toBe('unknown')
})

describe('it agrees with the definitions, by trying all orders', () => {
  test.each<CausalLevel>(['causal', 'memory', 'convergent'])('%s', (level) => {
    fc.assert(
      fc.property(sessionHistory({ unique: true, maxLength: 7, updates: false }), (history) => {
        expect(judgeCausal(history, casRegister, { level }).verdict).toBe(isCausal(history, level) ? 'ok' : 'violated')
      }),
      { seed: 1, numRuns: 400 },
    )
  })
})

test('what is sequentially consistent is causal at every level', () => {
  fc.assert(
    fc.property(sessionHistory({ unique: true, maxLength: 8 }), (history) => {
      fc.pre(judgeSequential(history, casRegister).verdict === 'ok')
      for (const level of ['causal', 'memory', 'convergent'] as const) {
        expect(judgeCausal(history, casRegister, { level }).verdict).toBe('ok')
      }
    }),
    { seed: 1, numRuns: 500 },
  )
})
