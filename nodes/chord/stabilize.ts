import type { Chord } from './chord.ts'
import { isBetween, type Peer } from './identifiers.ts'
import type { Neighbours } from './messages.ts'
import { drop, isMember, meet, setPredecessor, setSuccessors } from './neighbours.ts'
import { ask, isPending } from './requests.ts'
import type { ChordContext, ChordState } from './state.ts'

/**
 * The ring mends itself: each node asks its successor now and then who lies between, and tells it that it is there.
 * These are the operations that Zave proved right ("Reasoning about identifier spaces: how to make Chord correct",
 * 2017, section 3), with the names that they have there.
 */

/** Stabilize from successor: takes over its list, and hears who its predecessor is. */
export function stabilize(chord: Chord, state: ChordState, ctx: ChordContext): void {
  ctx.setTimer('stabilize', [chord.options.stabilizeMs * 0.75, chord.options.stabilizeMs * 1.25])
  if (!isMember(state) || state.phase === 'lost' || isPending(state, 'stabilize') || isPending(state, 'adopt')) return
  const [successor] = state.successors
  if (successor !== undefined) {
    ask(state, ctx, chord.options, successor, (request) => ({ type: 'AskNeighbours', request }), { type: 'stabilize' })
  } else if (state.predecessor !== null) {
    // Alone until now: who has found it follows it as well.
    chord.rules.consider(chord, state, ctx, state.predecessor, false)
  }
}

/** The successor is dead, or no member: the next one is asked at once. */
export function onSuccessorGone(chord: Chord, state: ChordState, ctx: ChordContext, gone: Peer): void {
  drop(chord, state, ctx, gone)
  stabilize(chord, state, ctx)
}

export function onSuccessorAnswer(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  successor: Peer,
  answer: Neighbours,
): void {
  if (!isMember(state) || state.successors[0]?.node !== successor.node) return
  setSuccessors(chord, state, ctx, chord.rules.reconciled(state, successor, answer.successors))
  const between = answer.predecessor
  if (between !== null && isBetween(state.self.id, between.id, successor.id)) {
    chord.rules.consider(chord, state, ctx, between, false)
  } else ctx.send(successor.node, { type: 'Notify', peer: state.self })
}

/**
 * Stabilize from predecessor: one that may lie between this node and its successor becomes the successor only once it
 * has answered, and with its list: a pointer to a dead node would cut the ring.
 */
export function consider(chord: Chord, state: ChordState, ctx: ChordContext, candidate: Peer, reunites: boolean): void {
  ask(state, ctx, chord.options, candidate, (request) => ({ type: 'AskNeighbours', request }), {
    type: 'adopt',
    reunites,
  })
}

/** The candidate answered; a silent one, or no member, changes nothing. */
export function onCandidateAnswer(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  candidate: Peer,
  answer: Neighbours,
  reunites: boolean,
): void {
  const [successor] = state.successors
  if (!isMember(state) || state.phase === 'lost') return
  if (successor === undefined || isBetween(state.self.id, candidate.id, successor.id)) {
    setSuccessors(chord, state, ctx, chord.rules.reconciled(state, candidate, answer.successors))
    if (reunites) {
      state.counts.reunited++
      ctx.note('rings reunited', { by: candidate.node })
    }
    // Where two rings lie in each other, many may lie between: one in each period would take a large ring too long.
    const between = answer.predecessor
    if (between !== null && isBetween(state.self.id, between.id, candidate.id)) {
      chord.rules.consider(chord, state, ctx, between, reunites)
      return
    }
  }
  notifySuccessor(state, ctx)
}

export function notifySuccessor(state: ChordState, ctx: ChordContext): void {
  const [successor] = state.successors
  if (successor !== undefined) ctx.send(successor.node, { type: 'Notify', peer: state.self })
}

/** Somebody takes this node for its successor. */
export function onNotify(chord: Chord, state: ChordState, ctx: ChordContext, notifier: Peer): void {
  if (!isMember(state) || notifier.node === state.self.node || notifier.id === state.self.id) return
  meet(chord, state, notifier)
  chord.rules.rectify(chord, state, ctx, notifier)
}

/** Rectify: a nearer predecessor is taken at once, any other once the present one is found dead. */
export function rectify(chord: Chord, state: ChordState, ctx: ChordContext, notifier: Peer): void {
  const { predecessor, self } = state
  if (predecessor === null || isBetween(predecessor.id, notifier.id, self.id)) setPredecessor(chord, state, notifier)
  else if (predecessor.node !== notifier.node && !isPending(state, 'rectify')) {
    ask(state, ctx, chord.options, predecessor, (request) => ({ type: 'AskNeighbours', request }), {
      type: 'rectify',
      notifier,
    })
  }
}

/** The predecessor did not answer, or is no member. */
export function onPredecessorGone(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  gone: Peer,
  notifier: Peer,
): void {
  const wasPredecessor = state.predecessor?.node === gone.node
  drop(chord, state, ctx, gone)
  if (wasPredecessor && isMember(state)) setPredecessor(chord, state, notifier)
}
