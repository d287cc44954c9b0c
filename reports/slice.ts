import type { Violation } from '../checks/verdict.ts'
import type { NodeId } from '../sim/machine.ts'
import type { Trace, TraceEvent, TraceKind } from '../sim/trace.ts'
import { causalGraph, causalPast, causeChain } from './causality.ts'
import type { CausalGraph } from './causality.ts'
import { roleChange } from './roles.ts'

/** One line of a diagram: events of one moment that belong together, as a reply and the end of its operation. */
export interface SliceRow {
  readonly events: readonly TraceEvent[]
  /** Messages lost (or doubled) alike on the same link that this row stands for, itself included. */
  readonly alike: number
  /** The violation was certain here. */
  readonly violated: boolean
}

/** The part of a trace that shows why. */
export interface Slice {
  readonly rows: readonly SliceRow[]
  /** Nodes with a part in it: clients first, then in the order of the trace. */
  readonly nodes: readonly NodeId[]
  readonly totalEvents: number
}

export const MOST_ROWS = 40

/** How many events of each sort are worth a row, and the order in which sorts give way where rows are short. */
const MOST = { faults: 12, roles: 10, chain: 12, roleChain: 2, losses: 8, notes: 6 } as const

/**
 * At most `mostRows` rows: the operations in conflict, the faults and what they did, role changes and other notes in
 * the causal past, and the messages that link them. Events after the violation are left out. The same trace and
 * violation give the same slice.
 */
export function sliceOf(trace: Trace, violation: Violation, mostRows = MOST_ROWS): Slice {
  const graph = causalGraph(trace)
  const targets = targetsOf(trace, violation, graph)
  const end = targets.reduce((latest, event) => Math.max(latest, event.number), 0)
  const before = trace.events.filter((event) => event.number <= end)
  const past = causalPast(graph, targets)
  const losses = lossesOf(before, past)
  const lastOf = (...kinds: readonly TraceKind[]) =>
    before.filter((event) => kinds.includes(event.kind) && event.atUs > 0).slice(-MOST.faults)
  const sorts = [
    targets,
    before.filter((event) => isOperation(event, violation)),
    lastOf('fault'),
    targets.flatMap((event) => chainToInvocation(graph, before, event)),
    ...notesAndWhatLedToThem(before, past, graph),
    [...losses.keys()].sort(byDistance(past, true)).slice(0, MOST.losses),
    lastOf('crash', 'start', 'exit'),
    lastOf('heal', 'calm'),
  ]
  const chosen = choose(sorts, mostRows)
  const rows = rowsOf(chosen, graph, losses, violation)
  return { rows, nodes: nodesOf(trace, rows), totalEvents: trace.events.length }
}

/** Where the past begins: the ends of the operations, the event of the violation, the last moment of nodes concerned. */
function targetsOf(trace: Trace, violation: Violation, graph: CausalGraph): readonly TraceEvent[] {
  const targets = new Map<number, TraceEvent>()
  const add = (event: TraceEvent | undefined) => event !== undefined && targets.set(event.number, event)
  for (const id of violation.operations) {
    const own = trace.events.filter((event) => event.operation === id)
    add(own.find((event) => event.kind === 'return') ?? own[0])
  }
  const at = violation.atEvent === undefined ? undefined : graph.event(violation.atEvent)
  add(at)
  const last = lastUntil(trace, violation.atMs)
  const end = at?.number ?? last?.number ?? 0
  const concerned = new Set(violation.nodes)
  for (let index = trace.events.length - 1; index >= 0 && concerned.size > 0; index--) {
    const event = trace.events[index] as TraceEvent
    if (
      event.number <= end &&
      event.node !== undefined &&
      roleChange(event) !== undefined &&
      concerned.delete(event.node)
    )
      add(event)
  }
  if (targets.size === 0) add(last)
  return [...targets.values()]
}

function lastUntil(trace: Trace, atMs: number): TraceEvent | undefined {
  const after = trace.events.findIndex((event) => event.atUs > atMs * 1000)
  return after < 0 ? trace.events.at(-1) : trace.events[after - 1]
}

function isOperation(event: TraceEvent, violation: Violation): boolean {
  return event.operation !== undefined && violation.operations.includes(event.operation)
}

