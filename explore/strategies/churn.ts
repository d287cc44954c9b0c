import { NOTED } from '../../sim/faults.ts'
import type { Millis, NodeId, Random } from '../../sim/machine.ts'
import { Draft, sample, toMicros, type Unnumbered } from '../draft.ts'
import { DRAW } from '../draw-faults.ts'
import { moments } from './moments.ts'
import type { Strategy } from './strategy.ts'
import { offeredKinds } from './swarm.ts'

/** How soon after someone came to lead the next blow falls, at most: at once, or when it has work under way. */
const AFTER_MS = [5, 40, 150, 400, 800] as const
/** How long a blow lasts that heals by itself: about as long as others need to take over, or several times that. */
const LASTS_MS = [150, 400, 400, 900, 2000] as const
const BACK_AFTER_MS = [2, 20, 100, 500] as const
/** How many blows wait for a change of leadership, and how many fall at any time, so that none goes on undisturbed. */
const WAITING_BLOWS = 14
const TIMED_BLOWS = 6
/** How often a leader stays half cut off for good, and how often that is tried: it must be one that may be lost. */
const CUT_FOR_GOOD = 0.3
const CUTS = 3
/** How often servers that may lose their disks do so, together with a leader. */
const DISKS_LOST = 0.2
/** How many other faults a run has beside the blows. */
const OTHERS = [0, 5, 15, 45] as const

/**
 * Whoever leads is cut off, crashed, paused or slowed, and so is its successor: each blow waits for the one that took
 * over after the last. Changes of leadership are where replicated systems break, and faults at random times bring
 * about few, as most of them hit a system that is down already. Where the menu names no leader, as `moments`.
 */
export const churn: Strategy = {
  about: 'whoever leads is cut off, crashed or paused, and its successors too; a few other faults beside',
  faults: (random, subject) => {
    const { leads } = subject.menu
    const kinds = offeredKinds(subject)
    const blows = BLOWS.filter(({ kind }) => kinds.some((offered) => offered === kind))
    if (leads === undefined || blows.length === 0) return moments.faults(random, subject)
    const draft = new Draft(random, subject, new Set(kinds), { gathered: 0.3, favourites: true, intensities: [1] })
    const others = random.pick(OTHERS)
    for (let drawn = 0; drawn < others; drawn++) DRAW[random.pick(kinds)](draft)
    const chosen = sample(random, blows, random.integer(1, 4))
    const afterMs = random.pick(AFTER_MS)
    const strike = (atMs: Millis, occurrence: { readonly occurrence?: number }): void => {
      const blow = random.pick(chosen).draw(draft, random)
      const spares = 'node' in blow ? { spares: [...draft.untrusted] } : {}
      draft.entries.push({ ...blow, atMs, when: { note: leads, ...occurrence, ...spares } })
    }
    if (random.chance(CUT_FOR_GOOD)) draft.entries.push(...cutsForGood(draft, random))
    const times = Array.from({ length: TIMED_BLOWS }, () => draft.at())
    for (const atMs of times) strike(atMs, {})
    if (random.chance(DISKS_LOST)) draft.entries.push(...lostDisks(draft, random.pick(times), random))
    for (let occurrence = 1; occurrence <= WAITING_BLOWS; occurrence++)
      strike(toMicros(afterMs * random.float()), { occurrence })
    return draft.entries
  },
}

/** A fault that takes away whoever leads, for a while. */
interface Blow {
  readonly kind: Unnumbered['kind']
  readonly draw: (draft: Draft, random: Random) => Unnumbered
}

