import type { NodeId } from '../../sim/machine.ts'
import { applyCommitted } from './apply.ts'
import { advanceCommitIndex } from './commit.ts'
import { urge } from './leadership-transfer.ts'
import { lastIndex } from './log.ts'
import { catchUp, retireWhenRemoved } from './membership.ts'
import type { AppendEntriesReply, InstallSnapshotReply } from './messages.ts'
import type { Raft } from './raft.ts'
import { confirmReads } from './read-index.ts'
import { backOff, sendAppendEntries } from './replication.ts'
import { becomeFollower } from './roles.ts'
import { sendNextPiece } from './snapshot-transfer.ts'
import type { Leadership, Progress, RaftContext, RaftState } from './state.ts'

/** The leader's own writes are durable up to the index. */
export function onLeaderDurable(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  index: number,
): void {
  leadership.durableIndex = Math.max(leadership.durableIndex, index)
  commitAndApply(raft, state, ctx, leadership)
}

function commitAndApply(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  if (!advanceCommitIndex(raft, state, leadership)) return
  applyCommitted(raft, state, ctx)
  retireWhenRemoved(raft, state, ctx, leadership)
}

export function onAppendEntriesReply(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  from: NodeId,
  reply: AppendEntriesReply,
): void {
  if (reply.term > state.term) {
    becomeFollower(raft, state, ctx, reply.term, null)
    return
  }
  const leadership = state.leadership
  // A reply to an earlier leadership of this server says nothing about this one.
  if (leadership === null || !raft.rules.isReplyToTerm(reply.requestTerm, state.term)) return
  const follower = progressOf(leadership, from)
  if (follower === undefined) return
  // Also who refuses the entries acknowledges the leader.
  if (reply.round > follower.ackedRound) follower.ackedRound = reply.round
  if (reply.success) onSuccess(raft, state, ctx, leadership, follower, reply.matchIndex)
  else onConflict(raft, state, ctx, leadership, follower, reply)
  if (state.leadership !== null && leadership.reads.length > 0) confirmReads(raft, state, ctx, leadership)
}

function progressOf({ followers, joining }: Leadership, id: NodeId): Progress | undefined {
  for (const follower of followers) if (follower.id === id) return follower
  return joining?.progress.id === id ? joining.progress : undefined
}

/**
 * Only a reply that tells of progress brings more entries at once. One that says nothing new must not: where messages
 * are doubled on both ways, each answer to an answer would be twice as many, without end. Heartbeats repeat what is
 * lost.
 */
function onSuccess(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
  matchIndex: number,
): void {
  if (matchIndex <= follower.matchIndex) return
  follower.matchIndex = matchIndex
  follower.nextIndex = Math.max(follower.nextIndex, matchIndex + 1)
  commitAndApply(raft, state, ctx, leadership)
  const { joining } = leadership
  if (joining?.progress === follower) catchUp(raft, state, ctx, leadership, joining)
  if (state.leadership === null || urge(state, ctx, leadership, follower)) return
  if (follower.sentIndex < lastIndex(state.log)) sendAppendEntries(raft, state, ctx, leadership, follower)
}

/** Acknowledges a piece of a snapshot: the next one goes out, or, after the last, the entries behind it. */
export function onInstallSnapshotReply(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  from: NodeId,
  reply: InstallSnapshotReply,
): void {
  if (reply.term > state.term) {
    becomeFollower(raft, state, ctx, reply.term, null)
    return
  }
  const leadership = state.leadership
  if (leadership === null || reply.requestTerm !== state.term) return
  const follower = progressOf(leadership, from)
  if (follower === undefined) return
  if (reply.round > follower.ackedRound) follower.ackedRound = reply.round
  if (!reply.installed) sendNextPiece(raft, state, ctx, leadership, follower, reply)
  else {
    if (follower.transfer?.snapshot.lastIndex === reply.lastIndex) follower.transfer = null
    if (reply.lastIndex > follower.matchIndex) follower.sentIndex = reply.lastIndex
    onSuccess(raft, state, ctx, leadership, follower, reply.lastIndex)
  }
  if (state.leadership !== null && leadership.reads.length > 0) confirmReads(raft, state, ctx, leadership)
}

/** A refusal of an earlier guess than the present one is late and says nothing new. */
function onConflict(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
  reply: AppendEntriesReply,
): void {
  if (reply.prevLogIndex !== follower.nextIndex - 1) return
  const refused = follower.nextIndex
  backOff(state, follower, reply)
  if (follower.nextIndex < refused) sendAppendEntries(raft, state, ctx, leadership, follower)
}

export function isReplyToTerm(requestTerm: number, term: number): boolean {
  return requestTerm === term
}
