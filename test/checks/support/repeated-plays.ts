import { casRegister } from '../../../checks/models/cas-register.ts'
import type { CasRegisterInput } from '../../../checks/models/cas-register.ts'
import { counter } from '../../../checks/models/counter.ts'
import type { CounterInput } from '../../../checks/models/counter.ts'
import { kv } from '../../../checks/models/kv.ts'
import type { KvInput } from '../../../checks/models/kv.ts'
import { lock } from '../../../checks/models/lock.ts'
import type { LockInput } from '../../../checks/models/lock.ts'
import { nondeterministic } from '../../../checks/models/nondeterministic.ts'
import { queue, stack } from '../../../checks/models/queue.ts'
import type { QueueInput, StackInput } from '../../../checks/models/queue.ts'
import { set } from '../../../checks/models/set.ts'
import type { SetInput } from '../../../checks/models/set.ts'
import type { Dice, Play } from './dice.ts'
import { cas, read, write } from './histories.ts'

/*
 * Objects used with few values, each again and again, so that no specialist knows who did what.
 */

const few = (dice: Dice) => 1 + dice(3)
const sameAction = (one: { readonly action: string }, other: { readonly action: string }) => one.action === other.action

export const registerOfFew: Play<CasRegisterInput> = {
  model: casRegister,
  ask: (dice) => [read, write(few(dice)), cas(few(dice), few(dice)), cas(few(dice), few(dice))][dice(4)]!,
  answer: (value, input) => {
    if (input.action === 'cas') return value === input.expected
    return input.action === 'read' ? value : 'done'
  },
  anyAnswer: (dice, { action }) => {
    if (action === 'cas') return dice(2) === 0
    return action === 'read' ? dice(4) || null : 'done'
  },
  swaps: sameAction,
}

export const queueOfFew: Play<QueueInput, readonly unknown[]> = {
  model: queue,
  ask: (dice) => (dice(2) === 0 ? { action: 'enqueue', value: few(dice) } : { action: 'dequeue' }),
  answer: (values, { action }) => (action === 'enqueue' ? 'done' : (values[0] ?? null)),
  anyAnswer: (dice, { action }) => (action === 'dequeue' ? dice(4) || null : 'done'),
  swaps: sameAction,
}

export const stackOfFew: Play<StackInput, readonly unknown[]> = {
  model: stack,
  ask: (dice) => (dice(2) === 0 ? { action: 'push', value: few(dice) } : { action: 'pop' }),
  answer: (values, { action }) => (action === 'push' ? 'done' : (values.at(-1) ?? null)),
  anyAnswer: (dice, { action }) => (action === 'pop' ? dice(4) || null : 'done'),
  swaps: sameAction,
}

export const setOfFew: Play<SetInput, readonly unknown[]> = {
  model: set,
  ask: (dice) => {
    const action = (['add', 'add', 'remove', 'contains', 'read'] as const)[dice(5)]!
    return action === 'read' ? { action } : { action, value: few(dice) }
  },
  answer: (values, input) => {
    if (input.action === 'read') return values
    const isIn = values.includes(input.value)
    return input.action === 'add' ? !isIn : isIn
  },
  anyAnswer: (dice, { action }) => (action === 'read' ? [1, 2, 3].filter(() => dice(2) === 0) : dice(2) === 0),
  swaps: sameAction,
}

export const counting: Play<CounterInput, number> = {
  model: counter,
  ask: (dice) => {
    const amount = dice(3) - 1
    const inputs: CounterInput[] = [
      { action: 'read' },
      { action: 'increment' },
      { action: 'add', amount },
      { action: 'add-and-get', amount },
    ]
    return inputs[dice(4)]!
  },
  answer: (count, input) => (input.action === 'add-and-get' ? count + input.amount : count),
  anyAnswer: (dice) => dice(4),
  swaps: sameAction,
}

export const locking: Play<LockInput, string | true | null> = {
  model: lock,
  ask: (dice) => {
    const owner = ['a', 'b', undefined][dice(3)]
    return { action: dice(2) === 0 ? 'acquire' : 'release', ...(owner !== undefined && { owner }) }
  },
  answer: (holder, { action, owner }) => (action === 'acquire' ? holder === null : holder === (owner ?? true)),
  anyAnswer: (dice) => dice(2) === 0,
  swaps: sameAction,
}

/** Pieces of text that now and then are made twice. */
export const textWriting: Play<KvInput, string> = {
  model: kv,
  ask: (dice, serial) => {
    const value = 'abcdefghijkl'[dice(8) === 0 ? dice(4) : serial % 12]!
    const inputs: KvInput[] = [
      { action: 'get', key: 'k' },
      { action: 'put', key: 'k', value },
      { action: 'append', key: 'k', value },
      { action: 'append', key: 'k', value },
      { action: 'get', key: 'k' },
    ]
    return inputs[dice(dice(20) === 0 ? 5 : 4)]!
  },
  answer: (text, { action }) => (action === 'get' ? text : 'done'),
  anyAnswer: (dice, { action }) => {
    if (action !== 'get') return 'done'
    return Array.from({ length: dice(4) }, () => 'abcdef'[dice(6)]).join('')
  },
  swaps: (one, other) => (one.action === 'get') === (other.action === 'get'),
}

/** Texts of two letters, and keys that are deleted. */
export const scribbling: Play<KvInput, string> = {
  ...textWriting,
  ask: (dice) => {
    const value = 'ab'[dice(2)]!
    const inputs: KvInput[] = [
      { action: 'get', key: 'k' },
      { action: 'put', key: 'k', value },
      { action: 'append', key: 'k', value },
      { action: 'append', key: 'k', value },
      { action: 'delete', key: 'k' },
    ]
    return inputs[dice(5)]!
  },
  anyAnswer: (dice, { action }) =>
    action === 'get' ? Array.from({ length: dice(4) }, () => 'ab'[dice(2)]).join('') : 'done',
}

/** A bag out of which comes what it likes. */
export const bagging: Play<QueueInput, readonly (readonly number[])[]> = {
  model: nondeterministic<readonly number[], QueueInput, unknown>({
    name: 'bag',
    init: () => [[]],
    steps: (values, input, output) => {
      if (input.action === 'enqueue') return [[...values, input.value as number].sort((left, right) => left - right)]
      if (values.length === 0) return output === undefined || output === null ? [values] : []
      return values.flatMap((value, index) =>
        output === undefined || output === value ? [values.filter((_, at) => at !== index)] : [],
      )
    },
    describe: ({ action }, output) => `${action} ${String(output)}`,
  }),
  ask: queueOfFew.ask,
  answer: (states, { action }) => (action === 'enqueue' ? 'done' : (states[0]![0] ?? null)),
  anyAnswer: queueOfFew.anyAnswer,
  swaps: sameAction,
}
