import type { Chord } from './chord.ts'
import type { Peer } from './identifiers.ts'
import { beginLookup } from './lookup.ts'
import { beginJoin, inOrder, isMember, meet, seeksPlace } from './neighbours.ts'
import { persistNeighbours } from './persistence.ts'
import { answer } from './answers.ts'
import { stabilize } from './stabilize.ts'
import type { ChordContext, ChordState } from './state.ts'

/**
 * Asks those that it knows for its place, some at a time. Who has asked them all, and heard of no member for long,
 * begins a ring of its own, in which others find it: when all have crashed at once, nobody else would.
 */
export function tryToJoin(chord: Chord, state: ChordState, ctx: ChordContext): void {
  if (!seeksPlace(state)) return
  const { joinMs, foundAfterMs, contactsPerTry } = chord.options
  ctx.setTimer('join', [joinMs / 2, joinMs])
  const contacts = contactsOf(chord, state)
  if (state.tried >= contacts.length && ctx.now - state.sinceMs > foundAfterMs) {
    found(chord, state, ctx)
    return
  }
  for (let count = Math.min(contactsPerTry, contacts.length); count > 0; count--) {
    const contact = contacts[state.tried++ % contacts.length]!
    beginLookup(chord, state, ctx, state.self.id, { type: 'join' }, [contact])
  }
}

/** Whom to ask: those that the ring began with, and those that were met. */
export function contactsOf(chord: Chord, state: ChordState): readonly Peer[] {
  const contacts = new Map(state.known.map((peer) => [peer.node, peer]))
  for (const node of chord.members) if (!contacts.has(node)) contacts.set(node, { node, id: chord.identify(node) })
  contacts.delete(state.self.node)
  return [...contacts.values()]
}

function found(chord: Chord, state: ChordState, ctx: ChordContext): void {
  state.counts.founded++
  ctx.note('ring founded')
  state.predecessor = null
  state.successors = []
  becomeMember(chord, state, ctx)
}

/**
 * The place was found behind a member with these successors. They become the joiner's own, as a whole: one that began
 * with its first successor alone would be lost with that one (Zave 2012, section 4).
 */
export function onPlaceFound(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  behind: Peer,
  itsSuccessors: readonly Peer[],
): void {
  if (!seeksPlace(state)) return
  const others = itsSuccessors.filter(({ node }) => node !== state.self.node)
  if (behind.id === state.self.id || others.some(({ id }) => id === state.self.id)) {
    ctx.note('identifier taken', { id: state.self.id })
    return
  }
  chord.rules.takePlace(state, behind, inOrder(state, chord, others.length === 0 ? [behind] : others))
  for (const peer of [behind, ...state.successors]) meet(chord, state, peer)
  state.counts.joined++
  ctx.note('joined', { behind: behind.node })
  becomeMember(chord, state, ctx)
}

export function takePlace(state: ChordState, behind: Peer, successors: readonly Peer[]): void {
  state.predecessor = behind
  state.successors = successors
}

export function becomeMember(chord: Chord, state: ChordState, ctx: ChordContext): void {
  state.phase = 'member'
  ctx.cancelTimer('join')
  persistNeighbours(state, ctx)
  const { asker } = state
  state.asker = null
  if (asker !== null) answer(ctx, asker, 'ok')
  stabilize(chord, state, ctx)
}

/** An administrator asks the node to join. */
export function onJoinRequest(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  asker: NonNullable<ChordState['asker']>,
): void {
  if (isMember(state)) {
    answer(ctx, asker, state.phase === 'member' ? 'ok' : 'busy')
    return
  }
  state.asker = asker
  if (state.phase === 'outside') beginJoin(chord, state, ctx)
}
