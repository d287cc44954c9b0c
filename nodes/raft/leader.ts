import type { NodeId } from '../../sim/machine.ts'
import { append, ownEntry, stampNow } from './append.ts'
import { followMembers } from './configuration.ts'
import { lastIndex, lastStampMs } from './log.ts'
import type { ClientRequest, OpenSession } from './messages.ts'
import type { Raft } from './raft.ts'
import { answer, refuseAsBusy } from './replies.ts'
import { armElection } from './roles.ts'
import type { Leadership, RaftContext, RaftState, Waiter } from './state.ts'
import type { Command } from './state-machine.ts'

/**
 * The winner of an election begins its term with an entry of its own, a no-op: only with it can it commit what its
 * predecessors left, and learn how far they had committed (section 8).
 */
export function becomeLeader(raft: Raft, state: RaftState, ctx: RaftContext): void {
  const last = lastIndex(state.log)
  state.role = 'leader'
  state.leaderId = ctx.self
  state.votes.length = 0
  // The log up to here was synced with the candidate's own vote, before the first vote could come in.
  const leadership: Leadership = {
    followers: [],
    isMember: false,
    joining: null,
    transfer: null,
    noOpIndex: last + 1,
    beganMs: ctx.now,
    beganStampMs: lastStampMs(state.log),
    durableIndex: last,
    round: 0,
    checkedRound: 0,
    reads: [],
  }
  state.leadership = leadership
  followMembers(state, ctx, leadership)
  ctx.note('became leader', { term: state.term })
  armElection(raft, ctx)
  append(raft, state, ctx, leadership, ownEntry(state, leadership.beganStampMs, null))
}

/** A client's command, at the leader: into the log, unless it was executed before. */
export function propose(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  client: NodeId,
  request: ClientRequest,
): void {
  const { session, serial, command } = request
  const waiter = { client, session, serial, term: state.term }
  const executed = state.sessions.get(session)
  if (executed !== undefined && serial <= executed.serial) {
    if (serial === executed.serial) answer(ctx, waiter, { status: 'ok', answer: executed.answer })
    return
  }
  appendFor(raft, state, ctx, leadership, waiter, command)
}

/** A client's wish for a session, at the leader. Each copy of it opens one; those that nobody uses expire. */
export function proposeSession(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  client: NodeId,
  { session, serial }: OpenSession,
): void {
  appendFor(raft, state, ctx, leadership, { client, session, serial, term: state.term }, null)
}

function appendFor(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  waiter: Waiter,
  command: Command | null,
): void {
  const isFull = lastIndex(state.log) - state.commitIndex >= raft.options.maxUncommittedEntries
  if (isFull || leadership.transfer !== null) {
    refuseAsBusy(ctx, waiter)
    return
  }
  const { term, session, serial } = waiter
  const stampMs = stampNow(ctx, leadership)
  state.waiting.set(lastIndex(state.log) + 1, waiter)
  append(raft, state, ctx, leadership, { term, session, serial, command, servers: null, stampMs })
}