/** What happened between an operation's invocation and its end, from cause to cause; a few steps for other events. */
function chainToInvocation(
  graph: CausalGraph,
  before: readonly TraceEvent[],
  event: TraceEvent,
): readonly TraceEvent[] {
  const invoked = before.find((other) => other.kind === 'invoke' && other.operation === event.operation)
  const first = event.operation === undefined || invoked === undefined ? 0 : (graph.causeOf(invoked) ?? invoked).number
  return causeChain(graph, event, MOST.chain).filter((cause) => cause.number >= first && cause.kind !== 'start')
}

function notesAndWhatLedToThem(
  before: readonly TraceEvent[],
  past: ReadonlyMap<number, number>,
  graph: CausalGraph,
): readonly (readonly TraceEvent[])[] {
  const noted = before.filter((event) => event.notes.length > 0 && past.has(event.number)).sort(byDistance(past))
  const roles = noted.filter((event) => roleChange(event) !== undefined).slice(0, MOST.roles)
  const others = noted.filter((event) => roleChange(event) === undefined).slice(0, MOST.notes)
  return [
    roles,
    roles.flatMap((event) => causeChain(graph, event, MOST.roleChain)).filter((event) => event.kind !== 'start'),
    others,
  ]
}

/** Of the messages of one type lost or doubled alike on one link, the one nearest to the past, and how many there are. */
function lossesOf(before: readonly TraceEvent[], past: ReadonlyMap<number, number>): ReadonlyMap<TraceEvent, number> {
  const nearest = new Map<string, { event: TraceEvent; count: number }>()
  const compare = byDistance(past, true)
  for (const event of before) {
    if (event.kind !== 'drop' && event.kind !== 'duplicate') continue
    const key = JSON.stringify([event.kind, event.reason, event.fault, event.peer, event.node, event.label])
    const known = nearest.get(key)
    if (known === undefined) {
      nearest.set(key, { event, count: 1 })
    } else {
      known.count++
      if (compare(event, known.event) < 0) known.event = event
    }
  }
  return new Map([...nearest.values()].map(({ event, count }) => [event, count]))
}

/** Nearest first; `byCause` measures from what sent a message, as nothing comes after a lost one. */
function byDistance(past: ReadonlyMap<number, number>, byCause = false): (a: TraceEvent, b: TraceEvent) => number {
  const far = Number.MAX_SAFE_INTEGER
  const distance = (event: TraceEvent) => past.get(byCause ? event.cause : event.number) ?? far
  return (a, b) => distance(a) - distance(b) || b.number - a.number
}

/** Takes from each sort in turn while there is room, and puts what it took in order. */
function choose(sorts: readonly (readonly TraceEvent[])[], most: number): readonly TraceEvent[] {
  const chosen = new Map<number, TraceEvent>()
  for (const event of sorts.flat()) {
    if (chosen.size >= most) break
    chosen.set(event.number, event)
  }
  return [...chosen.values()].sort((a, b) => a.number - b.number)
}

function rowsOf(
  chosen: readonly TraceEvent[],
  graph: CausalGraph,
  losses: ReadonlyMap<TraceEvent, number>,
  violation: Violation,
): readonly SliceRow[] {
  const groups: TraceEvent[][] = []
  for (const event of chosen) {
    const group = groups[groups.length - 1]
    if (group !== undefined && belongs(event, group, graph)) group.push(event)
    else groups.push([event])
  }
  return groups.map((events) => ({
    events,
    alike: losses.get(events[0] as TraceEvent) ?? 1,
    violated: events.some((event) => event.number === violation.atEvent),
  }))
}

/** What happened in the handling of an event, or by a fault at once, is part of it. */
function belongs(event: TraceEvent, group: readonly TraceEvent[], graph: CausalGraph): boolean {
  const cause = graph.causeOf(event)
  return group.some(
    (other) =>
      other.atUs === event.atUs &&
      ((cause === other && other.node === event.node) ||
        (other.kind === 'fault' && event.kind === 'crash' && other.fault !== undefined && other.fault === event.fault)),
  )
}

function nodesOf(trace: Trace, rows: readonly SliceRow[]): readonly NodeId[] {
  const part = new Set<NodeId>()
  for (const { events } of rows) {
    for (const { node, peer } of events) {
      if (node !== undefined) part.add(node)
      if (peer !== undefined) part.add(peer)
    }
  }
  const clients = new Set(trace.events.filter((event) => event.kind === 'invoke').map((event) => event.node))
  const known = [...trace.nodes, ...part].filter((node, index, all) => part.has(node) && all.indexOf(node) === index)
  return [...known.filter((node) => clients.has(node)), ...known.filter((node) => !clients.has(node))]
}
