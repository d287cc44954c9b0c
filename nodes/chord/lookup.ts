import type { Chord } from './chord.ts'
import { distance, type Identifier, isBetween, isWithin, type Peer } from './identifiers.ts'
import type { Hop } from './messages.ts'
import { drop, seeksPlace } from './neighbours.ts'
import { ask } from './requests.ts'
import type { ChordContext, ChordState, Lookup, LookupPurpose } from './state.ts'

/**
 * Finding who comes after a place (Stoica et al. 2003, section 4): whoever is asked names the nodes it knows that come
 * last before the place, and the one who looks asks on there, until one lies right before the place. With fingers that
 * are right each step at least halves what is left, so that about ½ log₂ N nodes are asked.
 */

/** Alternatives to the best next hop, for when that one is dead. */
const ALTERNATIVES = 3
/** No lookup in a ring that is anywhere near right asks so many. */
const MOST_HOPS = 64

/** Begins a lookup; at this node itself where it is a member, unless it is to begin elsewhere. */
export function beginLookup(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  target: Identifier,
  purpose: LookupPurpose,
  at?: readonly Peer[],
): void {
  const lookup: Lookup = { target, purpose, asked: new Set([state.self.node]), candidates: at ?? [] }
  const id = state.nextRequest++
  state.lookups.set(id, lookup)
  if (at === undefined) {
    const { found, peers } = nextHop(chord, state, target)
    if (found) {
      finish(state, id, lookup, state.self, peers)
      return
    }
    lookup.candidates = peers
  }
  advance(chord, state, ctx, id, lookup)
}

/** What a member answers who is asked for the way to a place. */
export function nextHop(
  chord: Chord,
  state: ChordState,
  target: Identifier,
): { readonly found: boolean; readonly peers: readonly Peer[] } {
  const { self, successors, fingers } = state
  const [successor] = successors
  if (state.phase === 'lost') return { found: false, peers: [] }
  if (successor === undefined || isWithin(self.id, target, successor.id)) return { found: true, peers: successors }
  const before = new Map<string, Peer>()
  for (const peer of successors) if (isBetween(self.id, peer.id, target)) before.set(peer.node, peer)
  for (const peer of fingers) {
    if (peer !== null && isBetween(self.id, peer.id, target)) before.set(peer.node, peer)
  }
  return { found: false, peers: nearest([...before.values()], target, chord.size).slice(0, ALTERNATIVES) }
}

function nearest(peers: Peer[], target: Identifier, size: number): Peer[] {
  return peers.sort((one, other) => distance(one.id, target, size) - distance(other.id, target, size))
}

function advance(chord: Chord, state: ChordState, ctx: ChordContext, id: number, lookup: Lookup): void {
  const next = lookup.candidates.find(({ node }) => !lookup.asked.has(node))
  if (next === undefined || lookup.asked.size > MOST_HOPS) {
    state.lookups.delete(id)
    state.outcomes.push({ type: 'lookup failed', purpose: lookup.purpose })
    return
  }
  lookup.asked.add(next.node)
  const { target } = lookup
  ask(state, ctx, chord.options, next, (request) => ({ type: 'AskHop', request, target }), {
    type: 'lookup',
    lookup: id,
  })
}

export function onHop(chord: Chord, state: ChordState, ctx: ChordContext, id: number, from: Peer, answer: Hop): void {
  const lookup = state.lookups.get(id)
  if (!answer.member) drop(chord, state, ctx, from)
  // There is a ring to join.
  else if (seeksPlace(state) && answer.peers.length > 0) state.sinceMs = ctx.now
  if (lookup === undefined) return
  if (answer.member && answer.found) {
    finish(state, id, lookup, from, answer.peers)
    return
  }
  if (answer.member) lookup.candidates = merged(chord, lookup, answer.peers)
  advance(chord, state, ctx, id, lookup)
}

/** Those not asked yet, the nearest to the place first. */
function merged(chord: Chord, { target, candidates, asked }: Lookup, more: readonly Peer[]): readonly Peer[] {
  const all = new Map([...candidates, ...more].map((peer) => [peer.node, peer]))
  return nearest(
    [...all.values()].filter(({ node, id }) => !asked.has(node) && id !== target),
    target,
    chord.size,
  )
}

/** Nobody answered. It may be a neighbour that is only slow, which stabilizing will find out. */
export function onHopSilent(chord: Chord, state: ChordState, ctx: ChordContext, id: number, silent: Peer): void {
  for (let index = 0; index < state.fingers.length; index++) {
    if (state.fingers[index]?.node === silent.node) state.fingers[index] = null
  }
  const lookup = state.lookups.get(id)
  if (lookup !== undefined) advance(chord, state, ctx, id, lookup)
}

function finish(state: ChordState, id: number, lookup: Lookup, behind: Peer, successors: readonly Peer[]): void {
  state.lookups.delete(id)
  if (lookup.purpose.type === 'get' || lookup.purpose.type === 'put') {
    state.counts.lookups++
    state.counts.lastHops = lookup.asked.size - 1
  }
  state.outcomes.push({ type: 'found', purpose: lookup.purpose, behind, successors })
}
