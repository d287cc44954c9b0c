import { type FAULT_KINDS, type Moment, NOTED } from '../../sim/faults.ts'
import type { Millis, NodeId, Random } from '../../sim/machine.ts'
import { type Draft, sample, toMicros, type Unnumbered } from '../draft.ts'
import { DRAW } from '../draw-faults.ts'

type DrawnKind = (typeof FAULT_KINDS)[number]

/** Where a blow falls: all of its faults begin and end within the span. */
export interface Stage {
  readonly draft: Draft
  readonly random: Random
  readonly kinds: readonly DrawnKind[]
  readonly span: { readonly fromMs: Millis; readonly untilMs: Millis; readonly isLast: boolean }
}

/** Faults that fall together, and the kinds that they are made of. */
export interface Blow {
  readonly needs: readonly DrawnKind[]
  /** It comes to nothing in less time. */
  readonly leastMs?: Millis
  readonly faults: (stage: Stage) => readonly Unnumbered[]
}

/** How often a blow at one server is at the one that leads. */
const AT_THE_LEADER = 0.7
const SLOW_SYNC_MS = [30, 150] as const
/** How soon those who were killed are back, at most: at once, or when others have taken over. */
const BACK_AFTER_MS = [20, 200, 1_000] as const
/** Servers that crash together do not all do so in the same millisecond. */
const SPREAD_MS = [0, 3, 30] as const
const WHOLE_ROOM = 0.6
const MOST_OTHERS = 3

/** What breaks most systems stands here several times. */
export const BLOWS: readonly Blow[] = [
  { needs: ['partition'], faults: cutOff },
  { needs: ['partition'], faults: cutOff },
  { needs: ['partition', 'pause'], faults: cutOffAsleep },
  { needs: ['partition', 'pause'], faults: cutOffAsleep },
  { needs: ['partition', 'pause'], faults: cutOffAsleep },
  { needs: ['partition'], faults: apart },
  { needs: ['one-way-partition'], faults: oneWay },
  { needs: ['kill'], faults: killed },
  { needs: ['kill'], faults: killed },
  { needs: ['power-loss', 'slow-sync'], faults: darkOnSlowDisks },
  { needs: ['power-loss', 'slow-sync'], faults: darkOnSlowDisks },
  { needs: ['power-loss', 'slow-sync'], leastMs: 2_400, faults: darkAndTheLeaderBackLast },
  { needs: ['pause'], faults: paused },
  { needs: [], faults: anyFaults },
]

/** A server, with some of the others and of the clients, hears only these. */
function cutOff(stage: Stage): readonly Unnumbered[] {
  const { draft, random } = stage
  const { servers, others } = draft
  const target = oneServer(stage)
  const few = sample(random, servers, random.pick([0, 0, 1, (servers.length - 1) >> 1]))
  const clients = sample(random, others, random.integer(0, others.length))
  const groups = [
    [target.node, ...without(few, [target.node]), ...clients],
    // Clients in no group talk to all, and bring to one side what they have heard on the other.
    [...without(servers, [target.node, ...few]), ...(random.chance(0.5) ? without(others, clients) : [])],
  ]
  return [{ kind: 'partition', groups, ...lasting(stage), ...target.when }]
}

/** A server sleeps and is cut off from the others: it wakes, not knowing that it slept, while clients still ask it. */
function cutOffAsleep(stage: Stage): readonly Unnumbered[] {
  const { servers } = stage.draft
  const target = oneServer(stage, 1)
  const groups = [[target.node], without(servers, [target.node])]
  const { fromMs, untilMs } = stage.span
  const forMs = toMicros((untilMs - fromMs) * (0.5 + 0.4 * stage.random.float()))
  return [
    { kind: 'partition', groups, ...lasting(stage), ...target.when },
    { kind: 'pause', node: target.node, atMs: fromMs, forMs, ...target.when },
  ]
}

/** Two sides, of any size. */
function apart(stage: Stage): readonly Unnumbered[] {
  return [{ kind: 'partition', groups: stage.draft.sides(), ...lasting(stage) }]
}

/** A server hears nobody, or nobody hears it. */
function oneWay(stage: Stage): readonly Unnumbered[] {
  const { servers } = stage.draft
  const { node, when } = oneServer(stage)
  const [from, to] = stage.random.chance(0.6) ? [[node], servers] : [servers, [node]]
  return [{ kind: 'one-way-partition', from, to, ...lasting(stage), ...when }]
}

/** One server, some, or all at once. */
function killed(stage: Stage): readonly Unnumbered[] {
  const { draft, random, span } = stage
  if (random.chance(0.5)) {
    const { node, when } = oneServer(stage)
    return [{ kind: 'kill', node, atMs: span.fromMs, ...back(stage, span.fromMs), ...when }]
  }
  return together('kill', stage, sample(random, draft.servers, random.integer(2, draft.servers.length)), span.fromMs)
}

/**
 * Disks are slow, so that much is not durable when the power fails: in the whole room, mostly. Whoever leads is often
 * spared the slow disk: it waits for nobody but itself, and what it says to be safe is safe with it alone.
 */
