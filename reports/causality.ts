import type { Trace, TraceEvent, TraceKind } from '../sim/trace.ts'

/**
 * Lamport's happened-before over a trace ("Time, Clocks, and the Ordering of Events in a Distributed System", 1978,
 * section 2): program order on a node, and from what caused an event (the sending of a message, the setting of a
 * timer, the write that became durable) to the event.
 */
export interface CausalGraph {
  event(number: number): TraceEvent | undefined
  /** What the event came from: its cause, or for what a client records the event it was recorded in. */
  causeOf(event: TraceEvent): TraceEvent | undefined
  /** What its node saw just before. */
  previousOf(event: TraceEvent): TraceEvent | undefined
}

/** A node neither sees a message that never arrived, nor the world's plan. */
const UNSEEN: ReadonlySet<TraceKind> = new Set(['drop', 'duplicate', 'fault', 'heal', 'calm'])

export function causalGraph(trace: Trace): CausalGraph {
  const { events } = trace
  const indexOf = new Map<number, number>()
  const previous = new Int32Array(events.length).fill(-1)
  const last = new Map<string, number>()
  events.forEach((event, index) => {
    indexOf.set(event.number, index)
    if (event.node === undefined || UNSEEN.has(event.kind)) return
    previous[index] = last.get(event.node) ?? -1
    last.set(event.node, index)
  })
  const find = (number: number) => events[indexOf.get(number) ?? -1]
  const previousOf = (event: TraceEvent) => events[previous[indexOf.get(event.number) ?? -1] ?? -1]
  return {
    event: find,
    previousOf,
    causeOf(event) {
      if (event.cause > 0) return find(event.cause)
      if (event.kind !== 'invoke' && event.kind !== 'return') return undefined
      const before = previousOf(event)
      return before?.atUs === event.atUs ? before : undefined
    },
  }
}

/** What a node did earlier says less about an event than what the event came from. */
const CAUSE_DISTANCE = 1
const PROGRAM_ORDER_DISTANCE = 4

/**
 * Every event in the causal past of the targets, themselves included, with its distance to the nearest of them.
 * Dijkstra's search with one bucket a distance (Dial 1969): linear in the length of the trace.
 */
export function causalPast(graph: CausalGraph, targets: readonly TraceEvent[]): ReadonlyMap<number, number> {
  const distances = new Map<number, number>()
  const buckets: TraceEvent[][] = [[...targets]]
  for (let distance = 0; distance < buckets.length; distance++) {
    for (const event of buckets[distance] ?? []) {
      if (distances.has(event.number)) continue
      distances.set(event.number, distance)
      reach(graph.causeOf(event), distance + CAUSE_DISTANCE)
      if (!UNSEEN.has(event.kind)) reach(graph.previousOf(event), distance + PROGRAM_ORDER_DISTANCE)
    }
  }
  return distances

  function reach(event: TraceEvent | undefined, distance: number): void {
    if (event === undefined || distances.has(event.number)) return
    while (buckets.length <= distance) buckets.push([])
    buckets[distance]?.push(event)
  }
}

/** The events that led to this one from cause to cause, nearest first, at most so many. */
export function causeChain(graph: CausalGraph, event: TraceEvent, most: number): readonly TraceEvent[] {
  const chain: TraceEvent[] = []
  const seen = new Set([event.number])
  for (let cause = graph.causeOf(event); cause !== undefined && chain.length < most; cause = graph.causeOf(cause)) {
    if (seen.has(cause.number)) break
    seen.add(cause.number)
    chain.push(cause)
  }
  return chain
}
