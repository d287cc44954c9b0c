import { answer } from './answers.ts'
import type { Chord } from './chord.ts'
import type { Goodbye } from './messages.ts'
import { drop, isMember, seeksPlace, setPredecessor } from './neighbours.ts'
import { persistDrop, persistMembership } from './persistence.ts'
import { placePairs } from './placement.ts'
import { stabilize } from './stabilize.ts'
import type { Asker, ChordContext, ChordState, Placement } from './state.ts'

/** How soon a leaver goes on whose successors did not take what it holds. */
const PAUSE_MS = 100

/**
 * A node leaves in good order (Stoica et al. 2003, section 4.4): what it holds goes to the nodes behind it, as many as
 * there are to be copies, and then it tells its neighbours of each other. Until then it stays in the ring, and takes
 * nothing more.
 */
export function onLeaveRequest(chord: Chord, state: ChordState, ctx: ChordContext, asker: Asker): void {
  if (state.phase === 'outside') {
    answer(ctx, asker, 'ok')
    return
  }
  if (seeksPlace(state)) {
    answer(ctx, asker, 'busy')
    return
  }
  if (state.phase === 'member' && !isSpare(state)) {
    answer(ctx, asker, 'refused')
    return
  }
  state.asker = asker
  if (state.phase === 'leaving') return
  ctx.note('leaving')
  state.phase = 'leaving'
  state.sinceMs = ctx.now
  state.placed.clear()
  handOver(chord, state, ctx)
}

/** True where as many members stay as the ring rests on, one more than a node has successors (Zave 2017, section 5). */
function isSpare({ predecessor, successors, redundancy }: ChordState): boolean {
  return successors.length === redundancy && successors.every(({ node }) => node !== predecessor?.node)
}

/** Hands over the next pairs, or goes where there are none left. */
export function handOver(chord: Chord, state: ChordState, ctx: ChordContext): void {
  if (state.phase !== 'leaving') return
  if (ctx.now - state.sinceMs > chord.options.leaveWithinMs) {
    stay(state, ctx)
    return
  }
  const targets = state.successors.slice(0, state.copies)
  const enough = targets.length === state.copies
  const left = [...state.pairs.values()].filter(({ key }) => !state.placed.has(key))
  if (chord.rules.mayGo(state, left.length) && enough) leave(state, ctx)
  else if (enough) {
    placePairs(chord, state, ctx, left.slice(0, chord.options.pairsPerMessage), targets, { type: 'leave' })
  } else ctx.setTimer('leave', PAUSE_MS)
}

export function mayGo(_state: ChordState, pairsLeft: number): boolean {
  return pairsLeft === 0
}

export function onHandedOver(
  chord: Chord,
  state: ChordState,
  ctx: ChordContext,
  { pairs }: Placement,
  placed: boolean,
): void {
  if (state.phase !== 'leaving') return
  if (placed) {
    for (const { key } of pairs) state.placed.add(key)
    handOver(chord, state, ctx)
  } else ctx.setTimer('leave', PAUSE_MS)
}

/** It cannot go without taking something with it. */
function stay(state: ChordState, ctx: ChordContext): void {
  ctx.note('stays')
  state.phase = 'member'
  const { asker } = state
  state.asker = null
  if (asker !== null) answer(ctx, asker, 'refused')
}

function leave(state: ChordState, ctx: ChordContext): void {
  const { predecessor, successors, asker } = state
  for (const peer of predecessor === null ? successors.slice(0, 1) : [predecessor, successors[0]!]) {
    ctx.send(peer.node, { type: 'Goodbye', predecessor, successors })
  }
  for (const key of state.pairs.keys()) persistDrop(state, ctx, key)
  state.pairs.clear()
  state.going.clear()
  state.phase = 'outside'
  state.predecessor = null
  state.successors = []
  state.fingers.fill(null)
  state.counts.left++
  state.asker = null
  ctx.note('left')
  persistMembership(state, ctx, false)
  if (asker !== null) answer(ctx, asker, 'ok')
}

/** A neighbour goes. Whoever missed this finds out when it next asks it. */
export function onGoodbye(chord: Chord, state: ChordState, ctx: ChordContext, from: string, message: Goodbye): void {
  if (!isMember(state)) return
  const wasPredecessor = state.predecessor?.node === from
  const { predecessor, successors } = message
  drop(chord, state, ctx, { node: from, id: chord.identify(from) }, successors)
  if (!isMember(state)) return
  if (wasPredecessor && predecessor !== null && predecessor.node !== state.self.node) {
    setPredecessor(chord, state, predecessor)
  }
  stabilize(chord, state, ctx)
}
