import * as fc from 'fast-check'
import type { History, Operation } from '../../../checks/history.ts'
import type { CasRegisterInput } from '../../../checks/models/cas-register.ts'
import type { DictionaryInput } from '../../../checks/models/dictionary.ts'
import type { KvInput } from '../../../checks/models/kv.ts'
import type { Model } from '../../../checks/model.ts'
import { cas, get, read, set, write } from './histories.ts'

const value = fc.integer({ min: 0, max: 2 })
const text = fc.constantFrom('a', 'b')
const answer = fc.option(value, { freq: 4 })

type Call<Input> = { readonly input: Input; readonly output: unknown }

export const registerCall: fc.Arbitrary<Call<DictionaryInput>> = fc.oneof(
  fc.record({ input: fc.constant(get()), output: answer }),
  fc.record({ input: value.map((written) => set(written)), output: fc.constant(null) }),
)

export const casCall: fc.Arbitrary<Call<CasRegisterInput>> = fc.oneof(
  fc.record({ input: fc.constant(read), output: answer }),
  fc.record({ input: value.map(write), output: fc.constant(null) }),
  fc.record({ input: fc.tuple(answer, value).map(([expected, next]) => cas(expected, next)), output: fc.boolean() }),
)

export const kvCall: fc.Arbitrary<Call<KvInput>> = fc.oneof(
  fc.record({ input: fc.constant<KvInput>({ action: 'get', key: 'x' }), output: fc.stringMatching(/^[ab]{0,3}$/) }),
  fc.record({
    input: text.map((written): KvInput => ({ action: 'put', key: 'x', value: written })),
    output: fc.constant(null),
  }),
  fc.record({
    input: text.map((written): KvInput => ({ action: 'append', key: 'x', value: written })),
    output: fc.constant(null),
  }),
)

/** Operations that overlap in any way, each with any answer: most of them make no linearizable history. */
export function anyHistory<Input>(
  call: fc.Arbitrary<Call<Input>>,
  maxLength: number,
): fc.Arbitrary<History<Input, unknown>> {
  const operation = fc.record({
    call,
    from: fc.integer({ min: 0, max: 30 }),
    length: fc.integer({ min: 0, max: 8 }),
    crashed: fc.integer({ min: 0, max: 5 }).map((die) => die === 0),
  })
  return fc.array(operation, { minLength: 1, maxLength }).map((operations) =>
    operations
      .sort((left, right) => left.from - right.from)
      .map(({ call: { input, output }, from, length, crashed }, id): Operation<Input, unknown> =>
        crashed
          ? { id, process: `c${id}`, input, invokedAtMs: 100 * from + id, returnedAtMs: Infinity, outcome: 'info' }
          : {
              id,
              process: `c${id}`,
              input,
              output,
              invokedAtMs: 100 * from + id,
              returnedAtMs: 100 * (from + length) + 50 + id,
              outcome: 'ok',
            },
      ),
  )
}

/** A history that is linearizable as it was made from an order: each operation took effect at a moment of its own. */
export function goodHistory<Input>(
  input: fc.Arbitrary<Input>,
  model: Model,
  answerOf: (state: unknown, input: Input) => unknown,
  length: number,
): fc.Arbitrary<History<Input, unknown>> {
  const before = fc.integer({ min: 0, max: 60 })
  const operation = fc.record({ input, before, after: before, fate: fc.integer({ min: 0, max: 19 }) })
  return fc.array(operation, { minLength: length, maxLength: length }).map((operations) => {
    let state = model.init()
    return operations
      .map(({ input: asked, before: early, after: late, fate }, id): Operation<Input, unknown> => {
        const atMs = 10 * id
        const takesEffect = fate !== 0
        const output = answerOf(state, asked)
        if (takesEffect) state = model.step(state, asked, undefined)
        const started = { id, process: `c${id}`, input: asked, invokedAtMs: atMs - early }
        return fate <= 1
          ? { ...started, returnedAtMs: Infinity, outcome: 'info' }
          : { ...started, output, returnedAtMs: atMs + late, outcome: 'ok' }
      })
      .sort((left, right) => left.invokedAtMs - right.invokedAtMs)
  })
}