/** A cut is what happens most, and what most protocols get wrong: it stands here several times. */
const BLOWS: readonly Blow[] = [
  ...Array.from({ length: 5 }, () => ({ kind: 'partition' as const, draw: cut })),
  {
    kind: 'one-way-partition',
    draw: (draft, random) => ({
      kind: 'one-way-partition',
      ...(random.chance(0.6) ? { from: [NOTED], to: draft.servers } : { from: draft.servers, to: [NOTED] }),
      ...lasting(random),
    }),
  },
  { kind: 'kill', draw: (_draft, random) => ({ kind: 'kill', node: NOTED, ...back(random) }) },
  { kind: 'power-loss', draw: (_draft, random) => ({ kind: 'power-loss', node: NOTED, ...back(random) }) },
  {
    kind: 'crash-in-output',
    draw: (_draft, random) => ({
      kind: 'crash-in-output',
      node: NOTED,
      power: random.chance(0.6),
      writing: random.chance(0.5),
      ...back(random),
    }),
  },
  { kind: 'pause', draw: (_draft, random) => ({ kind: 'pause', node: NOTED, ...lasting(random) }) },
  {
    kind: 'clog',
    draw: (_draft, random) => ({
      kind: 'clog',
      ...(random.chance(0.5) ? { from: [NOTED] } : { to: [NOTED] }),
      ...lasting(random),
    }),
  },
  {
    kind: 'loss',
    draw: (_draft, random) => ({ kind: 'loss', probability: 0.9, from: [NOTED], ...lasting(random) }),
  },
  {
    kind: 'slow-sync',
    draw: (_draft, random) => ({ kind: 'slow-sync', node: NOTED, byMs: random.pick([30, 150]), ...lasting(random) }),
  },
]

/** The leader alone, or with some of the others, and with clients that go on asking it. */
function cut(draft: Draft, random: Random): Unnumbered {
  const { servers, others } = draft
  const few = sample(random, servers, random.pick([0, 0, 1, (servers.length - 1) >> 1]))
  const clients = sample(random, others, random.integer(0, others.length))
  const rest = (ids: readonly NodeId[], taken: readonly NodeId[]): NodeId[] => ids.filter((id) => !taken.includes(id))
  const groups = [
    [NOTED, ...few, ...clients],
    [...rest(servers, few), ...(random.chance(0.5) ? rest(others, clients) : [])],
  ]
  return { kind: 'partition', groups, ...lasting(random) }
}

/**
 * A leader that may be lost for good loses some of its links, or one direction of them, late in the storm, when few
 * blows are left to take it away altogether.
 */
function cutsForGood(draft: Draft, random: Random): readonly Unnumbered[] {
  const { servers, expendable, subject } = draft
  const { leads: note, partialCutsForGood } = subject.menu
  if (expendable.length === 0 || note === undefined || partialCutsForGood !== true) return []
  const offered = offeredKinds(subject)
  const spares = servers.filter((id) => !expendable.includes(id))
  const some = sample(random, servers, random.integer(2, servers.length))
  const [from, to] = random.chance(0.5) ? [some, [NOTED]] : [[NOTED], some]
  const shape = random.pick(['partition', 'one-way-partition', 'one-way-partition'] as const)
  if (!offered.includes(shape)) return []
  return Array.from({ length: CUTS }, (): Unnumbered => {
    const waiting = {
      atMs: draft.within((0.5 + random.float() / 2) * subject.calmAtMs),
      forMs: subject.calmAtMs,
      forGood: true,
      when: { note, spares },
    }
    return shape === 'partition'
      ? { kind: shape, groups: [[NOTED], some], ...waiting }
      : { kind: shape, from, to, ...waiting }
  })
}

/**
 * While a leader is struck, servers that may be lost for good come back with nothing on their disks, as if the machines
 * had been replaced.
 */
function lostDisks(draft: Draft, aboutMs: Millis, random: Random): readonly Unnumbered[] {
  const { menu, nodes } = draft.subject
  const kinds = offeredKinds(draft.subject)
  return draft.expendable.flatMap((node): Unnumbered[] => {
    const role = nodes.find(({ id }) => id === node)!.role
    if (menu.emptyDiskRoles?.includes(role) !== true || !kinds.includes('kill') || draft.untrusted.has(node)) return []
    return [{ kind: 'kill', node, disk: 'empty', ...back(random), atMs: draft.within(aboutMs + 20 * random.float()) }]
  })
}

function lasting(random: Random): { readonly atMs: Millis; readonly forMs: Millis } {
  return { atMs: 0, forMs: toMicros(random.pick(LASTS_MS) * (0.5 + random.float())) }
}

function back(random: Random): { readonly atMs: Millis; readonly restartAfterMs: Millis } {
  return { atMs: 0, restartAfterMs: toMicros(random.pick(BACK_AFTER_MS) * (0.5 + random.float())) }
}
