import type { Calls } from './calls.ts'
import { entriesUpTo, withoutAnswer } from './entry.ts'
import type { Entry } from './entry.ts'

/** Returned: for an operation that may take effect at any later time, or never. */
export const NEVER = 0x7fffffff

const UNKNOWN = -1

/**
 * One object's operations in the order of their invocation, with what a search needs of them side by side in arrays:
 * there operations are numbers, and nothing is asked twice.
 */
export class Operations<Input = unknown, Output = unknown> {
  readonly entries: readonly Entry<Input, Output>[]
  readonly calls: Calls<any, Input, Output>
  readonly invoked: Int32Array
  /** {@link NEVER} where it may take effect at any later time, or never. */
  readonly returned: Int32Array
  private readonly numbers: Int32Array

  constructor(entries: readonly Entry<Input, Output>[], calls: Calls<any, Input, Output>) {
    this.entries = entries
    this.calls = calls
    this.invoked = new Int32Array(entries.length)
    this.returned = new Int32Array(entries.length)
    this.numbers = new Int32Array(entries.length).fill(UNKNOWN)
    for (let index = 0; index < entries.length; index++) {
      const { invoked, returned } = entries[index]!
      this.invoked[index] = invoked
      this.returned[index] = returned === Infinity ? NEVER : returned
    }
  }

  get count(): number {
    return this.entries.length
  }

  /** The number of its call, which is found out when it is first asked for. */
  callAt(index: number): number {
    const known = this.numbers[index]!
    if (known !== UNKNOWN) return known
    return (this.numbers[index] = this.calls.numberOf(this.entries[index]!))
  }

  /** True where `left` had returned when `right` was invoked. */
  precedes(left: number, right: number): boolean {
    return this.returned[left]! < this.invoked[right]!
  }

  /** These alone, in their order. */
  only(indexes: readonly number[]): Operations<Input, Output> {
    const entries: Entry<Input, Output>[] = []
    for (let place = 0; place < indexes.length; place++) entries.push(this.entries[indexes[place]!]!)
    const some = new Operations(entries, this.calls)
    for (let place = 0; place < indexes.length; place++) some.numbers[place] = this.numbers[indexes[place]!]!
    return some
  }

  /** The same with the answer of one of them forgotten. */
  forgetting(index: number): Operations<Input, Output> {
    const entries = this.entries.slice()
    entries[index] = withoutAnswer(entries[index]!)
    const same = new Operations(entries, this.calls)
    same.numbers.set(this.numbers)
    same.numbers[index] = UNKNOWN
    return same
  }

  /** What was known when the return of rank `cut` had come. */
  upTo(cut: number): Operations<Input, Output> {
    const entries = entriesUpTo(this.entries, cut)
    const beginning = new Operations(entries, this.calls)
    for (let index = 0; index < entries.length; index++) {
      if (this.returned[index]! <= cut) beginning.numbers[index] = this.numbers[index]!
    }
    return beginning
  }
}
