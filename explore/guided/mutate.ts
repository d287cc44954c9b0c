import type { Fault } from '../../sim/faults.ts'
import type { NodeId, Random } from '../../sim/machine.ts'
import { draw, seedKey } from '../../sim/mix.ts'
import { randomStream } from '../../sim/random.ts'
import { toMicros } from '../draft.ts'
import type { Recipe } from './recipe.ts'

/** How many faults a plan may come to have, so that crossing does not let plans grow without end. */
const MOST_FAULTS = 160
const SHIFT_MS = 200

/**
 * A plan made from one that had shown something new: with other luck at least, and mostly with some faults taken away,
 * moved, or taken over from another plan. A pure function of the seed and what it is given.
 */
export function mutate(seed: number, parent: Recipe, other: Recipe, calmAtMs: number): Recipe {
  const random = randomStream(seed, 'mutation')
  let { faults } = parent
  if (random.chance(0.4)) faults = without(faults, random)
  if (random.chance(0.4)) faults = faults.map((fault) => moved(fault, calmAtMs, random))
  if (random.chance(0.5)) faults = crossed(faults, other.faults, random)
  const numbered = faults.slice(0, MOST_FAULTS).map((fault, index) => ({ ...fault, id: index + 1 }))
  return {
    ...parent,
    ...(random.chance(0.2) ? { network: other.network, syncMs: other.syncMs } : {}),
    luck: draw(seedKey(seed), 77),
    faults: numbered.sort((a, b) => a.atMs - b.atMs),
  }
}

function without(faults: readonly Fault[], random: Random): readonly Fault[] {
  const share = random.pick([0.1, 0.3, 0.6])
  return faults.filter(() => !random.chance(share))
}

/** Some faults a little earlier or later, within the storm. */
function moved(fault: Fault, calmAtMs: number, random: Random): Fault {
  if (!random.chance(0.3)) return fault
  const atMs = toMicros(fault.atMs + (random.float() * 2 - 1) * SHIFT_MS)
  return { ...fault, atMs: Math.min(calmAtMs, Math.max(0, atMs)) }
}

/** Those of another plan that any plan may have, from a while on, in addition or in the place of what was there. */
function crossed(faults: readonly Fault[], others: readonly Fault[], random: Random): readonly Fault[] {
  const broken = brokenNodes(faults)
  const fromMs = random.float() * Math.max(0, ...others.map(({ atMs }) => atMs))
  const taken = others.filter((fault) => fault.atMs >= fromMs && mayJoin(fault, broken))
  const kept = random.chance(0.5) ? faults : faults.filter(({ atMs, forGood }) => atMs < fromMs || forGood === true)
  return [...kept, ...taken]
}

const DISKS_THAT_LIE: ReadonlySet<string> = new Set(['bit-rot', 'lost-sync', 'misdirected-write'])

/** Nodes that the plan loses for good in some way: the limit of what a system claims to survive is the plan's own. */
function brokenNodes(faults: readonly Fault[]): ReadonlySet<NodeId> {
  return new Set(
    faults.flatMap((fault) =>
      'node' in fault && (fault.forGood === true || DISKS_THAT_LIE.has(fault.kind) || 'disk' in fault)
        ? [fault.node]
        : [],
    ),
  )
}

/** A fault that takes nothing away for good, and brings back no node whose disk may have lied. */
function mayJoin(fault: Fault, broken: ReadonlySet<NodeId>): boolean {
  if (fault.forGood === true || DISKS_THAT_LIE.has(fault.kind) || fault.kind === 'spawn' || 'disk' in fault)
    return false
  if (fault.when !== undefined) return broken.size === 0 || !('node' in fault)
  return !('node' in fault) || !broken.has(fault.node)
}
