import type { Millis, NodeId, Random } from '../../sim/machine.ts'
import { type PlanSubject, toMicros, type Unnumbered } from '../draft.ts'
import type { Strategy } from './strategy.ts'
import { swarm } from './swarm.ts'

/** How much slower than the fastest a node is served, by its place in the order. */
const FACTORS = [1, 1, 2, 4, 8] as const
/** Of the node that falls behind all others. */
const SLOWEST = 30
/** How many times an order is changed: the depth of the bugs it is made for, less one. */
const CHANGES = [1, 2, 3, 5] as const

/**
 * Nodes have priorities, by which what is sent to them is fast or slow, and at a few moments one falls behind all
 * others: probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010) for the
 * order of messages; a swarm of other faults beside it.
 */
export const priorities: Strategy = {
  about: 'nodes with priorities that change a few times, so that messages overtake each other; and a swarm',
  faults: (random, subject) => [...swarm.faults(random, subject), ...slowed(random, subject)],
}

function slowed(random: Random, { nodes, calmAtMs, nemesis, menu }: PlanSubject): readonly Unnumbered[] {
  const offered = nemesis ?? menu.kinds
  if (offered !== undefined && !offered.includes('slow-link')) return []
  const atMs = [0, ...Array.from({ length: random.pick(CHANGES) }, () => toMicros(random.float() * calmAtMs))]
  atMs.sort((a, b) => a - b)
  const factors = new Map<NodeId, number>(nodes.map(({ id }) => [id, random.pick(FACTORS)]))
  return atMs.flatMap((from, index): Unnumbered[] => {
    if (index > 0) factors.set(random.pick(nodes).id, SLOWEST)
    const until = atMs[index + 1] ?? calmAtMs
    return [...factors].flatMap(([id, factor]) => (factor === 1 ? [] : [slow(id, factor, from, until)]))
  })
}

function slow(id: NodeId, factor: number, atMs: Millis, untilMs: Millis): Unnumbered {
  return { kind: 'slow-link', atMs, forMs: toMicros(untilMs - atMs), factor, to: [id] }
}
