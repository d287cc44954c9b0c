import type { NodeId } from '../../sim/machine.ts'
import type { Chord } from './chord.ts'
import { answer } from './answers.ts'
import { onHop, onHopSilent } from './lookup.ts'
import type { Neighbours, Reply } from './messages.ts'
import { onCompared, onStored, onTargetSilent } from './placement.ts'
import { onFetched, onReplicaSilent } from './reading.ts'
import { settle } from './requests.ts'
import { onDone } from './service.ts'
import {
  notifySuccessor,
  onCandidateAnswer,
  onPredecessorGone,
  onSuccessorAnswer,
  onSuccessorGone,
} from './stabilize.ts'
import type { ChordContext, ChordState, Pending } from './state.ts'

/** A reply goes to whatever asked; one that nobody waits for goes nowhere. */
export function onReply(chord: Chord, state: ChordState, ctx: ChordContext, from: NodeId, reply: Reply): void {
  const pending = settle(state, ctx, from, reply.request)
  if (pending === undefined) return
  const { to, purpose } = pending
  switch (reply.type) {
    case 'Neighbours':
      onNeighbours(chord, state, ctx, pending, reply)
      break
    case 'Hop':
      if (purpose.type === 'lookup') onHop(chord, state, ctx, purpose.lookup, to, reply)
      break
    case 'Stored':
      if (purpose.type === 'place') onStored(chord, state, purpose.placement, to, reply)
      break
    case 'Compared':
      if (purpose.type === 'place') onCompared(chord, state, ctx, purpose.placement, to, reply)
      break
    case 'Fetched':
      if (purpose.type === 'read') onFetched(state, ctx, purpose.reading, from, reply)
      break
    case 'Done':
      if (purpose.type === 'put' || purpose.type === 'get') onDone(ctx, purpose, reply)
      break
  }
}

function onNeighbours(chord: Chord, state: ChordState, ctx: ChordContext, pending: Pending, reply: Neighbours): void {
  const { to, purpose } = pending
  if (!chord.rules.isMember(reply)) onSilence(chord, state, ctx, pending)
  else if (purpose.type === 'stabilize') onSuccessorAnswer(chord, state, ctx, to, reply)
  else if (purpose.type === 'adopt') onCandidateAnswer(chord, state, ctx, to, reply, purpose.reunites)
}

/** Whoever was asked is dead, or as good as that. */
export function onSilence(chord: Chord, state: ChordState, ctx: ChordContext, { to, purpose }: Pending): void {
  switch (purpose.type) {
    case 'stabilize':
      onSuccessorGone(chord, state, ctx, to)
      break
    case 'adopt':
      notifySuccessor(state, ctx)
      break
    case 'rectify':
      onPredecessorGone(chord, state, ctx, to, purpose.notifier)
      break
    case 'lookup':
      onHopSilent(chord, state, ctx, purpose.lookup, to)
      break
    case 'place':
      onTargetSilent(state, purpose.placement)
      break
    case 'read':
      onReplicaSilent(state, ctx, purpose.reading, to.node)
      break
    case 'put':
    case 'get':
      answer(ctx, purpose, 'busy')
      break
  }
}
