import { NOTHING } from './calls.ts'
import type { Calls } from './calls.ts'
import { precedes } from './entry.ts'
import type { Entry } from './entry.ts'

/** An operation that may be left out, and what it found and wrote as numbers of values; -1 for nothing. */
interface Item<Input, Output> {
  readonly entry: Entry<Input, Output>
  readonly readOnly: boolean
  readonly found: number
  readonly foundNot: number
  readonly wrote: number
  /** Collections: the value that it is about, or -1. */
  readonly element: number
  /** Collections: it tells of all values, so that none can be left out while it is there. */
  readonly whole: boolean
  left: boolean
}

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
export class Rest<Input, Output> {
  private readonly calls: Calls<any, Input, Output>
  private readonly items: Item<Input, Output>[]
  private readonly byEntry = new Map<Entry<Input, Output>, Item<Input, Output>>()
  private readonly finders = new Map<number, Item<Input, Output>[]>()
  private readonly mismatches: Item<Input, Output>[] = []
  private readonly elements = new Map<number, Item<Input, Output>[]>()
  private readonly initial: number
  private wholes = 0

  constructor(entries: readonly Entry<Input, Output>[], calls: Calls<any, Input, Output>) {
    this.calls = calls
    this.initial = calls.valueNumber(calls.stateAt(calls.initial))
    this.items = entries.map((entry) => this.itemOf(entry))
    for (const item of this.items) {
      this.byEntry.set(item.entry, item)
      if (item.found >= 0) push(this.finders, item.found, item)
      if (item.foundNot >= 0) this.mismatches.push(item)
      if (item.element >= 0) push(this.elements, item.element, item)
    }
  }

  entries(): Entry<Input, Output>[] {
    const rest: Entry<Input, Output>[] = []
    for (const { entry, left } of this.items) if (!left) rest.push(entry)
    return rest
  }

  /**
   * Leaves out as many of these as may be. Those that only look go first, and then the last first, as it is later ones
   * that observe what earlier ones did. The last write of a value that somebody read stays for the reader's sake: a
   * stale value is not one that nobody wrote.
   */
  leaveOut(entries: readonly Entry<Input, Output>[]): Entry<Input, Output>[] {
    const dropped: Item<Input, Output>[] = []
    const candidates = entries.map((entry) => this.byEntry.get(entry)!).filter(({ left }) => !left)
    for (const item of candidates) if (item.readOnly) this.drop([item], dropped)
    for (let count = -1; count < dropped.length;) {
      count = dropped.length
      for (const item of candidates.slice().reverse()) {
        if (!item.left && !this.isLastSource(item)) this.drop(this.unitOf(item), dropped)
      }
    }
    return dropped.map(({ entry }) => entry)
  }

  has(entry: Entry<Input, Output>): boolean {
    return !this.byEntry.get(entry)!.left
  }

  takeBack(entries: readonly Entry<Input, Output>[]): void {
    for (const entry of entries) {
      const item = this.byEntry.get(entry)!
      item.left = false
      if (item.whole) this.wholes += 1
    }
  }

  /** What may be left out if this is; empty where it may not. */
  private unitOf(item: Item<Input, Output>): readonly Item<Input, Output>[] {
    if (item.readOnly) return [item]
    if (this.calls.model.collection) {
      return this.wholes > 0 ? [] : (this.elements.get(item.element) ?? []).filter(({ left }) => !left)
    }
    return this.isUnobserved(item) ? [item] : []
  }

  private drop(unit: readonly Item<Input, Output>[], dropped: Item<Input, Output>[]): void {
    for (const item of unit) {
      item.left = true
      if (item.whole) this.wholes -= 1
      dropped.push(item)
    }
  }

  private isUnobserved(item: Item<Input, Output>): boolean {
    const { observes, register } = this.calls.model
    if (observes) {
      return this.items.every(
        (other) =>
          other.left || other === item || precedes(other.entry, item.entry) || !observes(other.entry, item.entry),
      )
    }
    if (!register) return false
    if (item.wrote < 0) return true
    const finds = (other: Item<Input, Output>) =>
      !other.left && other !== item && !precedes(other.entry, item.entry) && !this.isOverwritten(item, other)
    if ((this.finders.get(item.wrote) ?? []).some(finds)) return false
    return !this.mismatches.some((other) => other.foundNot !== item.wrote && finds(other))
  }

  /** True where another write came after the writer and before the observer. */
  private isOverwritten(writer: Item<Input, Output>, observer: Item<Input, Output>): boolean {
    return this.items.some(
      (other) =>
        !other.left &&
        other !== writer &&
        other.wrote >= 0 &&
        precedes(writer.entry, other.entry) &&
        precedes(other.entry, observer.entry),
    )
  }

  private isLastSource(item: Item<Input, Output>): boolean {
    if (item.wrote < 0 || item.wrote === this.initial) return false
    return (this.finders.get(item.wrote) ?? []).some(
      (reader) =>
        !reader.left &&
        reader !== item &&
        reader.entry.returned !== Infinity &&
        !precedes(reader.entry, item.entry) &&
        !this.items.some(
          (other) =>
            !other.left &&
            other !== item &&
            other !== reader &&
            other.wrote === item.wrote &&
            !precedes(reader.entry, other.entry),
        ),
    )
  }

  private itemOf(entry: Entry<Input, Output>): Item<Input, Output> {
    const { calls } = this
    const { readOnly, found, foundNot, wrote } = calls.factsAt(calls.numberOf(entry))
    const { collection } = calls.model
    const view = collection?.view(entry.input, entry.output)
    const whole = collection !== undefined && (view === undefined || view.does === 'read all')
    if (whole) this.wholes += 1
    return {
      entry,
      readOnly,
      found,
      foundNot,
      wrote,
      element:
        view !== undefined && 'value' in view && view.value !== undefined ? calls.valueNumber(view.value) : NOTHING,
      whole,
      left: false,
    }
  }
}

function push<Key, Value>(groups: Map<Key, Value[]>, key: Key, value: Value): void {
  const group = groups.get(key)
  if (group) group.push(value)
  else groups.set(key, [value])
}
