import { always, type AlwaysProperty } from '../../checks/property.ts'
import { dhtState } from './dht-state.ts'
import type { StoredItem } from './state.ts'

/**
 * A dot names one write for good: were it given twice, a replica that knows one would take the other for known too, and
 * lose it.
 */
export const dotsAreUnique: AlwaysProperty<DotsMemory> = always(
  'no two writes have one dot',
  (_view, memory: DotsMemory, changed) => {
    const state = dhtState(changed)
    if (state === undefined) return undefined
    for (const item of state.items.values()) {
      if (memory.seen.get(item.key)?.has(item) === true) continue
      const breach = look(memory, item)
      if (breach !== undefined) return `${changed.id} keeps ${breach}`
    }
    return undefined
  },
  () => ({ seen: new Map(), written: new Map() }),
)

interface DotsMemory {
  /** Items that were looked at: they never change, others take their place. */
  readonly seen: Map<string, Set<StoredItem>>
  /** What was written under a dot of a key. */
  readonly written: Map<string, string | null>
}

function look({ seen, written }: DotsMemory, item: StoredItem): string | undefined {
  const { key, siblings } = item
  seen.set(key, (seen.get(key) ?? new Set()).add(item))
  for (const { dot, value } of siblings.versions) {
    const name = `${key} ${dot.actor} ${dot.count}`
    const before = written.get(name)
    if (before === undefined) written.set(name, value)
    else if (before !== value) {
      return `${value ?? 'a deletion'} of ${key} as write ${dot.count} of ${dot.actor}, which was ${before ?? 'a deletion'}`
    }
  }
  return undefined
}

/** Rings may differ for a while, but not so much that a request needs more steps than this. */
const MOST_HOPS = 4

/** Nodes whose rings differ do not send a request round between them. */
export const requestsArrive: AlwaysProperty = always('no request goes round for ever', (_view, _memory, changed) => {
  for (const { request, hops } of dhtState(changed)?.forwards.values() ?? []) {
    if (hops > MOST_HOPS) return `${changed.id} is the ${hops}th node to pass on a request for ${request.key}`
  }
  return undefined
})

export const dhtInvariants: readonly AlwaysProperty[] = [dotsAreUnique, requestsArrive]
