import { casRegister } from '../../../checks/models/cas-register.ts'
import type { CasRegisterInput } from '../../../checks/models/cas-register.ts'
import { queue, stack } from '../../../checks/models/queue.ts'
import type { QueueInput, StackInput } from '../../../checks/models/queue.ts'
import { set } from '../../../checks/models/set.ts'
import type { SetInput } from '../../../checks/models/set.ts'
import type { Dice, Play } from './dice.ts'
import { cas, read, write } from './histories.ts'

/** A small value that may have been written or inserted, or null. */
export function someValue(dice: Dice): number | null {
  return dice(8) || null
}

/** A value that is unique, but for now and then. */
function nearlyUnique(dice: Dice, serial: number): number {
  return dice(30) === 0 ? 1 + dice(3) : serial + 1
}

const sameAction = (one: { readonly action: string }, other: { readonly action: string }) => one.action === other.action

/** Writes of values that are unique, and reads. */
export const writesAndReads: Play<CasRegisterInput> = {
  model: casRegister,
  ask: (dice, serial) => (dice(2) === 0 ? write(serial + 1) : read),
  answer: (value, { action }) => (action === 'read' ? value : 'done'),
  anyAnswer: (dice, { action }) => (action === 'read' ? someValue(dice) : 'done'),
  swaps: sameAction,
}

/** Beside them compare and set, which often expects a recent value; now and then a value is written twice. */
export const compareAndSet: Play<CasRegisterInput> = {
  model: casRegister,
  ask: (dice, serial) => {
    const next = nearlyUnique(dice, serial)
    const kind = dice(5)
    if (kind < 2) return read
    return kind === 2 ? write(next) : cas(dice(2) === 0 ? serial - dice(2) || null : someValue(dice), next)
  },
  answer: (value, input) => {
    if (input.action === 'cas') return value === input.expected
    return input.action === 'read' ? value : 'done'
  },
  anyAnswer: (dice, { action }) => {
    if (action === 'cas') return dice(4) > 0
    return action === 'read' ? someValue(dice) : 'done'
  },
  swaps: sameAction,
}

/** Values that are nearly unique go in and out. */
export const queueing: Play<QueueInput, readonly unknown[]> = {
  model: queue,
  ask: (dice, serial) =>
    dice(2) === 0 ? { action: 'enqueue', value: nearlyUnique(dice, serial) } : { action: 'dequeue' },
  answer: (values, { action }) => (action === 'enqueue' ? 'done' : (values[0] ?? null)),
  anyAnswer: (dice, { action }) => (action === 'dequeue' ? someValue(dice) : 'done'),
  swaps: sameAction,
}

export const stacking: Play<StackInput, readonly unknown[]> = {
  model: stack,
  ask: (dice, serial) => (dice(2) === 0 ? { action: 'push', value: nearlyUnique(dice, serial) } : { action: 'pop' }),
  answer: (values, { action }) => (action === 'push' ? 'done' : (values.at(-1) ?? null)),
  anyAnswer: (dice, { action }) => (action === 'pop' ? someValue(dice) : 'done'),
  swaps: sameAction,
}

/** Values that are nearly unique are added, perhaps taken out again, and looked up; some answers tell nothing. */
export const membership: Play<SetInput, readonly unknown[]> = {
  model: set,
  ask: (dice, serial) => {
    const action = (['add', 'add', 'remove', 'contains'] as const)[dice(4)]!
    return { action, value: action === 'add' && dice(2) === 0 ? serial + 1 : 1 + dice(6) }
  },
  answer: (values, input) => {
    if (input.action === 'read') return values
    const isIn = values.includes(input.value)
    return input.action === 'add' ? !isIn : isIn
  },
  anyAnswer: (dice) => [true, false, null][dice(3)],
  swaps: (one, other) => (one.action === 'read') === (other.action === 'read'),
}

/** Values that are nearly unique are added and looked up, and all are read. */
export const growing: Play<SetInput, readonly unknown[]> = {
  model: set,
  ask: (dice, serial) => {
    const action = (['add', 'add', 'read', 'contains'] as const)[dice(4)]!
    if (action === 'read') return { action }
    return { action, value: action === 'add' ? nearlyUnique(dice, serial) : 1 + dice(serial + 1) }
  },
  answer: membership.answer,
  anyAnswer: (dice, { action }) =>
    action === 'read' ? [1, 2, 3, 4, 5].filter(() => dice(2) === 0) : [true, false, null][dice(3)],
  swaps: membership.swaps,
}
