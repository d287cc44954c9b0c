import type { Entry } from './entry.ts'
import { canonical } from '../plain.ts'
import type { Model } from '../model.ts'
import { States } from './states.ts'

/** No state: the operation could not have had this answer. */
export const REFUSED = -1

/** Where there is no value. */
export const NOTHING = -1

/** What a model says of a call, once and for all. */
export interface CallFacts {
  /** The number of its input. */
  readonly input: number
  readonly readOnly: boolean
  /** True where it replaces the state whatever it was. */
  readonly blind: boolean
  /** On a register, the numbers of the values it found, did not find, and wrote; {@link NOTHING} for none. */
  readonly found: number
  readonly foundNot: number
  readonly wrote: number
}

/**
 * The calls on one object, numbered from 0 so that equal ones (the same input, the same answer) have one number, and
 * what the model says of each, asked once. A step of the model from one numbered state to the next is then a look into
 * a table, however often a search makes it.
 */
export class Calls<State = unknown, Input = unknown, Output = unknown> {
  readonly model: Model<State, Input, Output>
  readonly initial: number
  private readonly states: States<State>
  private readonly inputs = new Map<string, number>()
  private readonly values = new States<unknown>()
  private readonly numbers = new Map<number, number>()
  private readonly ofEntry = new Map<Entry<Input, Output>, number>()
  private readonly examples: Entry<Input, Output>[] = []
  private readonly facts: CallFacts[] = []
  /* The table: open addressing, a row of (state, call, state after). A state of -1 marks a row that is free. */
  private table = new Int32Array(3 * FIRST_ROWS).fill(-1)
  private rows = FIRST_ROWS
  private filled = 0

  constructor(model: Model<State, Input, Output>) {
    this.model = model
    this.states = new States(model.identity)
    this.initial = this.states.numberOf(model.init())
  }

  numberOf(entry: Entry<Input, Output>): number {
    const known = this.ofEntry.get(entry)
    if (known !== undefined) return known
    const input = this.inputNumber(entry.input)
    const output = entry.output === undefined ? 0 : this.values.numberOf(entry.output) + 1
    const pair = input * MOST_VALUES + output
    let number = this.numbers.get(pair)
    if (number === undefined) {
      number = this.examples.push(entry) - 1
      this.numbers.set(pair, number)
      this.facts.push(this.factsOf(entry, input))
    }
    this.ofEntry.set(entry, number)
    return number
  }

  factsAt(call: number): CallFacts {
    return this.facts[call]!
  }

  /** The number of a value, equal values having the same. */
  valueNumber(value: unknown): number {
    return this.values.numberOf(value)
  }

  stateAt(state: number): State {
    return this.states.at(state)
  }

  /** The number of the state after the call, or {@link REFUSED}. */
  step(state: number, call: number): number {
    const row = this.rowOf(state, call)
    if (this.table[row] === state) return this.table[row + 2]!
    const { input, output } = this.examples[call]!
    const after = this.model.step(this.states.at(state), input, output)
    const number = after === undefined ? REFUSED : this.states.numberOf(after)
    this.table[row] = state
    this.table[row + 1] = call
    this.table[row + 2] = number
    this.filled += 1
    if (2 * this.filled > this.rows) this.grow()
    return number
  }

  private inputNumber(input: Input): number {
    const text = textOf(input)
    const number = this.inputs.get(text) ?? this.inputs.size
    if (number === this.inputs.size) this.inputs.set(text, number)
    return number
  }

  private factsOf({ input, output }: Entry<Input, Output>, inputNumber: number): CallFacts {
    const { register, readOnly } = this.model
    const { found, foundNot, wrote } = register?.(input, output) ?? {}
    const numberOf = (value: unknown) => (value === undefined ? NOTHING : this.values.numberOf(value))
    return {
      input: inputNumber,
      readOnly: readOnly?.(input, output) ?? false,
      blind: wrote !== undefined && found === undefined && foundNot === undefined,
      found: numberOf(found),
      foundNot: numberOf(foundNot),
      wrote: numberOf(wrote),
    }
  }

  /** Where the step stands in the table, or belongs. */
  private rowOf(state: number, call: number): number {
    const { table } = this
    const mask = this.rows - 1
    let mixed = Math.imul(Math.imul(state, 0x9e3779b1) ^ call, 0x85ebca6b)
    mixed ^= mixed >>> 15
    for (let row = 3 * (mixed & mask); ; row = 3 * (++mixed & mask)) {
      if (table[row] === -1 || (table[row] === state && table[row + 1] === call)) return row
    }
  }

  private grow(): void {
    const old = this.table
    this.rows *= 2
    this.table = new Int32Array(3 * this.rows).fill(-1)
    for (let row = 0; row < old.length; row += 3) {
      if (old[row] !== -1) this.table.set(old.subarray(row, row + 3), this.rowOf(old[row]!, old[row + 1]!))
    }
  }
}

/** Answers are numbered below it, and a pair of numbers below 2^53. */
const MOST_VALUES = 0x4000000

/** A power of two. */
const FIRST_ROWS = 64

/**
 * A text that inputs share only if they are equal. Most inputs are small objects of primitives, made by the same code,
 * with fields in the same order: for them it is put together faster than a canonical text. Two that are equal but have
 * different texts only cost a search some steps.
 */
function textOf(input: unknown): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return canonical(input)
  if (Object.getPrototypeOf(input) !== Object.prototype) return canonical(input)
  let text = ''
  for (const [name, field] of Object.entries(input)) {
    if (typeof field === 'string') text += `${name.length}:${name}"${field.length}:${field}`
    else text += `${name.length}:${name}=${canonical(field)};`
  }
  return text
}
