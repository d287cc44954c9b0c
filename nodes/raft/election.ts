import type { NodeId } from '../../sim/machine.ts'
import { syncJournal } from '../storage/journal.ts'
import { becomeLeader } from './leader.ts'
import { lastIndex, lastTerm } from './log.ts'
import type { RequestVote, RequestVoteReply } from './messages.ts'
import { persistThenSend, recordTerm } from './persistence.ts'
import type { Raft } from './raft.ts'
import { armElection, becomeCandidate, becomeFollower, hearsLeader } from './roles.ts'
import type { RaftContext, RaftState } from './state.ts'

/** No leader was heard of for an election timeout, or no candidate has won: a new term, a new election (section 5.2). */
export function startElection(raft: Raft, state: RaftState, ctx: RaftContext, isSuccessor: boolean): void {
  becomeCandidate(raft, state, ctx, isSuccessor)
  raft.rules.campaign(raft, state, ctx)
}

/** What a candidate promises itself must be durable before anyone hears of it: it votes for nobody else in this term. */
export function campaign(raft: Raft, state: RaftState, ctx: RaftContext): void {
  makeOwnVoteDurable(state, ctx)
  requestVotes(raft, state, ctx)
}

export function makeOwnVoteDurable(state: RaftState, ctx: RaftContext): void {
  recordTerm(state, ctx.disk)
  syncJournal(state.journal, ctx.disk)
  ctx.send(ctx.self, { type: 'Durable', term: state.term, index: lastIndex(state.log) })
}

/** Asks all who have not granted their vote; again and again while the election lasts, as messages get lost. */
export function requestVotes(raft: Raft, state: RaftState, ctx: RaftContext): void {
  const message: RequestVote = {
    type: 'RequestVote',
    term: state.term,
    lastLogIndex: lastIndex(state.log),
    lastLogTerm: lastTerm(state.log),
    leadershipTransfer: state.isSuccessor,
  }
  for (const id of state.configuration.servers) if (id !== ctx.self && !state.votes.includes(id)) ctx.send(id, message)
  ctx.setTimer('heartbeat', raft.options.heartbeatMs)
}

/**
 * One vote a term, first come first served, and only for a log at least as up to date as one's own (sections 5.2 and
 * 5.4.1). Who asks again gets the same answer. Only a granted vote puts off one's own candidacy: a candidate that
 * cannot win must not keep others from trying. And who hears a leader heeds no candidate at all, not even its term:
 * with that leader well, there is nothing to elect (dissertation, sections 4.2.3 and 6.2).
 */
export function onRequestVote(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  from: NodeId,
  message: RequestVote,
): void {
  if (message.term > state.term) {
    if (raft.options.checkQuorum && !message.leadershipTransfer && hearsLeader(raft, state, ctx)) return
    becomeFollower(raft, state, ctx, message.term, null)
  }
  const granted =
    message.term === state.term &&
    (state.votedFor === null || state.votedFor === from) &&
    raft.rules.isUpToDate(message.lastLogTerm, message.lastLogIndex, state.log)
  const reply: RequestVoteReply = { type: 'RequestVoteReply', term: state.term, granted }
  if (!granted) {
    persistThenSend(state, ctx, from, reply)
    return
  }
  if (state.votedFor === null) ctx.note('voted', { term: state.term, for: from })
  raft.rules.answerVote(state, ctx, from, reply)
  armElection(raft, ctx)
}

/** A vote that the candidate will count on must outlive a crash: a voter that forgot it could vote twice in a term. */
export function answerVote(state: RaftState, ctx: RaftContext, to: NodeId, reply: RequestVoteReply): void {
  state.votedFor = to
  persistThenSend(state, ctx, to, reply)
}

export function onRequestVoteReply(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  from: NodeId,
  reply: RequestVoteReply,
): void {
  if (reply.term > state.term) becomeFollower(raft, state, ctx, reply.term, null)
  else if (reply.granted && reply.term === state.term && state.role === 'candidate') countVote(raft, state, ctx, from)
}

export function countVote(raft: Raft, state: RaftState, ctx: RaftContext, voter: NodeId): void {
  state.votes.push(voter)
  const { servers } = state.configuration
  if (raft.rules.tally(state.votes, servers) >= raft.rules.majority(servers.length)) {
    becomeLeader(raft, state, ctx)
  }
}

/** How many servers have voted: a vote that comes twice is one vote, and one of a server that is no member is none. */
export function tally(votes: readonly NodeId[], servers: readonly NodeId[]): number {
  let count = 0
  for (const id of servers) if (votes.includes(id)) count++
  return count
}
