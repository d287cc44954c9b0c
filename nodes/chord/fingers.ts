import type { Chord } from './chord.ts'
import { distance, type Peer, powerOfTwo } from './identifiers.ts'
import { beginLookup } from './lookup.ts'
import { isMember } from './neighbours.ts'
import type { ChordContext, ChordState } from './state.ts'

/** Looks up the next finger in turn (Stoica et al. 2003, figure 6). */
export function fixFingers(chord: Chord, state: ChordState, ctx: ChordContext): void {
  ctx.setTimer('fix fingers', [chord.options.fixFingersMs * 0.75, chord.options.fixFingersMs * 1.25])
  const [successor] = state.successors
  if (!isMember(state) || successor === undefined) return
  // As many fingers as begin before it are the successor itself.
  const near = takeUntil(chord, state, 0, successor)
  const index = state.nextFinger < near ? near : state.nextFinger
  if (index >= chord.bits) {
    state.nextFinger = 0
    return
  }
  beginLookup(chord, state, ctx, startOf(chord, state, index), { type: 'finger', index })
}

/** Where the finger begins: this node's place + 2^index. */
export function startOf({ size }: Chord, { self }: ChordState, index: number): number {
  return (self.id + powerOfTwo(index)) % size
}

export function onFingerFound(chord: Chord, state: ChordState, index: number, peer: Peer | undefined): void {
  const next = Math.max(index + 1, peer === undefined ? 0 : takeUntil(chord, state, index, peer))
  state.nextFinger = next >= chord.bits ? 0 : next
}

/** Gives a node to all fingers from an index on that begin at or before it. The index of the next one. */
function takeUntil(chord: Chord, state: ChordState, from: number, peer: Peer): number {
  const far = distance(state.self.id, peer.id, chord.size)
  for (let index = from; index < chord.bits; index++) {
    // Where the search comes back to this node, nobody lies in what is left of the ring.
    if (far !== 0 && powerOfTwo(index) > far) return index
    state.fingers[index] = far === 0 ? null : peer
  }
  return chord.bits
}
