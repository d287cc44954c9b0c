import type { History, Operation } from '../../../checks/history.ts'
import type { Model } from '../../../checks/model.ts'

/** A throw: a whole number from 0 to `sides` - 1. */
export type Dice = (sides: number) => number

/** Dice that fall the same way for the same seed. The mixing is that of Murmur3, on a counter. */
export function diceOf(seed: number): Dice {
  let counter = Math.imul(seed + 1, 0x9e3779b1)
  return (sides) => {
    counter = (counter + 0x6d2b79f5) | 0
    let mixed = counter
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) % sides
  }
}

/** How to make histories of one kind of object. */
export interface Play<Input, State = unknown> {
  readonly model: Model<State, Input, unknown>
  /** What is asked; `serial` is another number each time, for values that are unique. */
  readonly ask: (dice: Dice, serial: number) => Input
  /** What an object in this state answers. */
  readonly answer: (state: State, input: Input) => unknown
  /** Some answer or other, often a wrong one. */
  readonly anyAnswer: (dice: Dice, input: Input) => unknown
  /** Whether an answer to the one could be an answer to the other. */
  readonly swaps: (one: Input, other: Input) => boolean
}

/**
 * A history that is linearizable as it was made from an order: each operation took effect at a moment of its own, or
 * crashed and perhaps did not. `oneCrashIn` so many operations, often or seldom unless given.
 */
export function playedHistory<Input, State>(
  play: Play<Input, State>,
  dice: Dice,
  length: number,
  oneCrashIn = dice(3) === 0 ? 4 : 30,
): History<Input, unknown> {
  const spread = 1 + dice(60)
  let state = play.model.init()
  const operations = Array.from({ length }, (_, id): Operation<Input, unknown> => {
    const input = play.ask(dice, id)
    const atMs = 10 * id
    const isCrashed = dice(oneCrashIn) === 0
    const output = play.answer(state, input)
    if (!isCrashed || dice(2) === 0) state = play.model.step(state, input, undefined)!
    const started = { id, process: `c${id}`, input, invokedAtMs: atMs - dice(spread) - dice(10) / 10 }
    if (isCrashed) return { ...started, returnedAtMs: Infinity, outcome: 'info' }
    return { ...started, output, returnedAtMs: atMs + 1 + dice(spread), outcome: 'ok' }
  })
  return inOrder(operations)
}

/** The history with one or a few things changed, as something in the system was broken. */
export function brokenHistory<Input, State>(
  play: Play<Input, State>,
  history: History<Input, unknown>,
  dice: Dice,
): History<Input, unknown> {
  let operations = history.map((operation) => ({ ...operation }))
  for (let count = 1 + dice(3); count > 0 && operations.length > 0; count--) {
    const one = operations[dice(operations.length)]!
    const other = operations[dice(operations.length)]!
    switch (dice(5)) {
      case 0:
        if (one.outcome === 'ok') one.output = play.anyAnswer(dice, one.input)
        break
      case 1:
        if (play.swaps(one.input, other.input) && one.outcome === other.outcome)
          [one.output, other.output] = [other.output, one.output]
        break
      case 2:
        operations = operations.filter((operation) => operation !== one)
        break
      case 3: {
        const tookMs = one.returnedAtMs - one.invokedAtMs
        Object.assign(one, { invokedAtMs: other.invokedAtMs + 0.05, returnedAtMs: other.invokedAtMs + 0.05 + tookMs })
        break
      }
      case 4:
        if (one.outcome === 'ok') one.returnedAtMs = one.invokedAtMs + 0.01 + dice(20)
    }
  }
  return inOrder(operations)
}

/** Operations that overlap in any way, each with any answer: most of them make no linearizable history. */
export function wildHistory<Input, State>(
  play: Play<Input, State>,
  dice: Dice,
  length: number,
): History<Input, unknown> {
  const operations = Array.from({ length }, (_, id): Operation<Input, unknown> => {
    const input = play.ask(dice, id)
    const started = { id, process: `c${id}`, input, invokedAtMs: dice(100) }
    if (dice(8) === 0) return { ...started, returnedAtMs: Infinity, outcome: 'info' }
    const output = play.anyAnswer(dice, input)
    return { ...started, output, returnedAtMs: started.invokedAtMs + 0.5 + dice(50), outcome: 'ok' }
  })
  return inOrder(operations)
}

function inOrder<Input>(operations: readonly Operation<Input, unknown>[]): History<Input, unknown> {
  return [...operations].sort((left, right) => left.invokedAtMs - right.invokedAtMs)
}
