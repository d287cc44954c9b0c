import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { REFUSED } from '../../../checks/linearizability/calls.ts'
import { callsOf } from '../../../checks/linearizability/calls-of.ts'
import { entriesOf } from '../../../checks/linearizability/entry.ts'
import type { Model } from '../../../checks/model.ts'
import { casRegister } from '../../../checks/models/cas-register.ts'
import { dictionary } from '../../../checks/models/dictionary.ts'
import { foundDictionary } from '../../../checks/models/found-dictionary.ts'
import type { FoundDictionaryInput } from '../../../checks/models/found-dictionary.ts'
import { kv } from '../../../checks/models/kv.ts'
import { register } from '../../../checks/models/register.ts'
import { anyHistory, casCall, kvCall, registerCall } from '../support/random.ts'

const answer = fc.constantFrom('a', 'b', null)
const text = fc.constantFrom('a', 'b')
const foundDictionaryCall: fc.Arbitrary<{ input: FoundDictionaryInput; output: unknown }> = fc.record({
  input: fc.oneof(
    fc.constant({ action: 'get', key: 'x' } as const),
    fc.constant({ action: 'delete', key: 'x' } as const),
    text.map((value) => ({ action: 'set', key: 'x', value }) as const),
    fc.tuple(answer, text).map(([expected, value]) => ({ action: 'cas', key: 'x', expected, value }) as const),
  ),
  output: answer,
})
const plainRegisterCall = casCall.filter(({ input }) => input.action !== 'cas')

test.each([
  ['register', register, plainRegisterCall],
  ['cas-register', casRegister, casCall],
  ['dictionary', dictionary, registerCall],
  ['found-dictionary', foundDictionary, foundDictionaryCall],
  ['kv', kv, kvCall],
] as [string, Model, fc.Arbitrary<{ input: unknown; output: unknown }>][])(
  'numbered calls lead from state to state as the model %s says, answered or not',
  (_, model, call) => {
    let refused = 0
    fc.assert(
      fc.property(anyHistory(call, 8), (history) => {
        const calls = callsOf(model)
        const states = new Set([calls.initial])
        const entries = entriesOf(history)
        for (const state of states) {
          for (const entry of states.size < 20 ? entries : []) {
            const after = calls.step(state, calls.numberOf(entry))
            const expected = model.step(calls.stateAt(state), entry.input, entry.output)
            if (after === REFUSED) refused += 1
            else states.add(after)
            expect(after === REFUSED ? undefined : calls.stateAt(after)).toStrictEqual(expected)
          }
        }
      }),
      { numRuns: 300, seed: 7 },
    )
    expect(refused).toBeGreaterThan(100)
  },
)

test('equal calls of a register have one number, and those that differ in what they found, wrote or were told have not', () => {
  const calls = callsOf(foundDictionary)
  const set = (value: string) => ({ action: 'set', key: 'x', value }) as const
  const asked = [
    { input: set('a'), output: null },
    { input: set('a'), output: null },
    { input: set('a'), output: 'a' },
    { input: set('a'), output: undefined },
    { input: { action: 'cas', key: 'x', expected: null, value: 'a' } as const, output: null },
    { input: { action: 'cas', key: 'x', expected: null, value: 'a' } as const, output: undefined },
    { input: { action: 'get', key: 'x' } as const, output: null },
  ]
  const entries = asked.map(({ input, output }, id) => ({
    operation: { id, process: 'c', input, output, invokedAtMs: id, returnedAtMs: id, outcome: 'ok' as const },
    input,
    output,
    invoked: 2 * id,
    returned: 2 * id + 1,
  }))
  const numbers = entries.map((entry) => calls.numberOf(entry))
  // A compare and set that found what it expected does what a set does that found it.
  expect(numbers).toEqual([0, 0, 1, 2, 0, 3, 4])
})
