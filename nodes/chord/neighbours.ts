import type { NodeId } from '../../sim/machine.ts'
import type { Chord } from './chord.ts'
import { distance, type Peer } from './identifiers.ts'
import { persistMembership, persistNeighbours } from './persistence.ts'
import type { ChordContext, ChordState } from './state.ts'

/** The predecessor and the successors of a node, and whom else it knows. */

/**
 * A list of successors in the order in which they follow the node, as long as they do: a list that comes from another
 * node may go round the ring and past this one, where it ends.
 */
export function inOrder(state: ChordState, chord: Chord, peers: readonly Peer[]): readonly Peer[] {
  const list: Peer[] = []
  let last = 0
  for (const peer of peers) {
    const far = distance(state.self.id, peer.id, chord.size)
    if (far <= last || list.length === state.redundancy) break
    list.push(peer)
    last = far
  }
  return list
}

/** Others in the order in which they follow the node, the nearest first. */
export function following({ size }: Chord, { self }: ChordState, peers: readonly Peer[]): readonly Peer[] {
  return peers
    .filter(({ id }) => id !== self.id)
    .sort((one, other) => distance(self.id, one.id, size) - distance(self.id, other.id, size))
}

/**
 * A node's list is its successor's with the successor in front, and without the last (Zave 2017, section 3): it is
 * taken over as a whole, so that it skips nobody whom the successor knows.
 */
export function reconciled(_state: ChordState, successor: Peer, itsSuccessors: readonly Peer[]): readonly Peer[] {
  return [successor, ...itsSuccessors]
}

/** Takes over other successors, unless they are the same. */
export function setSuccessors(chord: Chord, state: ChordState, ctx: ChordContext, peers: readonly Peer[]): void {
  const next = inOrder(state, chord, peers)
  const { successors } = state
  if (next.length === successors.length && next.every(({ node }, place) => node === successors[place]!.node)) return
  // Who is new here has others to tell of: the ring mends itself faster so.
  if (next[0]?.node !== successors[0]?.node) ctx.setTimer('stabilize', chord.options.stabilizeMs / 5)
  state.successors = next
  for (const peer of next) meet(chord, state, peer)
  persistNeighbours(state, ctx)
}

export function setPredecessor(chord: Chord, state: ChordState, peer: Peer | null): void {
  if (peer?.node === state.predecessor?.node) return
  state.predecessor = peer
  if (peer !== null) meet(chord, state, peer)
}

/** A node to remember. */
export function meet(chord: Chord, state: ChordState, peer: Peer): void {
  if (peer.node === state.self.node || state.known[0]?.node === peer.node) return
  state.known = [peer, ...state.known.filter(({ node }) => node !== peer.node)].slice(0, chord.options.maxKnown)
}

/**
 * A node that is dead, or no member, is nobody's finger and nobody's neighbour. One that has gone in good order has told
 * who comes behind it.
 */
export function drop(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  { node }: Peer,
  heirs: readonly Peer[] = [],
): void {
  for (let index = 0; index < state.fingers.length; index++) {
    if (state.fingers[index]?.node === node) state.fingers[index] = null
  }
  const wasNeighbour = state.predecessor?.node === node || state.successors.some((peer) => peer.node === node)
  if (!wasNeighbour) return
  state.counts.dropped++
  state.lastDropped = node
  ctx.note('peer dropped', { node })
  if (state.predecessor?.node === node) state.predecessor = null
  if (state.successors.length === 0) return
  setSuccessors(chord, state, ctx, without(state.successors, node, heirs))
  if (state.successors.length === 0 && isMember(state)) beginLost(chord, state, ctx)
}

function without(successors: readonly Peer[], gone: NodeId, heirs: readonly Peer[]): readonly Peer[] {
  const place = successors.findIndex(({ node }) => node === gone)
  if (place < 0) return successors
  return [...successors.slice(0, place), ...(heirs.length > 0 ? heirs : successors.slice(place + 1))]
}

export function isMember({ phase }: ChordState): boolean {
  return phase === 'member' || phase === 'lost' || phase === 'leaving'
}

/** From now on the node looks for its place in the ring. */
export function beginJoin(chord: Chord, state: ChordState, ctx: ChordContext): void {
  state.phase = 'joining'
  state.predecessor = null
  state.successors = []
  persistMembership(state, ctx, true)
  seekPlace(chord, state, ctx)
}

/**
 * A member that has no successor left looks for its place like a joiner. It goes on saying that it is a member: were it
 * dropped for that, whoever has no other successor would be lost as well, and so on round the ring.
 */
function beginLost(chord: Chord, state: ChordState, ctx: ChordContext): void {
  ctx.note('lost')
  state.phase = 'lost'
  state.asker = null
  seekPlace(chord, state, ctx)
}

function seekPlace(chord: Chord, state: ChordState, ctx: ChordContext): void {
  state.tried = 0
  state.sinceMs = ctx.now
  ctx.setTimer('join', [0, chord.options.joinMs])
}

export function seeksPlace({ phase }: ChordState): boolean {
  return phase === 'joining' || phase === 'lost'
}
