import type { Chord } from './chord.ts'
import { isBetween, type Peer } from './identifiers.ts'
import { contactsOf } from './joining.ts'
import { beginLookup } from './lookup.ts'
import { isMember, meet } from './neighbours.ts'
import type { ChordContext, ChordState } from './state.ts'

/**
 * A cut in the network leaves two rings, which stabilizing alone never joins again: each is right by itself. So now and
 * then a node looks for its own place by way of any node it ever met (strong stabilization, Liben-Nowell, Balakrishnan
 * and Karger, "Analysis of the evolution of peer-to-peer systems", 2002, section 5; the same through nodes of the other
 * ring, Shafaat, Ghodsi and Haridi, "Handling network partitions and mergers in structured overlay networks", 2007).
 */
export function reunite(chord: Chord, state: ChordState, ctx: ChordContext): void {
  // A small ring is likely to be a piece of another one.
  const periodMs = chord.options.reuniteMs / (state.successors.length < state.redundancy ? 5 : 1)
  ctx.setTimer('reunite', [periodMs * 0.75, periodMs * 1.25])
  if (!isMember(state) || state.phase === 'lost' || !chord.rules.reunites()) return
  const contacts = contactsOf(chord, state)
  if (contacts.length === 0) return
  beginLookup(chord, state, ctx, state.self.id, { type: 'reunite' }, [ctx.random.pick(contacts)])
}

/** In a ring that is whole a node finds itself; otherwise one that may be a better successor than its own. */
export function onSelfSought(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  behind: Peer,
  successors: readonly Peer[],
): void {
  if (!isMember(state) || state.phase === 'lost') return
  meet(chord, state, behind)
  const { self } = state
  const candidate = successors[0] ?? behind
  if (candidate.node === self.node || candidate.id === self.id) return
  const [successor] = state.successors
  if (successor === undefined || isBetween(self.id, candidate.id, successor.id)) {
    chord.rules.consider(chord, state, ctx, candidate, true)
  }
}
