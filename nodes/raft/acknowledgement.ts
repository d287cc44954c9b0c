import type { NodeId } from '../../sim/machine.ts'
import { applyCommitted } from './apply.ts'
import { advanceCommitIndex } from './commit.ts'
import { urge } from './leadership-transfer.ts'
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
    if (raft.rules.heedsTerm(reply, state.log)) becomeFollower(raft, state, ctx, reply.term, null)
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
 * are doubled on both ways, each answer to an answer would be twice as many, without end. What is lost is sent again
 * with a later round.
 */
function onSuccess(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
  matchIndex: number,
): void {
  const known = follower.matchIndex
  follower.matchIndex = raft.rules.matchIndexAfter(known, matchIndex, follower)
  if (follower.matchIndex <= known) return
  const { inFlight } = follower
  while (inFlight.length > 0 && inFlight[0]! <= matchIndex) inFlight.shift()
  follower.isProbed = false
  follower.waitingSinceMs = ctx.now
  follower.waitingSinceRound = leadership.round
  follower.nextIndex = Math.max(follower.nextIndex, matchIndex + 1)
  commitAndApply(raft, state, ctx, leadership)
  const { joining } = leadership
  if (joining?.progress === follower) catchUp(raft, state, ctx, leadership, joining)
  if (state.leadership === null || urge(state, ctx, leadership, follower)) return
  sendAppendEntries(raft, state, ctx, leadership, follower)
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
    onSuccess(raft, state, ctx, leadership, follower, reply.lastIndex)
  }
  if (state.leadership !== null && leadership.reads.length > 0) confirmReads(raft, state, ctx, leadership)
}

/**
 * A message was refused: the guess was wrong, or one before it is lost or was overtaken. From there on it is one
 * message at a time until the logs agree. A refusal of an earlier guess, or of what the follower has by now, is late
 * and says nothing new.
 */
function onConflict(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
  reply: AppendEntriesReply,
): void {
  const { nextIndex, isProbed, matchIndex } = follower
  const isLate = isProbed ? reply.prevLogIndex !== nextIndex - 1 : reply.prevLogIndex >= nextIndex
  if (isLate || reply.prevLogIndex <= matchIndex) return
  backOff(raft, state, follower, reply)
  follower.isProbed = true
  follower.inFlight.length = 0
  if (follower.nextIndex < nextIndex) sendAppendEntries(raft, state, ctx, leadership, follower)
}

export function isReplyToTerm(requestTerm: number, term: number): boolean {
  return requestTerm === term
}

/** Replies overtake each other: a late one tells of less. */
export function matchIndexAfter(knownIndex: number, toldIndex: number): number {
  return Math.max(knownIndex, toldIndex)
}

/** Whoever sees a later term steps down, in whichever message it sees it (section 5.1). */
export function heedsTerm(): boolean {
  return true
}
