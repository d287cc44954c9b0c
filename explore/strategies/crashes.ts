import { FILE_RENAMED, type Moment, NOTED } from '../../sim/faults.ts'
import type { Millis, NodeId, Random } from '../../sim/machine.ts'
import { Draft, sample, toMicros, type Unnumbered } from '../draft.ts'
import { DRAW } from '../draw-faults.ts'
import { moments } from './moments.ts'
import type { Strategy } from './strategy.ts'
import { offeredKinds } from './swarm.ts'

const CRASHES = ['power-loss', 'power-loss', 'kill', 'crash-in-output', 'crash-in-recovery'] as const
/** How soon after the moment, at most: while what was said then is still being written, or somewhat later. */
const AFTER_MS = [1, 5, 20, 100] as const
/** The share of strikes that fall while a file gets its name, which few handlers do and many systems get wrong. */
const AT_A_RENAME = 0.3
/** Which of a run's renames it is. */
const MOST_RENAMES = 30
const BACK_AFTER_MS = [1, 5, 30, 200] as const
/** Every which of the moments of a name gets a crash. */
const STRIDES = [1, 2, 3, 5] as const
const STRIKES = [5, 10, 20] as const
/** A strike hits the node that wrote the note, or all servers as when a whole room loses power. */
const ALL_AT_ONCE = 0.2
/** How often a server that may be lost comes back with an empty disk. */
const DISK_LOST = 0.15
const OTHERS = [0, 5, 15, 40] as const

/**
 * Processes crash and rooms lose power in the very moments in which something is being written, and are back at once,
 * on disks that may be slow: what was promised before it was durable is forgotten then, and asked for again. Without
 * moments in the menu, as `moments`.
 */
export const crashes: Strategy = {
  about: 'power losses and crashes while something is being written, of one or of all, back at once',
  faults: (random, subject) => {
    const names = subject.menu.moments ?? []
    const kinds = offeredKinds(subject)
    const crash = CRASHES.filter((kind) => kinds.includes(kind))
    if (names.length === 0 || crash.length === 0) return moments.faults(random, subject)
    const draft = new Draft(random, subject, new Set(kinds), { gathered: 0.3, favourites: true, intensities: [1] })
    const others = random.pick(OTHERS)
    for (let drawn = 0; drawn < others; drawn++) DRAW[random.pick(kinds)](draft)
    if (kinds.includes('slow-sync') && random.chance(0.5)) draft.entries.push(...slowDisks(draft, random))
    const focus = random.chance(0.3) ? sample(random, names, 2) : names
    const chosen = sample(random, crash, random.integer(1, 2))
    const next = successive(focus, random)
    const strikes = random.pick(STRIKES)
    for (let strike = 0; strike < strikes; strike++) {
      const moment = random.chance(AT_A_RENAME)
        ? { note: FILE_RENAMED, occurrence: random.integer(1, MOST_RENAMES) }
        : next()
      draft.entries.push(...crashAt(draft, moment, random.pick(chosen), random))
    }
    return draft.entries
  },
}

/** Moments with these names, and of each one after the other, with some left out. */
function successive(names: readonly string[], random: Random): () => Moment {
  const next = new Map(names.map((note) => [note, random.integer(1, 2)]))
  const stride = random.pick(STRIDES)
  return () => {
    const note = random.pick(names)
    const occurrence = next.get(note)!
    next.set(note, occurrence + stride)
    return { note, occurrence }
  }
}

function slowDisks({ servers, subject }: Draft, random: Random): readonly Unnumbered[] {
  const byMs = random.pick([10, 40, 120])
  return servers.map((node) => ({ kind: 'slow-sync', node, atMs: 0, forMs: subject.calmAtMs, byMs }))
}

function crashAt(draft: Draft, when: Moment, kind: (typeof CRASHES)[number], random: Random): readonly Unnumbered[] {
  const atMs = toMicros(random.pick(AFTER_MS) * random.float())
  const spares = [...draft.untrusted]
  if (!random.chance(ALL_AT_ONCE)) {
    const crash = crashOf(NOTED, atMs, kind, { ...when, spares }, random)
    return [random.chance(DISK_LOST) ? withoutDisk(draft, crash, when) : crash]
  }
  return draft.servers
    .filter((id) => !draft.untrusted.has(id))
    .map((id) => crashOf(id, toMicros(atMs + random.float()), kind, when, random))
}

/** The same for a server that may be lost for good, and it comes back with nothing on its disk. */
function withoutDisk(draft: Draft, crash: Unnumbered, when: Moment): Unnumbered {
  const { servers, expendable, untrusted, subject } = draft
  const role = subject.nodes.find(({ id }) => id === servers[0])?.role
  if (role === undefined || subject.menu.emptyDiskRoles?.includes(role) !== true) return crash
  const spares = servers.filter((id) => !expendable.includes(id) || untrusted.has(id))
  return { ...crash, disk: 'empty', when: { ...when, spares } } as Unnumbered
}

function crashOf(node: NodeId, atMs: Millis, kind: (typeof CRASHES)[number], when: Moment, random: Random): Unnumbered {
  const restartAfterMs = toMicros(random.pick(BACK_AFTER_MS) * (0.5 + random.float()))
  const common = { node, atMs, when, restartAfterMs }
  switch (kind) {
    case 'power-loss':
    case 'kill':
      return { kind, ...common }
    case 'crash-in-output':
      return { kind, ...common, power: random.chance(0.7), writing: random.chance(0.5) }
    case 'crash-in-recovery':
      return { kind, ...common, power: random.chance(0.7), times: random.integer(1, 3) }
  }
}
