import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesOf } from '../../../checks/linearizability/entry.ts'
import type { History } from '../../../checks/history.ts'
import { check, linearizable } from '../../../checks/linearizability/linearizable.ts'
import { judgeSequential } from '../../../checks/consistency/sequential.ts'
import { recordHistory } from '../../../checks/formats/record.ts'
import { validate } from '../../../checks/linearizability/validate.ts'
import { queue, stack } from '../../../checks/models/queue.ts'
import type { QueueInput, StackInput } from '../../../checks/models/queue.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import type { DictionaryInput } from '../../../checks/models/dictionary.ts'
import { kv } from '../../../checks/models/kv.ts'
import type { Model } from '../../../checks/model.ts'
import { hasOrder } from '../support/brute-force.ts'
import { cas, get, historyOf, read, set, withOutcome, write } from '../support/histories.ts'
import { anyHistory, casCall, goodHistory, kvCall, registerCall } from '../support/random.ts'

function verdictOf(history: History<DictionaryInput, unknown>): string {
  return check(history, dictionary).verdict
}

describe('histories that are linearizable', () => {
  test('an empty history', () => expect(check([], dictionary)).toEqual({ verdict: 'ok', steps: 0, orders: [] }))

  test('a read that overlaps a write may see the value or not', () => {
    expect(verdictOf(historyOf(['c1', set(1), null, 0, 100], ['c2', get(), 1, 10, 20], ['c2', get(), 1, 30, 40]))).toBe(
      'ok',
    )
    expect(
      verdictOf(historyOf(['c1', set(1), null, 0, 100], ['c2', get(), null, 10, 20], ['c2', get(), 1, 30, 40])),
    ).toBe('ok')
  })

  test('a crashed write may show up late, or never', () => {
    const crashed = ['c1', set(1), undefined, 0] as const
    const before = ['c2', get(), null, 10, 20] as const
    expect(verdictOf(historyOf(crashed, before, ['c2', get(), null, 900, 910]))).toBe('ok')
    expect(verdictOf(historyOf(crashed, before, ['c2', get(), 1, 900, 910]))).toBe('ok')
  })

  test('an operation that failed took no effect and tells nothing', () => {
    const history = historyOf(['c1', set(1), null, 0, 10], ['c2', get(), null, 20, 30])
    expect(verdictOf(withOutcome(history, 0, 'fail'))).toBe('ok')
    expect(verdictOf(withOutcome(history, 1, 'fail'))).toBe('ok')
  })

  test('an answer of undefined is the answer null', () => {
    expect(verdictOf(historyOf(['c1', get(), undefined, 0, 10]))).toBe('ok')
    expect(verdictOf(historyOf(['c1', set(1), null, 0, 10], ['c1', get(), undefined, 20, 30]))).toBe('violated')
  })

  test('values are compared by content', () => {
    const history = historyOf(['c1', set({ a: [1], b: 2 }), null, 0, 10], ['c1', get(), { b: 2, a: [1] }, 20, 30])
    expect(verdictOf(history)).toBe('ok')
  })
})

describe('histories that are not', () => {
  test('a stale read', () => {
    expect(verdictOf(historyOf(['c1', set(1), null, 0, 10], ['c2', get(), null, 20, 30]))).toBe('violated')
  })

  test('a value that is read and then lost, though its write is still under way', () => {
    const history = historyOf(['c1', set(1), null, 0, 100], ['c2', get(), 1, 10, 20], ['c3', get(), null, 30, 40])
    expect(verdictOf(history)).toBe('violated')
  })

  test('a write that is executed again after a later one (RK-11)', () => {
    const history = historyOf(
      ['c1', set(1), null, 0, 10],
      ['c2', set(2), null, 20, 30],
      ['c2', get(), 2, 40, 50],
      ['c2', get(), 1, 60, 70],
    )
    expect(verdictOf(history)).toBe('violated')
  })

  test('a crashed write takes effect once at most', () => {
    const history = historyOf(
      ['c1', set(1), undefined, 0],
      ['c2', get(), 1, 10, 20],
      ['c2', set(2), null, 30, 40],
      ['c2', get(), 1, 50, 60],
    )
    expect(verdictOf(history)).toBe('violated')
  })

  test('a value from the future', () => {
    expect(verdictOf(historyOf(['c1', get(), 1, 0, 10], ['c2', set(1), null, 20, 30]))).toBe('violated')
  })

  test('two updates of the same value that both succeed', () => {
    const history = historyOf(
      ['c1', write(1), null, 0, 10],
      ['c1', cas(1, 2), true, 20, 30],
      ['c2', cas(1, 3), true, 22, 32],
    )
    expect(check(history, casRegister).verdict).toBe('violated')
  })

  test('a compare and set that failed is an observation', () => {
    const history = historyOf(['c1', write(1), null, 0, 10], ['c2', cas(1, 2), false, 20, 30])
    expect(check(history, casRegister).verdict).toBe('violated')
  })
})

