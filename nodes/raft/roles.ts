import type { NodeId } from '../../sim/machine.ts'
import { lastIndex } from './log.ts'
import type { Raft } from './raft.ts'
import { refuseAsFollower } from './replies.ts'
import type { RaftContext, RaftState } from './state.ts'

/**
 * Whoever sees a later term takes it over and becomes a follower, whatever it was (section 5.1). The term is written
 * down with the next thing that is, at the latest before an answer.
 */
export function becomeFollower(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  term: number,
  leader: NodeId | null,
): void {
  const changes = state.role !== 'follower' || term > state.term
  if (term > state.term) {
    state.term = term
    state.votedFor = null
  }
  if (state.leadership !== null) {
    for (const read of state.leadership.reads) if (read.server === ctx.self) refuseAsFollower(ctx, read, leader)
    if (state.leadership.transfer !== null) refuseAsFollower(ctx, state.leadership.transfer.waiter, leader)
    if (state.leadership.joining !== null) refuseAsFollower(ctx, state.leadership.joining.waiter, leader)
    state.leadership = null
    armElection(raft, ctx)
  }
  if (state.role !== 'follower') ctx.cancelTimer('heartbeat')
  state.role = 'follower'
  state.isSuccessor = false
  state.leaderId = leader
  state.votes.length = 0
  if (changes) ctx.note('became follower', { term })
}

/** Votes for itself in a term of its own (section 5.2). Its vote counts once it is durable. */
export function becomeCandidate(raft: Raft, state: RaftState, ctx: RaftContext, isSuccessor: boolean): void {
  state.role = 'candidate'
  state.isSuccessor = isSuccessor
  state.term++
  state.votedFor = ctx.self
  state.leaderId = null
  state.votes.length = 0
  armElection(raft, ctx)
  ctx.note('became candidate', { term: state.term, lastIndex: lastIndex(state.log) })
}

/** The leader of this term has said something, whatever it was: no election for now. */
export function heardLeader(raft: Raft, state: RaftState, ctx: RaftContext, leader: NodeId): void {
  state.leaderId = leader
  state.leaderHeardMs = ctx.now
  armElection(raft, ctx)
}

/**
 * True where this server leads, or has heard of a leader within the shortest election timeout, so that nobody who
 * waited his time out can have missed that leader for the leader's own fault.
 */
export function hearsLeader(raft: Raft, state: RaftState, ctx: RaftContext): boolean {
  if (state.leadership !== null) return true
  return state.leaderId !== null && ctx.now - state.leaderHeardMs < raft.options.electionTimeoutMs[0]
}

/** The timeout is drawn anew each time, so that votes are split rarely, and heal (section 5.2). */
export function armElection(raft: Raft, ctx: RaftContext): void {
  ctx.setTimer('election', raft.options.electionTimeoutMs)
}
