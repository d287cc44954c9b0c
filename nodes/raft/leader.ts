import type { Disk, NodeId } from '../../sim/machine.ts'
import { syncJournal } from '../storage/journal.ts'
import { applyCommitted } from './apply.ts'
import { advanceCommitIndex } from './commit.ts'
import { appendEntry, lastIndex, lastStampMs } from './log.ts'
import type { AppendEntriesReply, ClientRequest, Entry, InstallSnapshotReply, OpenSession } from './messages.ts'
import { recordEntries } from './persistence.ts'
import type { Raft } from './raft.ts'
import { confirmReads } from './read-index.ts'
import { answer, refuseAsBusy } from './replies.ts'
import { backOff, broadcastAppendEntries, sendAppendEntries } from './replication.ts'
import { armElection, becomeFollower } from './roles.ts'
import { sendNextPiece } from './snapshot-transfer.ts'
import type { Leadership, Progress, RaftContext, RaftState, Waiter } from './state.ts'
import type { Command } from './state-machine.ts'

/**
 * The winner of an election begins its term with an entry of its own, a no-op: only with it can it commit what its
 * predecessors left, and learn how far they had committed (section 8).
 */
export function becomeLeader(raft: Raft, state: RaftState, ctx: RaftContext): void {
  const last = lastIndex(state.log)
  const followers = raft.servers
    .filter((id) => id !== ctx.self)
    .map((id): Progress => ({ id, nextIndex: last + 1, matchIndex: 0, sentIndex: last, ackedRound: 0, transfer: null }))
  state.role = 'leader'
  state.leaderId = ctx.self
  state.votes.length = 0
  // The log up to here was synced with the candidate's own vote, before the first vote could come in.
  const leadership: Leadership = {
    followers,
    noOpIndex: last + 1,
    beganMs: ctx.now,
    beganStampMs: lastStampMs(state.log),
    durableIndex: last,
    round: 0,
    checkedRound: 0,
    reads: [],
  }
  state.leadership = leadership
  ctx.note('became leader', { term: state.term })
  if (raft.options.checkQuorum) armElection(raft, ctx)
  else ctx.cancelTimer('election')
  const stampMs = leadership.beganStampMs
  append(raft, state, ctx, leadership, { term: state.term, session: '', serial: 0, command: null, stampMs })
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
  if (lastIndex(state.log) - state.commitIndex >= raft.options.maxUncommittedEntries) {
    refuseAsBusy(ctx, waiter)
    return
  }
  const { term, session, serial } = waiter
  state.waiting.set(lastIndex(state.log) + 1, waiter)
  append(raft, state, ctx, leadership, { term, session, serial, command, stampMs: stampNow(ctx, leadership) })
}

/**
 * The log's time: it runs as the leader's clock does, from where the log's last entry had left it, so that it never
 * goes back along the log and clocks that differ between servers make it neither jump nor stand still.
 */
function stampNow(ctx: RaftContext, { beganMs, beganStampMs }: Leadership): number {
  return beganStampMs + Math.floor(ctx.now - beganMs)
}

/**
 * The leader writes an entry while it sends it, and counts itself among those that have it only when its own write is
 * durable (dissertation, section 10.2.1).
 */
function append(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership, entry: Entry): void {
  appendEntry(state.log, entry)
  const index = lastIndex(state.log)
  raft.rules.writeOwnEntry(state, ctx.disk, index, entry, () => broadcastAppendEntries(raft, state, ctx, leadership))
  syncJournal(state.journal, ctx.disk)
  ctx.send(ctx.self, { type: 'Durable', term: state.term, index })
}

/** An error of the disk ends the process here, before anyone has heard of the entry. */
export function writeOwnEntry(state: RaftState, disk: Disk, index: number, entry: Entry, replicate: () => void): void {
  recordEntries(state, disk, index, [entry])
  replicate()
}

/** The leader's own writes are durable up to the index. */
export function onLeaderDurable(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  index: number,
): void {
  leadership.durableIndex = Math.max(leadership.durableIndex, index)
  if (advanceCommitIndex(raft, state, leadership)) applyCommitted(raft, state, ctx)
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
  const follower = leadership.followers.find(({ id }) => id === from)
  if (follower === undefined) return
  // Also who refuses the entries acknowledges the leader.
  if (reply.round > follower.ackedRound) follower.ackedRound = reply.round
  if (reply.success) onSuccess(raft, state, ctx, leadership, follower, reply.matchIndex)
  else onConflict(raft, state, ctx, leadership, follower, reply)
  if (leadership.reads.length > 0) confirmReads(raft, state, ctx, leadership)
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
  if (advanceCommitIndex(raft, state, leadership)) applyCommitted(raft, state, ctx)
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
  const follower = leadership.followers.find(({ id }) => id === from)
  if (follower === undefined) return
  if (reply.round > follower.ackedRound) follower.ackedRound = reply.round
  if (!reply.installed) sendNextPiece(raft, state, ctx, leadership, follower, reply)
  else {
    if (follower.transfer?.snapshot.lastIndex === reply.lastIndex) follower.transfer = null
    if (reply.lastIndex > follower.matchIndex) follower.sentIndex = reply.lastIndex
    onSuccess(raft, state, ctx, leadership, follower, reply.lastIndex)
  }
  if (leadership.reads.length > 0) confirmReads(raft, state, ctx, leadership)
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