function darkOnSlowDisks(stage: Stage): readonly Unnumbered[] {
  const { draft, random, span } = stage
  const { servers } = draft
  const few = (servers.length >> 1) + 1
  const victims = sample(
    random,
    servers,
    random.chance(WHOLE_ROOM) ? servers.length : random.integer(few, servers.length),
  )
  const byMs = random.pick(SLOW_SYNC_MS)
  const { leads } = draft.subject.menu
  const sparing = leads !== undefined && random.chance(AT_THE_LEADER) ? { note: leads } : undefined
  const slow = victims.map((node): Unnumbered => {
    const unlessItLeads = sparing && { when: { ...sparing, spares: [node] } }
    return { kind: 'slow-sync', node, byMs, ...lasting(stage), ...unlessItLeads }
  })
  const atMs = span.fromMs + (span.untilMs - span.fromMs) * (0.3 + 0.4 * random.float())
  return [...slow, ...together('power-loss', stage, victims, atMs)]
}

/**
 * The power fails while new writes are durable with nobody but whoever leads, and that one comes back last: by then the
 * others have chosen another, and nobody remembers what one of them said to be safe and had not on its disk.
 */
function darkAndTheLeaderBackLast(stage: Stage): readonly Unnumbered[] {
  const { draft, random, span } = stage
  const { leads } = draft.subject.menu
  if (leads === undefined) return darkOnSlowDisks(stage)
  const lastsMs = span.untilMs - span.fromMs
  const darkAfterMs = toMicros(lastsMs * (0.05 + 0.1 * random.float()))
  const atMs = toMicros(span.fromMs + darkAfterMs)
  const others = draft.servers.flatMap((node): Unnumbered[] => {
    const when = { note: leads, spares: [node] }
    return [
      // No sync that begins now ends before the power fails.
      { kind: 'slow-sync', node, byMs: toMicros(lastsMs), atMs: span.fromMs, forMs: darkAfterMs, when },
      { kind: 'power-loss', node, atMs, restartAfterMs: BACK_AFTER_MS[0], when },
    ]
  })
  const restartAfterMs = toMicros(span.untilMs - atMs)
  return [...others, { kind: 'power-loss', node: NOTED, atMs, restartAfterMs, when: { note: leads } }]
}

function together(
  kind: 'kill' | 'power-loss',
  stage: Stage,
  nodes: readonly NodeId[],
  aboutMs: Millis,
): readonly Unnumbered[] {
  const { random, span } = stage
  const spreadMs = random.pick(SPREAD_MS)
  return nodes.map((node) => {
    const atMs = toMicros(Math.min(aboutMs + spreadMs * random.float(), span.untilMs))
    return { kind, node, atMs, ...back(stage, atMs) }
  })
}

function paused(stage: Stage): readonly Unnumbered[] {
  const { draft, random } = stage
  if (random.chance(0.6)) {
    const { node, when } = oneServer(stage)
    return [{ kind: 'pause', node, ...lasting(stage), ...when }]
  }
  const nodes = sample(random, draft.servers, random.integer(1, draft.servers.length))
  return nodes.map((node) => ({ kind: 'pause', node, ...lasting(stage) }))
}

/** A few faults of any kinds, as swarms draw them, all within the span. What nothing heals comes last. */
export function anyFaults({ draft, random, kinds, span }: Stage): readonly Unnumbered[] {
  const before = draft.entries.length
  const count = random.integer(1, MOST_OTHERS)
  for (let drawn = 0; drawn < count; drawn++) DRAW[random.pick(kinds)](draft)
  const lastsMs = span.untilMs - span.fromMs
  return draft.entries
    .splice(before)
    .filter(({ forGood }) => forGood !== true || span.isLast)
    .map((entry) => {
      const atMs = toMicros(span.fromMs + (0.5 * lastsMs * entry.atMs) / draft.subject.calmAtMs)
      const mostMs = toMicros(span.untilMs - atMs)
      if ('forMs' in entry && entry.forGood !== true) return { ...entry, atMs, forMs: Math.min(entry.forMs, mostMs) }
      if ('restartAfterMs' in entry && entry.restartAfterMs !== undefined)
        return { ...entry, atMs, restartAfterMs: Math.min(entry.restartAfterMs, mostMs) }
      return { ...entry, atMs }
    })
}

/** Any server, or whoever leads when the blow falls, where the system has such a role. */
function oneServer(
  { draft, random }: Stage,
  atTheLeader = AT_THE_LEADER,
): { readonly node: NodeId; readonly when?: { readonly when: Moment } } {
  const { leads } = draft.subject.menu
  if (leads === undefined || !random.chance(atTheLeader)) return { node: random.pick(draft.servers) }
  return { node: NOTED, when: { when: { note: leads } } }
}

function lasting({ span: { fromMs, untilMs } }: Stage): { readonly atMs: Millis; readonly forMs: Millis } {
  return { atMs: fromMs, forMs: toMicros(untilMs - fromMs) }
}

function back({ random, span }: Stage, atMs: Millis): { readonly restartAfterMs: Millis } {
  const afterMs = random.pick(BACK_AFTER_MS) * (0.5 + random.float())
  return { restartAfterMs: toMicros(Math.min(afterMs, span.untilMs - atMs)) }
}

function without(ids: readonly NodeId[], taken: readonly NodeId[]): NodeId[] {
  return ids.filter((id) => !taken.includes(id))
}
