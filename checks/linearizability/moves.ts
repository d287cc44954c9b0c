import { NOTHING, REFUSED } from './calls.ts'
import type { Calls } from './calls.ts'
import type { Entry } from './entry.ts'
import type { CrashedKind, Problem } from './problem.ts'
import { Used } from './used.ts'

/** Steps that may still be made; shared by all that a verdict needs. */
export interface Budget {
  stepsLeft: number
}

/*
 * A row: a word that the search uses as it likes; 1 where a crashed operation led here and nothing has observed it; and
 * the configuration, which is the crashed operations used up, the first return not explained, the state, and bits of
 * the open operations that are in order.
 */
export const OWN = 0
const UNOBSERVED = 1
export const USED = 2
export const FIRST = 3
export const STATE = 4
const BITS = 5

/**
 * How a search gets from one configuration to the next: each puts one more operation in order, and after it all that
 * then fit and change nothing. Configurations are rows of 32-bit integers in an array of the search's.
 *
 * Five things keep them few. An operation that changes nothing is put in order as soon as it fits: to do so never takes
 * anything from what follows. Of open operations with the same call the one that returns first goes first, as the two
 * could change places in any order that has them the other way round. Of crashed operations with the same input the
 * earliest is used first, so that only their number counts; and none is used while an open operation would do the same,
 * with which it could change places too. A crashed operation is not used where a blind write follows at once: it could
 * as well never have taken effect.
 */
export class Moves<Input = unknown, Output = unknown> {
  readonly problem: Problem<Input, Output>
  readonly used = new Used()
  /** How many words a row has. */
  readonly stride: number
  /** How many returns were explained at best. */
  furthest = 0
  budget: Budget = { stepsLeft: 0 }
  private readonly calls: Calls<any, Input, Output>
  private log: Entry<Input, Output>[] | undefined

  constructor(problem: Problem<Input, Output>) {
    this.problem = problem
    this.calls = problem.operations.calls
    this.stride = BITS + Math.ceil(problem.seatCount / 32)
  }

  /** Writes the configuration in which a search begins. */
  begin(rows: Int32Array, to: number): void {
    rows.fill(0, to, to + this.stride)
    rows[to + STATE] = this.calls.initial
    this.settle(rows, to)
  }

  /** How many moves there are to try from a configuration, numbered from 0. */
  count(rows: Int32Array, from: number): number {
    const { openFrom, kindsAt } = this.problem
    const first = rows[from + FIRST]!
    return openFrom[first + 1]! - openFrom[first]! + kindsAt[first]!
  }

  /** Writes the configuration that a move leads to; false where the move is impossible, or not worth making. */
  make(rows: Int32Array, from: number, move: number, to: number): boolean {
    const { openFrom } = this.problem
    const first = rows[from + FIRST]!
    const openCount = openFrom[first + 1]! - openFrom[first]!
    return move < openCount
      ? this.useOpen(rows, from, this.problem.open[openFrom[first]! + move]!, to)
      : this.useCrashed(rows, from, move - openCount, to)
  }

  /** True where every operation that returned is in order. */
  isDone(rows: Int32Array, at: number): boolean {
    return rows[at + FIRST] === this.problem.required
  }

  /** How many operations are in order. */
  ordered(rows: Int32Array, at: number): number {
    let count = rows[at + FIRST]!
    for (let word = at + BITS; word < at + this.stride; word++) count += bitsSet(rows[word]!)
    return count
  }

  /** The operations that a way of moves puts in order, and the state after them. */
  follow(way: readonly number[]): { readonly order: readonly Entry<Input, Output>[]; readonly state: unknown } {
    const log: Entry<Input, Output>[] = []
    const { stride, budget } = this
    const rows = new Int32Array(2 * stride)
    this.log = log
    this.budget = { stepsLeft: 0 }
    this.begin(rows, 0)
    for (const move of way) {
      this.make(rows, 0, move, stride)
      rows.copyWithin(0, stride)
    }
    this.log = undefined
    this.budget = budget
    return { order: log, state: this.calls.stateAt(rows[STATE]!) }
  }

  private useOpen(rows: Int32Array, from: number, operation: number, to: number): boolean {
    const { problem } = this
    if (problem.readOnly[operation] === 1 || this.isOrdered(rows, from, operation)) return false
    const call = problem.calls[operation]!
    if (rows[from + UNOBSERVED] === 1 && this.calls.factsAt(call).blind) return false
    if (this.hasTwin(rows, from, operation)) return false
    const state = this.step(rows[from + STATE]!, call)
    if (state === REFUSED) return false
    this.copy(rows, from, to, state)
    this.setOrdered(rows, to, operation)
    this.settle(rows, to)
    return true
  }

