import type { Chord } from './chord.ts'
import { distance, type Identifier, isBetween, isWithin, type Peer } from './identifiers.ts'
import { beginLookup } from './lookup.ts'
import type { Pair } from './messages.ts'
import { beginDropping, finishDropping, stopDropping, takesPairs } from './pairs.ts'
import { compact } from './persistence.ts'
import { placePairs } from './placement.ts'
import type { ChordContext, ChordState, Placement } from './state.ts'

/**
 * Pairs follow the ring (Cates, "Robust and efficient data management for a distributed hash table", 2003, chapter 3):
 * whoever holds pairs sees to it that their owner and the nodes behind it hold them too, and drops them once these do
 * and it is none of them.
 *
 * The ring may look different from elsewhere, so two holders might each drop its copy because of the other's. So who
 * is about to drop a pair first stops counting as a holder, and only then asks the others: of any number that drop it,
 * those asked by the last one to begin never will.
 */

/** Looks after the next pairs in turn, those of one owner together. */
export function maintain(chord: Chord, state: ChordState, ctx: ChordContext): void {
  ctx.setTimer('maintain', [chord.options.maintainMs * 0.75, chord.options.maintainMs * 1.25])
  compact(chord, state, ctx)
  if (!takesPairs(state) || state.maintaining || state.pairs.size === 0) return
  const next = [...state.pairs.values()].reduce((one, other) =>
    behindCursor(chord, state, one) <= behindCursor(chord, state, other) ? one : other,
  )
  state.maintaining = true
  const { predecessor, self, successors } = state
  if (predecessor !== null && isWithin(predecessor.id, next.place, self.id)) {
    onOwnerFound(chord, state, ctx, predecessor, [self, ...successors])
  } else beginLookup(chord, state, ctx, next.place, { type: 'maintain' })
}

/** Pairs have their turn in the order of their places, so that those of one owner come together, and none is left out. */
function behindCursor({ size }: Chord, { cursor }: ChordState, { place }: Pair): number {
  return distance(cursor, place, size) || size
}

/** The owner of some pairs was found: it is the first of these, which come behind that member. */
export function onOwnerFound(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  behind: Peer,
  successors: readonly Peer[],
): void {
  const { copies } = chord.options
  const owner = successors[0] ?? behind
  const following = successors.length < copies ? allRound(behind, successors) : successors
  const responsible = chord.rules.holders(following, copies)
  const pairs = pairsBetween(chord, state, behind.id, owner.id)
  // A ring too small to hold all copies is one that has lost its members, or is about to. Other pairs have their turn.
  if (following.length < copies || !takesPairs(state)) {
    state.maintaining = false
    return
  }
  const others = responsible.filter(({ node }) => node !== state.self.node)
  const keep = others.length < responsible.length
  if (!keep) beginDropping(state, pairs)
  placePairs(chord, state, ctx, pairs, others, { type: 'maintain', keep })
}

/** A list that is shorter than there are copies goes all round the ring, up to the one whose list it is. */
function allRound(behind: Peer, successors: readonly Peer[]): readonly Peer[] {
  return successors.some(({ node }) => node === behind.node) ? successors : [...successors, behind]
}

/**
 * Those whose turn it is, as many as fit. The last turn may have ended in the middle of what is one owner's now: those
 * before have had theirs, and would take the cursor back to where it was, for ever.
 */
function pairsBetween(chord: Chord, state: ChordState, from: Identifier, to: Identifier): readonly Pair[] {
  const start = isBetween(from, state.cursor, to) ? state.cursor : from
  const pairs = [...state.pairs.values()]
    .filter(({ place }) => isWithin(start, place, to))
    .sort((one, other) => behindCursor(chord, state, one) - behindCursor(chord, state, other))
    .slice(0, chord.options.pairsPerMessage)
  state.cursor = pairs.at(-1)?.place ?? to
  return pairs
}

export function onMaintained(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  { pairs, purpose, moved }: Placement,
  placed: boolean,
): void {
  state.maintaining = false
  // Where some were in the wrong place, others are likely to be.
  if (placed && (moved || (purpose.type === 'maintain' && !purpose.keep)))
    ctx.setTimer('maintain', chord.options.maintainMs / 10)
  if (purpose.type !== 'maintain' || purpose.keep) return
  if (placed && takesPairs(state)) finishDropping(state, ctx, pairs)
  else stopDropping(state, pairs)
}