describe('against brute force', () => {
  const models = [
    ['dictionary', dictionary, anyHistory(registerCall, 7)],
    ['cas-register', casRegister, anyHistory(casCall, 7)],
    ['kv', kv, anyHistory(kvCall, 6)],
  ] as [string, Model, fc.Arbitrary<History>][]

  test.each(models)('random histories of the model %s', (_, model, histories) => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(check(history, model).verdict).toBe(hasOrder(entriesOf(history), model) ? 'ok' : 'violated')
      }),
      { numRuns: 2000, seed: 1 },
    )
  })

  test('both verdicts are common among them, so agreeing means something', () => {
    const verdicts = fc
      .sample(anyHistory(casCall, 7), { numRuns: 1000, seed: 2 })
      .map((history) => check(history, casRegister).verdict)
    expect(verdicts.filter((verdict) => verdict === 'ok').length).toBeGreaterThan(200)
    expect(verdicts.filter((verdict) => verdict === 'violated').length).toBeGreaterThan(200)
  })
})

describe('histories made from an order are never condemned', () => {
  const small = fc.integer({ min: 0, max: 3 })

  test('sixty operations on a register, twenty at a time', () => {
    const input = fc.oneof(
      fc.constant(get()),
      small.map((value) => set(value)),
    )
    const history = goodHistory(input, dictionary, (state) => state, 60)
    fc.assert(
      fc.property(history, (made) => {
        expect(check(made, dictionary).verdict).toBe('ok')
      }),
      { numRuns: 150, seed: 4 },
    )
  })

  test('thirty operations with compare and set', () => {
    const input = fc.oneof(
      fc.constant(read),
      small.map(write),
      fc.tuple(small, small).map(([expected, next]) => cas(expected, next)),
    )
    const history = goodHistory(
      input,
      casRegister,
      (state, asked) => (asked.action === 'cas' ? state === asked.expected : state),
      30,
    )
    fc.assert(
      fc.property(history, (made) => {
        expect(check(made, casRegister).verdict).toBe('ok')
      }),
      { numRuns: 300, seed: 5 },
    )
  })
})

describe('keys and violations', () => {
  const stale = (key: string, atMs: number) =>
    [
      ['c1', set(1, key), null, atMs, atMs + 10],
      ['c2', get(key), null, atMs + 20, atMs + 30],
    ] as const

  test('keys are judged apart, and the earliest violation comes first', () => {
    const history = historyOf(...stale('z', 0), ...stale('a', 1000), ['c1', set(1, 'good'), null, 2000, 2010])
    const verdict = check(history, dictionary)
    expect(verdict.verdict === 'violated' && verdict.violations.map(({ property, atMs }) => [property, atMs])).toEqual([
      ['linearizable(z)', 30],
      ['linearizable(a)', 1030],
    ])
  })

  test('a violation names the event at which it was certain', () => {
    const history = historyOf(...stale('x', 0)).map((operation, index) => ({
      ...operation,
      invokedAtEvent: 10 * index,
      returnedAtEvent: 10 * index + 5,
    }))
    const verdict = check(history, dictionary)
    expect(verdict.verdict === 'violated' && verdict.violations[0]!.atEvent).toBe(15)
  })

  test('the property can have a name of its own', () => {
    const property = linearizable(dictionary, { name: 'reads are fresh' })
    expect(property).toMatchObject({ kind: 'history', name: 'reads are fresh' })
    const verdict = property.check(historyOf(...stale('x', 0)), { nowMs: 0, nodes: [], node: () => undefined })
    expect(verdict.verdict === 'violated' && verdict.violations[0]!.property).toBe('reads are fresh(x)')
  })
})

