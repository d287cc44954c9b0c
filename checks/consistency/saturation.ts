import type { OrderGraph } from './order-graph.ts'
import { INITIAL } from './reads-from.ts'
import type { ReadsFrom, Source } from './reads-from.ts'
import type { Step, Steps } from './steps.ts'

/** The certain writes of each object, chain by chain, in the order of the chain. */
export class Writes {
  private readonly lists: Map<number, Step[]>[]

  constructor({ objects }: Steps, { certain, views }: ReadsFrom) {
    this.lists = objects.map(() => new Map())
    for (const step of certain) {
      if (views[step.number]!.wrote === undefined) continue
      const chains = this.lists[step.object]!
      const list = chains.get(step.chain)
      if (list === undefined) chains.set(step.chain, [step])
      else list.push(step)
    }
  }

  /** In each chain, the last write of the object that comes before the reader. */
  before(reader: Step, graph: OrderGraph): readonly Step[] {
    return [...this.lists[reader.object]!].flatMap(([chain, list]) => {
      const reach = graph.reach(reader, chain)
      const last = list[countWhile(list, ({ place }) => place < reach) - 1]
      return last === undefined ? [] : [last]
    })
  }

  /** In each chain, the first write of the object that comes after the source. */
  after(source: Source, object: number, graph: OrderGraph): readonly Step[] {
    return [...this.lists[object]!.values()].flatMap((list) => {
      const first = source === INITIAL ? list[0] : list[countWhile(list, (write) => !graph.precedes(source, write))]
      return first === undefined ? [] : [first]
    })
  }
}

/** How many at the beginning of a list satisfy what none does after the first that does not. */
function countWhile<Item>(list: readonly Item[], satisfies: (item: Item) => boolean): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (satisfies(list[middle]!)) low = middle + 1
    else high = middle
  }
  return low
}

/** The graph has an edge for each step that read from another. */
export function addReads(graph: OrderGraph, { certain, sources }: ReadsFrom): void {
  for (const after of certain) {
    const source = sources[after.number]
    if (source !== undefined && source !== INITIAL) graph.add({ kind: 'read from', before: source, after })
  }
}

/**
 * What a reader tells about writes that came before it. If they came after the one that it read from, the value was
 * gone by then, and the edge that says so closes a circle. Else they came before that one, where writes have one order
 * for the reader.
 */
export function addOverwrote(
  graph: OrderGraph,
  reader: Step,
  writes: Writes,
  { sources }: ReadsFrom,
  inOneOrder: boolean,
): void {
  const source = sources[reader.number]
  if (source === undefined) return
  for (const write of writes.before(reader, graph)) {
    if (write === source) continue
    if (source === INITIAL || graph.precedes(source, write)) {
      graph.add({ kind: 'overwritten', before: reader, after: write, source })
    } else if (inOneOrder && !graph.precedes(write, source)) {
      graph.add({ kind: 'overwrote', before: write, after: source, reader })
    }
  }
}

/** What a reader tells about writes that came after the one it read from: they came after the reader too. */
export function addOverwritten(graph: OrderGraph, reader: Step, writes: Writes, { sources }: ReadsFrom): void {
  const source = sources[reader.number]
  if (source === undefined) return
  for (const write of writes.after(source, reader.object, graph)) {
    if (write !== reader && !graph.precedes(reader, write)) {
      graph.add({ kind: 'overwritten', before: reader, after: write, source })
    }
  }
}

/** Where all that was added since the graph was closed goes in a circle, that circle. */
export function circleSince(graph: OrderGraph, since: number): ReturnType<OrderGraph['circle']> | undefined {
  return graph.close() ? undefined : graph.circle(since)
}
