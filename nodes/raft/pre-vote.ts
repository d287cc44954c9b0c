import type { NodeId } from '../../sim/machine.ts'
import { startElection } from './election.ts'
import { lastIndex, lastTerm } from './log.ts'
import type { PreVote, PreVoteReply } from './messages.ts'
import type { Raft } from './raft.ts'
import { armElection, becomeFollower, hearsLeader } from './roles.ts'
import type { RaftContext, RaftState } from './state.ts'

/**
 * A server asks whether it could win an election before it begins one, as each election deposes whoever leads: one
 * that was cut off for a while, or hears its leader no more while others do, would only disturb (dissertation, section
 * 9.6). Nothing is promised here, so nothing is written down.
 */
export function startPreVote(raft: Raft, state: RaftState, ctx: RaftContext): void {
  if (state.role !== 'pre-candidate') ctx.note('became pre-candidate', { term: state.term })
  state.role = 'pre-candidate'
  state.leaderId = null
  state.votes.length = 0
  armElection(raft, ctx)
  requestPreVotes(raft, state, ctx)
  countPreVote(raft, state, ctx, ctx.self)
}

/**
 * Asks all who have not agreed; again and again while it lasts, as messages get lost. A server that was removed may
 * never hear that this is committed: it asks now and then.
 */
export function requestPreVotes(raft: Raft, state: RaftState, ctx: RaftContext): void {
  const message: PreVote = {
    type: 'PreVote',
    term: state.term + 1,
    lastLogIndex: lastIndex(state.log),
    lastLogTerm: lastTerm(state.log),
  }
  const { servers } = state.configuration
  for (const id of servers) if (id !== ctx.self && !state.votes.includes(id)) ctx.send(id, message)
  if (servers.includes(ctx.self)) ctx.setTimer('heartbeat', raft.options.heartbeatMs)
}

/** Agrees where it would vote so in that term, and knows of no leader itself. Its own term stays as it is. */
export function onPreVote(raft: Raft, state: RaftState, ctx: RaftContext, from: NodeId, message: PreVote): void {
  const granted =
    message.term > state.term &&
    !hearsLeader(raft, state, ctx) &&
    raft.rules.isUpToDate(message.lastLogTerm, message.lastLogIndex, state.log)
  if (!granted) state.preVotesRefused++
  ctx.send(from, { type: 'PreVoteReply', term: granted ? message.term : state.term, granted })
}

/** A refusal may tell of a later term, which is taken over, so that the next attempt is for one that can be won. */
export function onPreVoteReply(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  from: NodeId,
  reply: PreVoteReply,
): void {
  if (!reply.granted && reply.term > state.term) becomeFollower(raft, state, ctx, reply.term, null)
  else if (reply.granted && reply.term === state.term + 1 && state.role === 'pre-candidate') {
    countPreVote(raft, state, ctx, from)
  }
}

function countPreVote(raft: Raft, state: RaftState, ctx: RaftContext, voter: NodeId): void {
  state.votes.push(voter)
  const { servers } = state.configuration
  if (raft.rules.tally(state.votes, servers) >= raft.rules.majority(servers.length)) {
    startElection(raft, state, ctx, false)
  }
}
