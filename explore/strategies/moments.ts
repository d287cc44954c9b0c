import { type Moment, NOTED } from '../../sim/faults.ts'
import type { Millis, NodeId, Random } from '../../sim/machine.ts'
import { type Draft, sample, toMicros, type Unnumbered } from '../draft.ts'
import type { Strategy } from './strategy.ts'
import { drawSwarm } from './swarm.ts'

/** How many of a run's faults wait for a moment. */
const SHARES = [0.3, 0.6, 0.9] as const
/** How many faults share a moment, on average, before the next one of its name gets some. */
const FAULTS_A_MOMENT = [1, 1, 2, 3] as const
/** How long after the moment, at most. */
const DELAYS_MS = [0, 0, 2, 10, 40, 150, 400] as const
/** How often a fault hits the very node that the moment is about. */
const AT_THE_NODE = 0.6

/** What waits for no moment: it must hit the one disk that the plan may break, or brings up a node. */
const TIMED = new Set(['bit-rot', 'lost-sync', 'misdirected-write', 'spawn'])

/**
 * A swarm in which many faults wait for moments of the run itself: what the machine notes as rare and interesting (an
 * election won, a snapshot begun), and then hit the node that noted it or one beside it. Faults at random times
 * mostly hit a system at rest; what is fragile is fragile for a few milliseconds around such steps.
 */
export const moments: Strategy = {
  about: 'a swarm whose faults wait for what the machines note: elections, recovery, snapshots',
  faults: (random, subject) => {
    const names = subject.menu.moments ?? []
    const draft = drawSwarm(random, subject)
    if (draft === undefined) return []
    if (names.length === 0) return draft.entries
    const share = random.pick(SHARES)
    const next = successive(names, random)
    for (const [index, entry] of shuffled(draft.entries.entries(), random)) {
      if (TIMED.has(entry.kind) || entry.forGood === true || !random.chance(share)) continue
      draft.entries[index] = atMoment(draft, entry, next(), random)
    }
    return draft.entries
  },
}

/**
 * Moments of a few names, one after the other: what a fault does to the first election leads to the second, where the
 * next fault waits. A moment chosen from afar would mostly never come.
 */
function successive(names: readonly string[], random: Random): () => Moment {
  const chosen = Array.from({ length: random.integer(1, 3) }, () => ({ note: random.pick(names), occurrence: 1 }))
  const advances = 1 / random.pick(FAULTS_A_MOMENT)
  return () => {
    const { note, occurrence } = random.pick(chosen)
    for (const one of chosen) if (one.note === note && random.chance(advances)) one.occurrence = occurrence + 1
    return { note, occurrence }
  }
}

function shuffled<T>(items: Iterable<T>, random: Random): readonly T[] {
  const all = [...items]
  return sample(random, all, all.length)
}

function atMoment(draft: Draft, entry: Unnumbered, moment: Moment, random: Random): Unnumbered {
  const atMs: Millis = toMicros(random.pick(DELAYS_MS) * random.float())
  const waiting = { ...entry, atMs, when: moment }
  return random.chance(AT_THE_NODE) ? aimed(draft, waiting, random) : waiting
}

/** The same fault at the node that the moment is about. */
function aimed(draft: Draft, entry: Unnumbered, random: Random): Unnumbered {
  const { servers, others } = draft
  if ('node' in entry) {
    if (!servers.includes(entry.node)) return entry
    // It may be any server: one whose disk lied must not come back, and none may lose its disk.
    const { disk: _disk, ...rest } = entry as typeof entry & { readonly disk?: unknown }
    return { ...rest, node: NOTED, when: { ...entry.when!, spares: [...draft.untrusted] } } as Unnumbered
  }
  switch (entry.kind) {
    case 'partition':
      return { ...entry, groups: sides(entry.groups, servers, others, random) }
    case 'one-way-partition':
      return random.chance(0.5)
        ? { ...entry, from: [NOTED], to: [...servers, ...others] }
        : { ...entry, from: [...servers, ...others], to: [NOTED] }
    case 'spawn':
    case 'lost-message':
    case 'doubled-message':
    case 'slow-message':
    case 'corrupted-message':
      return entry
    default: {
      const { from: _from, to: _to, ...rest } = entry
      const side = random.chance(0.5) ? { from: [NOTED] } : { to: [NOTED] }
      return { ...rest, ...side } as Unnumbered
    }
  }
}

/** The node alone, with some of the clients, or in the place that the plan had drawn for another. */
function sides(
  groups: readonly (readonly NodeId[])[],
  servers: readonly NodeId[],
  others: readonly NodeId[],
  random: Random,
): readonly (readonly NodeId[])[] {
  if (random.chance(0.5)) {
    const [first, ...rest] = groups
    return [[NOTED, ...(first ?? []).slice(1)], ...rest]
  }
  const along = sample(random, others, random.integer(0, others.length))
  return [
    [NOTED, ...along],
    [...servers, ...others.filter((id) => !along.includes(id))],
  ]
}
