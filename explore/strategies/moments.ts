import { type Moment, NOTED } from '../../sim/faults.ts'
import type { NodeId, Random } from '../../sim/machine.ts'
import { type Aim, Draft, type PlanSubject, sample, toMicros, type Unnumbered } from '../draft.ts'
import { DRAW } from '../draw-faults.ts'
import type { Strategy } from './strategy.ts'
import { offeredKinds } from './swarm.ts'

/** How many kinds a run has, and how many times one is drawn: on average as often as by the uniform baseline. */
const KINDS = [3, 8, 27, 27] as const
const DRAWS = [5, 15, 45, 100] as const
const AIMS: readonly Aim[] = [
  { gathered: 0, favourites: false, intensities: [1] },
  { gathered: 0.6, favourites: true, intensities: [1] },
]

/** How many of a run's faults wait for a moment, and how many of the others are aimed at the last writer of a note. */
const WAITING = [0, 0.1, 0.3] as const
const AIMED = [0.2, 0.5, 0.8] as const
/** How many faults share a moment, on average, before the next one of its name gets some. */
const FAULTS_A_MOMENT = [1, 1, 2, 3] as const
/** How long after the moment, at most. */
const DELAYS_MS = [0, 2, 10, 40, 150, 400, 1000] as const
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
    const { draft, single } = drawFew(random, subject)
    const { moments: names = [], leads } = subject.menu
    if (names.length === 0) return draft.entries
    const [waiting, aiming] = [random.pick(WAITING), random.pick(AIMED)]
    const focus = Array.from({ length: random.integer(1, 3) }, () => random.pick(names))
    if (leads !== undefined && random.chance(0.7)) focus.push(leads)
    const next = successive(focus, random)
    for (const index of sample(random, single, single.length)) {
      const entry = draft.entries[index]!
      if (TIMED.has(entry.kind) || entry.forGood === true) continue
      if (random.chance(waiting)) draft.entries[index] = atMoment(draft, entry, next(), random)
      else if (random.chance(aiming)) draft.entries[index] = aimed(draft, entry, { note: random.pick(focus) }, random)
    }
    return draft.entries
  },
}

/**
 * Few kinds or many, few faults or many. `single`: the places of faults that were drawn by themselves; those of a burst
 * belong together and stay as they are.
 */
function drawFew(random: Random, subject: PlanSubject): { readonly draft: Draft; readonly single: readonly number[] } {
  const kinds = sample(random, offeredKinds(subject), random.pick(KINDS))
  const draft = new Draft(random, subject, new Set(kinds), random.pick(AIMS))
  const single: number[] = []
  const draws = random.pick(DRAWS)
  for (let drawn = 0; drawn < draws; drawn++) {
    const before = draft.entries.length
    DRAW[random.pick(kinds)](draft)
    if (draft.entries.length === before + 1) single.push(before)
  }
  return { draft, single }
}

/**
 * Moments of a few names, one after the other: what a fault does to the first election leads to the second, where the
 * next fault waits. A moment chosen from afar would mostly never come.
 */
function successive(focus: readonly string[], random: Random): () => Moment {
  const chosen = focus.map((note) => ({ note, occurrence: 1 }))
  const advances = 1 / random.pick(FAULTS_A_MOMENT)
  return () => {
    const { note, occurrence } = random.pick(chosen)
    for (const one of chosen) if (one.note === note && random.chance(advances)) one.occurrence = occurrence + 1
    return { note, occurrence }
  }
}

function atMoment(draft: Draft, entry: Unnumbered, moment: Moment, random: Random): Unnumbered {
  const waiting = { ...entry, atMs: toMicros(random.pick(DELAYS_MS) * random.float()), when: moment }
  return random.chance(AT_THE_NODE) ? aimed(draft, waiting, moment, random) : waiting
}

/** The same fault at the node that a note is by. */
function aimed(draft: Draft, plain: Unnumbered, moment: Moment, random: Random): Unnumbered {
  const { servers, others } = draft
  if ('node' in plain) {
    if (!servers.includes(plain.node)) return plain
    // It may be any server: one whose disk lied must not come back, and none may lose its disk.
    const { disk: _disk, ...rest } = plain as typeof plain & { readonly disk?: unknown }
    return { ...rest, node: NOTED, when: { ...moment, spares: [...draft.untrusted] } } as Unnumbered
  }
  const entry = { ...plain, when: moment }
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