  private useCrashed(rows: Int32Array, from: number, number: number, to: number): boolean {
    const { crashed, operations, returned } = this.problem
    const kind = crashed[number]!
    const collection = rows[from + USED]!
    const used = collection === 0 ? 0 : this.used.count(collection, number)
    if (used === kind.members.length) return false
    const index = kind.members[used]!
    if (operations.invoked[index]! > returned[rows[from + FIRST]!]!) return false
    if (rows[from + UNOBSERVED] === 1 && kind.blind) return false
    const before = rows[from + STATE]!
    const state = this.step(before, kind.call)
    if (state === REFUSED || state === before) return false
    if (this.hasRival(rows, from, kind, state)) return false
    this.copy(rows, from, to, state)
    rows[to + USED] = this.used.with(collection, number)
    this.log?.push(operations.entries[index]!)
    rows[to + UNOBSERVED] = this.settle(rows, to) ? 0 : 1
    return true
  }

  /** True where an open operation with the same call, that returns earlier, is not in order yet. */
  private hasTwin(rows: Int32Array, from: number, operation: number): boolean {
    const { open, openFrom, calls } = this.problem
    const first = rows[from + FIRST]!
    const call = calls[operation]!
    for (let place = openFrom[first]!; place < openFrom[first + 1]!; place++) {
      const other = open[place]!
      if (other < operation && calls[other] === call && !this.isOrdered(rows, from, other)) return true
    }
    return false
  }

  /** True where an open operation that is not in order yet would do the same now. */
  private hasRival(rows: Int32Array, from: number, { deed, found }: CrashedKind, after: number): boolean {
    const { open, openFrom, calls } = this.problem
    const first = rows[from + FIRST]!
    for (let place = openFrom[first]!; place < openFrom[first + 1]!; place++) {
      const operation = open[place]!
      const call = calls[operation]!
      const facts = this.calls.factsAt(call)
      if (facts.deed !== deed || (found !== NOTHING && found !== facts.found)) continue
      if (this.isOrdered(rows, from, operation)) continue
      if (this.step(rows[from + STATE]!, call) === after) return true
    }
    return false
  }

  /** Puts what changes nothing in order, if any, and moves on to the first return that is not explained yet. */
  private settle(rows: Int32Array, at: number): boolean {
    const { problem } = this
    const { openFrom, required, readOnly, calls, seats } = problem
    const state = rows[at + STATE]!
    let first = rows[at + FIRST]!
    let found = false
    while (first < required) {
      problem.reach(first)
      const { open } = problem
      for (let place = openFrom[first]!; place < openFrom[first + 1]!; place++) {
        const operation = open[place]!
        if (readOnly[operation] === 0 || this.isOrdered(rows, at, operation)) continue
        if (this.step(state, calls[operation]!) === REFUSED) continue
        this.setOrdered(rows, at, operation)
        found = true
      }
      if (!this.isOrdered(rows, at, first)) break
      do {
        const seat = seats[first]!
        rows[at + BITS + (seat >> 5)]! &= ~(1 << (seat & 31))
        first += 1
        if (first < required) problem.reach(first)
      } while (first < required && this.isOrdered(rows, at, first))
    }
    rows[at + FIRST] = first
    if (first > this.furthest) this.furthest = first
    return found
  }

  private step(state: number, call: number): number {
    this.budget.stepsLeft -= 1
    return this.calls.step(state, call)
  }

  private copy(rows: Int32Array, from: number, to: number, state: number): void {
    rows[to + OWN] = 0
    rows[to + UNOBSERVED] = 0
    for (let word = USED; word < this.stride; word++) rows[to + word] = rows[from + word]!
    rows[to + STATE] = state
  }

  private isOrdered(rows: Int32Array, at: number, operation: number): boolean {
    const seat = this.problem.seats[operation]!
    return (rows[at + BITS + (seat >> 5)]! & (1 << (seat & 31))) !== 0
  }

  private setOrdered(rows: Int32Array, at: number, operation: number): void {
    const seat = this.problem.seats[operation]!
    rows[at + BITS + (seat >> 5)]! |= 1 << (seat & 31)
    this.log?.push(this.problem.entryAt(operation))
  }
}

function bitsSet(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1
  return count
}
