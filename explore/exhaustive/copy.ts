/**
 * Copies of plain data, so that a world can be forked: a machine changes its state in place, and properties change
 * their memory.
 *
 * Identity is kept as far as anyone can see it. One object that is there twice is there twice in the copy. What was
 * sent in a message is never copied, since nobody changes it and several nodes may hold it. And where a property
 * remembers an object of a node's state, its memory goes on with the new object when the state is copied.
 */
export class Copying {
  private readonly copies = new Map<object, object>()

  /** The copy of a node's state; `shared` are objects that were sent. */
  state<State>(state: State, shared: WeakSet<object>): State {
    return this.copy(state, (object) => shared.has(object)) as State
  }

  /** The copy of what properties remember; objects of `states` are remembered, not owned. */
  memory<Memory>(memory: Memory, shared: WeakSet<object>, states: WeakSet<object>): Memory {
    return this.copy(memory, (object) => shared.has(object) || states.has(object)) as Memory
  }

  private copy(value: unknown, isKept: (object: object) => boolean): unknown {
    if (typeof value !== 'object' || value === null) return value
    const known = this.copies.get(value)
    if (known !== undefined) return known
    if (isKept(value)) return value
    if (Array.isArray(value)) {
      const items: unknown[] = new Array<unknown>(value.length)
      this.copies.set(value, items)
      for (let index = 0; index < value.length; index++) items[index] = this.copy(value[index], isKept)
      return items
    }
    if (value instanceof Map) {
      const map = new Map<unknown, unknown>()
      this.copies.set(value, map)
      for (const [key, item] of value) map.set(this.copy(key, isKept), this.copy(item, isKept))
      return map
    }
    if (value instanceof Set) {
      const set = new Set<unknown>()
      this.copies.set(value, set)
      for (const item of value) set.add(this.copy(item, isKept))
      return set
    }
    if (ArrayBuffer.isView(value)) {
      const numbers = (value as Uint8Array).slice()
      this.copies.set(value, numbers)
      return numbers
    }
    const record: Record<string, unknown> = {}
    this.copies.set(value, record)
    for (const field of Object.keys(value)) record[field] = this.copy((value as Record<string, unknown>)[field], isKept)
    return record
  }
}
