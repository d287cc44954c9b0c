import type { Entry } from './entry.ts'
import type { Model } from '../model.ts'

/** No state: the operation could not have had this answer. */
export const REFUSED = -1

/** Where there is no value. */
export const NOTHING = -1

/** What a model says of a call, once and for all. */
export interface CallFacts {
  /** Calls that may do the same, whatever they answer, share it: those with one input, or that write one value. */
  readonly deed: number
  readonly readOnly: boolean
  /** True where it replaces the state whatever it was. */
  readonly blind: boolean
  /** On a register, the numbers of the values it found, did not find, and wrote; {@link NOTHING} for none. */
  readonly found: number
  readonly foundNot: number
  readonly wrote: number
}

/**
 * The calls on one object, numbered from 0 so that equal ones have one number, and what the model says of each, asked
 * once; and states numbered alike, so that a step from one to the next is a matter of numbers, however often a search
 * makes it.
 */
export interface Calls<State = unknown, Input = unknown, Output = unknown> {
  readonly model: Model<State, Input, Output>
  readonly initial: number
  readonly numberOf: (entry: Entry<Input, Output>) => number
  readonly factsAt: (call: number) => CallFacts
  /** The number of a value, equal values having the same. */
  readonly valueNumber: (value: unknown) => number
  readonly stateAt: (state: number) => State
  /** The number of the state after the call, or {@link REFUSED}. */
  readonly step: (state: number, call: number) => number
}
