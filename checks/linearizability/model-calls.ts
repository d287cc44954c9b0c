import { NOTHING, REFUSED } from './calls.ts'
import type { CallFacts, Calls } from './calls.ts'
import type { Entry } from './entry.ts'
import { canonical } from '../plain.ts'
import type { Model } from '../model.ts'
import { States } from './states.ts'

/**
 * The calls on an object of any kind: those with the same input and the same answer are equal, and each step that the
 * model has taken is kept in a table.
 */
export class ModelCalls<State = unknown, Input = unknown, Output = unknown> implements Calls<State, Input, Output> {
  readonly model: Model<State, Input, Output>
  readonly initial: number
  private readonly states: States<State>
  private readonly inputs = new Map<string, number>()
  private readonly values = new States<unknown>()
  private readonly numbers = new Map<number, number>()
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
    const input = this.inputNumber(entry.input)
    const output = entry.output === undefined ? 0 : this.values.numberOf(entry.output) + 1
    const pair = input * MOST_VALUES + output
    let number = this.numbers.get(pair)
    if (number === undefined) {
      number = this.examples.push(entry) - 1
      this.numbers.set(pair, number)
      this.facts.push(this.factsOf(entry, input))
    }
    return number
  }

  factsAt(call: number): CallFacts {
    return this.facts[call]!
  }

  valueNumber(value: unknown): number {
    return this.values.numberOf(value)
  }

  stateAt(state: number): State {
    return this.states.at(state)
  }

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

  private factsOf({ input, output }: Entry<Input, Output>, deed: number): CallFacts {
    const readOnly = this.model.readOnly?.(input, output) ?? false
    return { deed, readOnly, blind: false, found: NOTHING, foundNot: NOTHING, wrote: NOTHING }
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
