import { NOTHING } from './calls.ts'
import type { Model } from '../model.ts'
import { NEVER } from './operations.ts'
import type { Operations } from './operations.ts'

/**
 * Operations that have no order, of which some are left out, but none that could make an order out of none.
 *
 * An operation may be left out where an order for the rest exists whenever one exists for the rest with it. Let L be
 * one with it; the operation is taken out of L, and what remains must be an order for the rest.
 *
 * If it is read-only, the states in L stay as they were. Otherwise states differ from its place in L up to the next
 * operation that replaces its effect, and nobody in between can have needed the effect, as nobody may observe it. On
 * a register: a read in between would have found the value, a compare and set that succeeded would have expected it,
 * one that failed would not have found something else. (One that crashed, and did nothing in L, is taken never to
 * take effect.) Whoever returned before the operation was invoked is not in between, nor is anyone before whom, in
 * real time, another write replaced the effect. Values need not be unique: whoever found the value and may be in
 * between counts as an observer.
 *
 * Of a collection, all operations on one value may be left out together: what L does to the other values it does
 * without them, and takes that crashed, and took one of these values in L, are taken never to take effect.
 */
export class Rest {
  private readonly operations: Operations
  /** Those that are not left out for good, in their order; of these, 1 in `left` where one is left out for now. */
  private indexes: readonly number[]
  private readonly left: Uint8Array
  private readonly readOnly: Uint8Array
  /* On a register, the numbers of the values that each operation found, did not find, and wrote. */
  private readonly found: Int32Array
  private readonly foundNot: Int32Array
  private readonly wrote: Int32Array
  private readonly initial: number
  /** Collections: the value that each operation is about; NOTHING for none. */
  private readonly elements: Int32Array | undefined
  /** Collections: how many tell of all values, so that none can be left out while they are there. */
  private wholes = 0

  constructor(operations: Operations) {
    this.operations = operations
    const { count, calls } = operations
    const indexes: number[] = []
    this.left = new Uint8Array(count)
    this.readOnly = new Uint8Array(count)
    this.found = new Int32Array(count)
    this.foundNot = new Int32Array(count)
    this.wrote = new Int32Array(count)
    this.initial = calls.valueNumber(calls.stateAt(calls.initial))
    for (let index = 0; index < count; index++) {
      const facts = calls.factsAt(operations.callAt(index))
      if (facts.readOnly) this.readOnly[index] = 1
      this.found[index] = facts.found
      this.foundNot[index] = facts.foundNot
      this.wrote[index] = facts.wrote
      indexes.push(index)
    }
    this.indexes = indexes
    if (calls.model.collection) this.elements = this.elementsOf()
  }

  /** Those that are there, in their order. */
  present(): readonly number[] {
    const rest: number[] = []
    for (let place = 0; place < this.indexes.length; place++) {
      if (this.left[this.indexes[place]!] === 0) rest.push(this.indexes[place]!)
    }
    return rest
  }

  has(index: number): boolean {
    return this.left[index] === 0
  }

  /**
   * Leaves out as many of these as may be. Those that only look go first, and then the last first, as it is later ones
   * that observe what earlier ones did. The last write of a value that somebody read stays for the reader's sake: a
   * stale value is not one that nobody wrote.
   */
  leaveOut(candidates: readonly number[]): number[] {
    const dropped: number[] = []
    for (let place = 0; place < candidates.length; place++) {
      const index = candidates[place]!
      if (this.readOnly[index] === 1 && this.left[index] === 0) this.drop(index, dropped)
    }
    // Only where an observer went, another can go that could not before.
    for (let again = true; again;) {
      again = false
      for (let place = candidates.length - 1; place >= 0; place--) {
        const index = candidates[place]!
        if (this.left[index] === 0 && this.dropIfAllowed(index, dropped)) again ||= this.isObserver(index)
      }
    }
    return dropped
  }

  takeBack(dropped: readonly number[]): void {
    for (let place = 0; place < dropped.length; place++) {
      this.left[dropped[place]!] = 0
      if (this.isWhole(dropped[place]!)) this.wholes += 1
    }
  }

