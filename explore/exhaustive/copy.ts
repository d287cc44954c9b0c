const NONE: ReadonlySet<object> = new Set()

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

  private readonly shared: WeakSet<object>

  /** `shared` are objects that were sent. */
  constructor(shared: WeakSet<object>) {
    this.shared = shared
  }

  /** The copy of a node's state. */
  state<State>(state: State): State {
    return this.copy(state, NONE) as State
  }

  /** The copy of what properties remember: objects in states are remembered, not owned. */
  memory<Memory>(memory: Memory, inStates: ReadonlySet<object> = NONE): Memory {
    return this.copy(memory, inStates) as Memory
  }

  private copy(value: unknown, kept: ReadonlySet<object>): unknown {
    if (typeof value !== 'object' || value === null) return value
    const known = this.copies.get(value)
    if (known !== undefined) return known
    if (kept.has(value) || this.shared.has(value)) return value
    if (Array.isArray(value)) {
      const items: unknown[] = new Array<unknown>(value.length)
      this.copies.set(value, items)
      for (let index = 0; index < value.length; index++) items[index] = this.copy(value[index], kept)
      return items
    }
    if (value instanceof Map) {
      const map = new Map<unknown, unknown>()
      this.copies.set(value, map)
      for (const [key, item] of value) map.set(this.copy(key, kept), this.copy(item, kept))
      return map
    }
    if (value instanceof Set) {
      const set = new Set<unknown>()
      this.copies.set(value, set)
      for (const item of value) set.add(this.copy(item, kept))
      return set
    }
    if (ArrayBuffer.isView(value)) {
      const numbers = (value as Uint8Array).slice()
      this.copies.set(value, numbers)
      return numbers
    }
    const record: Record<string, unknown> = {}
    this.copies.set(value, record)
    for (const field of Object.keys(value)) record[field] = this.copy((value as Record<string, unknown>)[field], kept)
    return record
  }
}

/** All objects in plain data. */
export function objectsOf(data: unknown, found: Set<object> = new Set()): Set<object> {
  if (typeof data !== 'object' || data === null || found.has(data)) return found
  found.add(data)
  if (ArrayBuffer.isView(data)) return found
  if (data instanceof Map || data instanceof Set) {
    for (const item of data) objectsOf(item, found)
  } else for (const field of Object.keys(data)) objectsOf((data as Record<string, unknown>)[field], found)
  return found
}
