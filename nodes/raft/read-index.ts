import type { NodeId } from '../../sim/machine.ts'
import type { ReadIndex, ReadIndexReply } from './messages.ts'
import { confirmedRound } from './quorum.ts'
import type { Raft } from './raft.ts'
import { refuseAsBusy, refuseAsFollower, type RequestName } from './replies.ts'
import { broadcastAppendEntries } from './replication.ts'
import { serveWhenApplied } from './reads.ts'
import type { Leadership, RaftContext, RaftState, Read } from './state.ts'
import type { Command } from './state-machine.ts'

/**
 * Reads that are linearizable and write nothing to the log (section 8; dissertation, section 6.4): the leader notes
 * what it has committed, makes sure with a round of heartbeats that it still is the leader, and the read is served
 * wherever the state machine has come to that index. A follower asks the leader for the index.
 */

/**
 * What must be applied before the read is served: all that was committed when it came. A new leader does not know how
 * far its predecessors had committed, only that all of it lies before its own no-op, so it waits for that.
 */
export function readIndex(state: RaftState, leadership: Leadership): number {
  return Math.max(state.commitIndex, leadership.noOpIndex)
}

/** A round that begins after the read came: replies to an earlier one prove nothing about now. */
export function readRound(leadership: Leadership): number {
  return leadership.round + 1
}

/** A client's read, at any server. */
export function onRead(raft: Raft, state: RaftState, ctx: RaftContext, request: RequestName, command: Command): void {
  const waiting = state.reads.length + (state.leadership?.reads.length ?? 0)
  if (waiting >= raft.options.maxWaitingReads) {
    refuseAsBusy(ctx, request)
    return
  }
  const { client, session, serial } = request
  if (state.leadership !== null) {
    startRead(raft, state, ctx, state.leadership, { client, server: ctx.self, session, serial, command })
  } else if (raft.options.followerReads && state.leaderId !== null) {
    forward(raft, state, ctx, state.leaderId, { client, server: ctx.self, session, serial, command })
  } else {
    refuseAsFollower(ctx, request, state.leaderId)
  }
}

/**
 * Asks the leader. An answer may never come, and its client be gone by then: of too many that wait for one, the
 * oldest is forgotten.
 */
function forward(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leader: NodeId,
  read: Omit<Read, 'index' | 'round'>,
): void {
  const { forwarded } = state
  const { session, serial } = read
  forwarded.delete(session)
  if (forwarded.size >= raft.options.maxWaitingReads) forwarded.delete(forwarded.keys().next().value!)
  forwarded.set(session, read)
  ctx.send(leader, { type: 'ReadIndex', session, serial })
}

/** A follower's question. A server that is not the leader stays silent; the client will ask again elsewhere. */
export function onReadIndex(raft: Raft, state: RaftState, ctx: RaftContext, from: NodeId, message: ReadIndex): void {
  if (state.leadership === null || state.leadership.reads.length >= raft.options.maxWaitingReads) return
  const { session, serial } = message
  startRead(raft, state, ctx, state.leadership, { client: from, server: from, session, serial, command: null })
}

/**
 * The leader's answer. It names the client's request, so that one to an earlier read, whose index may be too low for
 * this one, is not mistaken for it; an answer to the same request asked twice is as good as the other.
 */
export function onReadIndexReply(raft: Raft, state: RaftState, ctx: RaftContext, message: ReadIndexReply): void {
  const read = state.forwarded.get(message.session)
  if (read === undefined || read.serial !== message.serial) return
  state.forwarded.delete(message.session)
  const { client, server, session, serial, command } = read
  serveWhenApplied(raft, state, ctx, { client, server, session, serial, command, index: message.readIndex, round: 0 })
}

function startRead(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  read: Omit<Read, 'index' | 'round'>,
): void {
  const { client, server, session, serial, command } = read
  const index = raft.rules.readIndex(state, leadership)
  leadership.reads.push({ client, server, session, serial, command, index, round: raft.rules.readRound(leadership) })
  confirmReads(raft, state, ctx, leadership)
}

/** Lets go the reads whose round a majority has answered; begins the next round where some wait for it and none is under way. */
export function confirmReads(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  const { reads } = leadership
  let confirmed = confirmedRound(raft, state, leadership)
  const lastRound = reads[reads.length - 1]?.round ?? 0
  if (lastRound > leadership.round && confirmed === leadership.round) {
    broadcastAppendEntries(raft, state, ctx, leadership)
    confirmed = confirmedRound(raft, state, leadership)
  }
  let count = 0
  for (; count < reads.length && reads[count]!.round <= confirmed; count++) {
    const read = reads[count]!
    if (read.server === ctx.self) serveWhenApplied(raft, state, ctx, read)
    else
      ctx.send(read.server, {
        type: 'ReadIndexReply',
        session: read.session,
        serial: read.serial,
        readIndex: read.index,
      })
  }
  if (count > 0) reads.splice(0, count)
}