  /** What is left out now is so for good; the rest, in its order. */
  settle(rest: readonly number[]): void {
    this.indexes = rest
  }

  private drop(index: number, dropped: number[]): void {
    this.left[index] = 1
    if (this.isWhole(index)) this.wholes -= 1
    dropped.push(index)
  }

  private dropIfAllowed(index: number, dropped: number[]): boolean {
    const { elements } = this
    if (elements === undefined) {
      if (!this.mayGo(index)) return false
      this.drop(index, dropped)
      return true
    }
    if (this.wholes > 0 || elements[index] === NOTHING) return false
    for (let place = 0; place < this.indexes.length; place++) {
      const other = this.indexes[place]!
      if (elements[other] === elements[index] && this.left[other] === 0) this.drop(other, dropped)
    }
    return true
  }

  /** On a register: nobody may observe it. */
  private mayGo(index: number): boolean {
    const { observes, register } = this.operations.calls.model
    if (observes) return this.isUnobservedBy(index, observes)
    if (!register) return false
    const written = this.wrote[index]!
    if (written === NOTHING) return true
    const { left, found, foundNot, indexes } = this
    const { invoked, returned } = this.operations
    const start = invoked[index]!
    let replaced = -1
    for (let place = 0; place < indexes.length; place++) {
      const other = indexes[place]!
      const finds = found[other] === written
      if (!finds && (foundNot[other] === NOTHING || foundNot[other] === written)) continue
      if (left[other] === 1 || returned[other]! < start || other === index) continue
      if (finds && returned[other] !== NEVER && this.isLastSource(index, other)) return false
      if (replaced < 0) replaced = this.replacedAt(index)
      if (invoked[other]! <= replaced) return false
    }
    return true
  }

  private isUnobservedBy(index: number, observes: NonNullable<Model['observes']>): boolean {
    const { operations, indexes } = this
    const { entries } = operations
    for (let place = 0; place < indexes.length; place++) {
      const other = indexes[place]!
      if (this.left[other] === 1 || other === index || operations.precedes(other, index)) continue
      if (observes(entries[other]!, entries[index]!)) return false
    }
    return true
  }

  /** When, at the latest, another write had certainly come after this one. */
  private replacedAt(writer: number): number {
    const { left, wrote, indexes } = this
    const { invoked, returned } = this.operations
    const end = returned[writer]!
    let replaced = NEVER
    for (let place = 0; place < indexes.length; place++) {
      const other = indexes[place]!
      if (left[other] === 1 || wrote[other] === NOTHING || invoked[other]! <= end) continue
      if (returned[other]! < replaced) replaced = returned[other]!
    }
    return replaced
  }

  /** True where nobody else is there who may have written what the reader found. */
  private isLastSource(writer: number, reader: number): boolean {
    const { left, wrote, indexes } = this
    const written = wrote[writer]!
    if (written === this.initial) return false
    const { invoked, returned } = this.operations
    const end = returned[reader]!
    for (let place = 0; place < indexes.length; place++) {
      const other = indexes[place]!
      if (wrote[other] !== written || left[other] === 1 || other === writer || other === reader) continue
      if (invoked[other]! <= end) return false
    }
    return true
  }

  private isObserver(index: number): boolean {
    return this.elements !== undefined || this.found[index] !== NOTHING || this.foundNot[index] !== NOTHING
  }

  private isWhole(index: number): boolean {
    return this.elements !== undefined && this.elements[index] === WHOLE
  }

  private elementsOf(): Int32Array {
    const { calls, count, entries } = this.operations
    const elements = new Int32Array(count)
    for (let index = 0; index < count; index++) {
      const { input, output } = entries[index]!
      const view = calls.model.collection!.view(input, output)
      if (view === undefined || view.does === 'read all') {
        elements[index] = WHOLE
        this.wholes += 1
      } else {
        elements[index] = 'value' in view && view.value !== undefined ? calls.valueNumber(view.value) : NOTHING
      }
    }
    return elements
  }
}

/** In place of an element: it tells of all values. */
const WHOLE = -2