describe('the budget', () => {
  /** A register of which nobody is told that it is one, so that no specialist knows what to do. */
  const { name, init, step, readOnly, describe: inWords } = casRegister
  const unknownKind: Model = { name, init, step, readOnly: readOnly!, describe: inWords }
  /** Many writes at once and a value that none of them wrote: each order must be tried. */
  const writes = Array.from(
    { length: 12 },
    (_, number) => [`c${number}`, cas(number % 4, (number + 1) % 4), undefined, number] as const,
  )
  const hard = historyOf(...writes, ['r', write(0), null, 50, 60], ['r', read, 3, 70, 80], ['r', read, 9, 90, 100])

  test('spent before an answer gives unknown, never ok', () => {
    expect(check(hard, unknownKind)).toMatchObject({ verdict: 'violated' })
    const verdict = check(hard, unknownKind, { budgetSteps: 20 })
    expect(verdict).toMatchObject({
      verdict: 'unknown',
      reason: 'linearizable: no answer within 20 steps',
      reached: { key: undefined, of: 3 },
    })
  })

  test('a hard key does not hide the violation of an easy one', () => {
    const model: Model = {
      ...unknownKind,
      key: ({ key }) => key,
      step: (state, { input }, output) => casRegister.step(state, input, output),
      readOnly: ({ input }, output) => casRegister.readOnly!(input, output),
    }
    const history = [
      ...hard.map((operation) => ({ ...operation, input: { key: 'hard', input: operation.input } })),
      ...historyOf(['e', read, 5, 0, 10]).map((operation) => ({
        ...operation,
        id: 99,
        input: { key: 'easy', input: operation.input },
      })),
    ]
    const verdict = check(history, model, { budgetSteps: 30 })
    expect(verdict.verdict === 'violated' && verdict.violations.map(({ property }) => property)).toEqual([
      'linearizable(easy)',
    ])
  })

  test('the same history takes the same steps each time', () => {
    expect(check(hard, unknownKind).steps).toBe(check(hard, unknownKind).steps)
  })
})

describe('evidence is found when it is first looked at', () => {
  const stale = historyOf(['c1', set(1), null, 0, 10], ['c2', get(), null, 20, 30])

  test('a verdict has looked at each operation once, its violations at some again, and only the first time', () => {
    let looks = 0
    const register: typeof dictionary.register = (input, output) => {
      looks += 1
      return dictionary.register!(input, output)
    }
    const verdict = check(stale, { ...dictionary, register })
    if (verdict.verdict !== 'violated') throw new Error('a stale read was taken for good')
    expect(looks).toBe(2)
    const { violations } = verdict
    const looksForEvidence = looks
    expect(looksForEvidence).toBeGreaterThan(2)
    expect(verdict.violations).toBe(violations)
    expect(looks).toBe(looksForEvidence)
  })

  test('copies of a verdict have it: JSON, another thread, a spread', () => {
    const whole = { violations: [{ shape: 'stale read', operations: [0, 1] }] }
    expect(JSON.parse(JSON.stringify(check(stale, dictionary)))).toMatchObject(whole)
    expect(structuredClone(check(stale, dictionary))).toMatchObject(whole)
    expect({ ...check(stale, dictionary) }).toMatchObject(whole)
    const orders = [{ key: 'x', order: [0] }]
    expect(structuredClone(check(stale.slice(0, 1), dictionary))).toMatchObject({ verdict: 'ok', orders })
  })
})

test('what failed took no effect, whatever it was told: an enqueue that found the queue full is no enqueue', () => {
  const recorder = recordHistory<QueueInput, unknown>()
  recorder.invoke('a', { action: 'enqueue', value: 1 }).fail('full', { observed: 'full' })
  recorder.invoke('b', { action: 'dequeue' }).fail('empty', { observed: null })
  const verdict = check(recorder.history, queue)
  expect(verdict.verdict === 'ok' && verdict.orders).toEqual([{ key: undefined, order: [0, 1] }])
  expect(verdict.verdict === 'ok' && validate(recorder.history, queue, verdict.orders!)).toBe(undefined)
  expect(judgeSequential(recorder.history, queue).verdict).toBe('ok')
  recorder.invoke('a', { action: 'enqueue', value: 2 }).ok()
  recorder.invoke('b', { action: 'dequeue' }).fail('empty', { observed: null })
  expect(check(recorder.history, queue).verdict).toBe('violated')
})

test('what failed and tells what it found leaves it there', () => {
  const pops = (...answers: readonly unknown[]) => {
    const recorder = recordHistory<StackInput, unknown>()
    recorder.invoke('a', { action: 'push', value: 7 }).ok()
    for (const observed of answers) recorder.invoke('b', { action: 'pop' }).fail('locked', { observed })
    recorder.invoke('b', { action: 'pop' }).ok(7)
    return check(recorder.history, stack).verdict
  }
  expect([pops(), pops(7), pops(7, 7), pops(8), pops(null)]).toEqual(['ok', 'ok', 'ok', 'violated', 'violated'])
})
