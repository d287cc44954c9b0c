import { NOTHING, REFUSED } from './calls.ts'
import type { CallFacts, Calls } from './calls.ts'
import type { Entry } from './entry.ts'
import type { Model } from '../model.ts'
import { States } from './states.ts'

/** What a call does to a register, in numbers of values. */
interface RegisterFacts extends CallFacts {
  /** True where it finds out only when it takes effect whether it writes, and nobody knows. */
  readonly open: boolean
}

/**
 * The calls on a register: its states are the values, and what each call found and wrote is all there is to know, so
 * that no step asks the model.
 */
export class RegisterCalls<State = unknown, Input = unknown, Output = unknown> implements Calls<State, Input, Output> {
  readonly model: Model<State, Input, Output>
  readonly initial: number
  private readonly register: NonNullable<Model<State, Input, Output>['register']>
  private readonly values = new States<unknown>()
  private readonly pairs = new Map<number, number>()
  private readonly numbers = new Map<number, number>()
  private readonly facts: RegisterFacts[] = []

  constructor(model: Model<State, Input, Output>, register: NonNullable<Model<State, Input, Output>['register']>) {
    this.model = model
    this.register = register
    this.initial = this.values.numberOf(model.init())
  }

  numberOf(entry: Entry<Input, Output>): number {
    const view = this.register(entry.input, entry.output)
    const found = this.valueOrNothing(view.found)
    const foundNot = this.valueOrNothing(view.foundNot)
    const wrote = this.valueOrNothing(view.wrote)
    const open = entry.output === undefined && found !== NOTHING
    // Each value's number is below MOST_VALUES, and so is a pair's.
    const pair = numberIn(this.pairs, (found + 1) * MOST_VALUES + wrote + 1)
    const number = numberIn(this.numbers, (2 * pair + (open ? 1 : 0)) * MOST_VALUES + foundNot + 1)
    if (number === this.facts.length) {
      const blind = wrote !== NOTHING && found === NOTHING && foundNot === NOTHING
      this.facts.push({ deed: wrote, readOnly: wrote === NOTHING, blind, found, foundNot, wrote, open })
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
    return this.values.at(state) as State
  }

  step(state: number, call: number): number {
    const { found, foundNot, wrote, open } = this.facts[call]!
    if (found !== NOTHING && found !== state) return open ? state : REFUSED
    if (foundNot === state) return REFUSED
    return wrote === NOTHING ? state : wrote
  }

  private valueOrNothing(value: unknown): number {
    return value === undefined ? NOTHING : this.values.numberOf(value)
  }
}

const MOST_VALUES = 0x2000000

function numberIn(numbers: Map<number, number>, key: number): number {
  const known = numbers.get(key)
  if (known !== undefined) return known
  numbers.set(key, numbers.size)
  return numbers.size - 1
}
