import type { Calls } from './calls.ts'
import type { Entry } from './entry.ts'
import { NEVER } from './operations.ts'
import type { Operations } from './operations.ts'
import { numbersBy } from './sorting.ts'

/** Crashed operations with equal calls: only how many of them took effect can matter. */
export interface CrashedKind {
  /** The earliest first, as numbers in the list that was given. */
  readonly members: number[]
  readonly call: number
  readonly blind: boolean
  readonly deed: number
  /** The value that it must find to do anything; or NOTHING. */
  readonly found: number
}

/**
 * One object's operations, laid out for a search.
 *
 * Searches take operations in the order of their returns. While the first return that is not yet explained is that
 * of operation f, every operation that returned before is in order, and of the rest only those open at that return can
 * be. So a set of ordered operations is f and a bit for each open operation. Bits are given out like seats: taken at
 * the invocation, free again after the return.
 *
 * Calls and seats are found out as far as the search comes: a history that breaks early is condemned early.
 */
export class Problem<Input = unknown, Output = unknown> {
  readonly operations: Operations<Input, Output>
  /** How many operations returned; they are numbered in the order of their returns. */
  readonly required: number
  /** The rank of each return. */
  readonly returned: Int32Array
  /** The call of each that was invoked before the last return that was laid out. */
  readonly calls: Int32Array
  readonly readOnly: Uint8Array
  readonly seats: Int32Array
  readonly seatCount: number
  /** Operations open at the return of operation f, itself among them: `open[openFrom[f]]` to `open[openFrom[f + 1] - 1]`. */
  open: Int32Array
  readonly openFrom: Int32Array
  /** Operations that may or may not have taken effect, by their earliest invocations. */
  readonly crashed: CrashedKind[] = []
  /** How many of their kinds there are at the return of each operation. */
  readonly kindsAt: Int32Array
  private readonly byReturn: Int32Array
  /** For each in the list that was given its number in the order of returns; -1 where it never returned. */
  private readonly placeOf: Int32Array
  private readonly kinds = new Map<number, CrashedKind>()
  private readonly free: number[] = []
  private seated: Int32Array
  private seatedCount = 0
  private seatsTaken = 0
  private arrived = 0
  private laidOut = 0

  constructor(operations: Operations<Input, Output>) {
    this.operations = operations
    const { count, returned } = operations
    const indexes = new Int32Array(count)
    let required = 0
    for (let index = 0; index < count; index++) if (returned[index] !== NEVER) indexes[required++] = index
    const byReturn = numbersBy(required, (number) => returned[indexes[number]!]!)
    this.required = required
    this.returned = new Int32Array(required)
    this.byReturn = byReturn
    this.placeOf = new Int32Array(count).fill(-1)
    for (let operation = 0; operation < required; operation++) {
      const index = indexes[byReturn[operation]!]!
      byReturn[operation] = index
      this.placeOf[index] = operation
      this.returned[operation] = returned[index]!
    }
    this.seatCount = this.mostOpen()
    this.calls = new Int32Array(required)
    this.readOnly = new Uint8Array(required)
    this.seats = new Int32Array(required)
    this.openFrom = new Int32Array(required + 1)
    this.kindsAt = new Int32Array(required)
    this.seated = new Int32Array(this.seatCount)
    this.open = new Int32Array(4 * (required + this.seatCount))
  }

  entryAt(operation: number): Entry<Input, Output> {
    return this.operations.entries[this.byReturn[operation]!]!
  }

  /** Lays out all up to the return of this operation. */
  reach(first: number): void {
    while (this.laidOut <= first) this.layOut(this.laidOut++)
  }

  private layOut(first: number): void {
    const { invoked, count } = this.operations
    const now = this.returned[first]!
    for (; this.arrived < count && invoked[this.arrived]! < now; this.arrived++) this.arrive(this.arrived)
    const from = this.openFrom[first]!
    if (from + this.seatedCount > this.open.length) {
      const longer = new Int32Array(2 * (from + this.seatedCount))
      longer.set(this.open)
      this.open = longer
    }
    let left = 0
    for (let place = 0; place < this.seatedCount; place++) {
      const operation = this.seated[place]!
      this.open[from + place] = operation
      if (operation !== first) this.seated[left++] = operation
    }
    this.openFrom[first + 1] = from + this.seatedCount
    this.seatedCount = left
    this.kindsAt[first] = this.crashed.length
    this.free.push(this.seats[first]!)
  }

  private arrive(index: number): void {
    const { operations } = this
    const call = operations.callAt(index)
    const { readOnly } = operations.calls.factsAt(call)
    const operation = this.placeOf[index]!
    if (operation >= 0) {
      this.calls[operation] = call
      this.readOnly[operation] = readOnly ? 1 : 0
      this.seats[operation] = this.free.pop() ?? this.seatsTaken++
      this.seated[this.seatedCount++] = operation
    } else if (!readOnly) {
      this.crash(index, call, operations.calls)
    }
  }

  private crash(index: number, call: number, calls: Calls<any, Input, Output>): void {
    const known = this.kinds.get(call)
    if (known !== undefined) {
      known.members.push(index)
      return
    }
    const { blind, deed, found } = calls.factsAt(call)
    const kind = { members: [index], call, blind, deed, found }
    this.kinds.set(call, kind)
    this.crashed.push(kind)
  }

  /** The most operations that are open at once and return. */
  private mostOpen(): number {
    const { invoked, count } = this.operations
    let most = 0
    let open = 0
    let next = 0
    for (let first = 0; first < this.required; first++) {
      for (; next < count && invoked[next]! < this.returned[first]!; next++) if (this.placeOf[next]! >= 0) open += 1
      if (open > most) most = open
      open -= 1
    }
    return most
  }
}
