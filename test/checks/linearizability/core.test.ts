import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callsOf } from '../../../checks/linearizability/calls-of.ts'
import { minimalCore } from '../../../checks/linearizability/core.ts'
import { entriesOf } from '../../../checks/linearizability/entry.ts'
import type { Entry } from '../../../checks/linearizability/entry.ts'
import { Rest } from '../../../checks/linearizability/leave-out.ts'
import type { History } from '../../../checks/history.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { set as setModel } from '../../../checks/models/set.ts'
import type { SetInput } from '../../../checks/models/set.ts'
import { kv } from '../../../checks/models/kv.ts'
import type { Model } from '../../../checks/model.ts'
import { Operations } from '../../../checks/linearizability/operations.ts'
import { search } from '../../../checks/linearizability/search.ts'
import { hasOrder } from '../support/brute-force.ts'
import { get, historyOf, set } from '../support/histories.ts'
import { anyHistory, casCall, kvCall, registerCall } from '../support/random.ts'

function coreOf(entries: readonly Entry[], model: Model): readonly Entry[] | undefined {
  const budget = { stepsLeft: 1_000_000 }
  const calls = callsOf(model)
  const { verdict, blocked } = search(entries, calls, budget)
  return verdict === 'violated' ? minimalCore(new Operations(entries, calls), blocked!, budget) : undefined
}

const models = [
  ['dictionary', dictionary, anyHistory(registerCall, 7)],
  ['cas-register', casRegister, anyHistory(casCall, 7)],
  ['kv', kv, anyHistory(kvCall, 6)],
] as [string, Model, fc.Arbitrary<History>][]

describe.each(models)('of random histories of the model %s', (_, model, histories) => {
  test('leaving out an operation never condemns a history that has an order', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const entries = entriesOf(history)
        fc.pre(hasOrder(entries, model))
        const unsound = entries.filter((_entry, index) => {
          const rest = new Rest(new Operations(entries, callsOf(model)))
          rest.leaveOut([index])
          const left = rest.present().map((other) => entries[other]!)
          return !hasOrder(left, model)
        })
        expect(unsound).toEqual([])
      }),
      { numRuns: 500, seed: 11 },
    )
  })

  test('a core has no order, and its operations are in conflict in the whole history too', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const entries = entriesOf(history)
        const core = coreOf(entries, model)
        fc.pre(core !== undefined)
        expect(hasOrder(core!, model)).toBe(false)
        const verdict = check(history, model)
        const ids = verdict.verdict === 'violated' ? verdict.violations[0]!.operations : []
        expect(
          hasOrder(
            entries.filter(({ operation }) => ids.includes(operation.id)),
            model,
          ),
        ).toBe(false)
      }),
      { numRuns: 500, seed: 12 },
    )
  })

  test('a core ends at the first return at which the history was condemned', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const entries = entriesOf(history)
        const core = coreOf(entries, model)
        fc.pre(core !== undefined)
        const cut = Math.max(...core!.map(({ returned }) => returned).filter((returned) => returned !== Infinity))
        const before = entries
          .filter(({ invoked }) => invoked < cut)
          .map((entry) => (entry.returned < cut ? entry : { ...entry, output: undefined, returned: Infinity }))
        expect(hasOrder(before, model)).toBe(true)
      }),
      { numRuns: 300, seed: 13 },
    )
  })
})

describe('what is left of a large history', () => {
  test('two operations of forty, where a write is lost among others', () => {
    const busy = Array.from(
      { length: 18 },
      (_, number) =>
        [
          ['c1', set(number), null, 100 * number, 100 * number + 10],
          ['c2', get(), number, 100 * number + 20, 100 * number + 30],
        ] as const,
    ).flat()
    const history = historyOf(...busy, ['c1', set('new'), null, 5000, 5010], ['c2', get(), 17, 5020, 5030])
    const verdict = check(history, dictionary)
    expect(verdict.verdict === 'violated' && verdict.violations[0]).toMatchObject({
      operations: [34, 36, 37],
      shape: 'stale read',
      atMs: 5030,
    })
  })

  test('the writer of a stale value stays, so that it does not look like a value nobody wrote', () => {
    const history = historyOf(['c1', set(1), null, 0, 10], ['c1', set(2), null, 20, 30], ['c2', get(), 1, 40, 50])
    const verdict = check(history, dictionary)
    expect(verdict.verdict === 'violated' && verdict.violations[0]!.operations).toEqual([0, 1, 2])
  })

  test.each([undefined, 'k'])('the last changes of a value of a set that came and went many times', (key) => {
    const call = (action: 'add' | 'remove' | 'contains', value = 1): SetInput => ({ action, value, key })
    const busy = Array.from(
      { length: 10 },
      (_, number) =>
        [
          ['c1', call('add'), true, 100 * number, 100 * number + 10],
          ['c2', call('contains'), true, 100 * number + 20, 100 * number + 30],
          ['c2', call('add', 2), number === 0, 100 * number + 20, 100 * number + 30],
          ['c1', call('remove'), true, 100 * number + 40, 100 * number + 50],
        ] as const,
    ).flat()
    const history = historyOf<SetInput>(...busy, ['c2', call('contains'), true, 5000, 5010])
    const verdict = check(history, setModel)
    expect(verdict.verdict === 'violated' && verdict.violations[0]).toMatchObject({
      operations: [36, 39, 40],
      because: ['The longest order that holds is T1 < T2', expect.stringContaining('T3 (contains')],
    })
  })
})
