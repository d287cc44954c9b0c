import { entriesBetween, entryAt, lastIndex, lastIndexOfTerm, termAt } from './log.ts'
import type { AppendEntries, AppendEntriesReply, Entry } from './messages.ts'
import type { Raft } from './raft.ts'
import { needsSnapshot, sendSnapshot } from './snapshot-transfer.ts'
import type { Leadership, Progress, RaftContext, RaftState } from './state.ts'

const NO_ENTRIES: readonly Entry[] = []
/** What an entry takes on the wire besides its command, about. */
const ENTRY_BYTES = 56

/**
 * Tells all followers, with what each is not known to have: to repeat without end is what makes lost messages
 * harmless (section 5.3), and in idle times heartbeats keep followers from becoming candidates (section 5.2).
 * Followers that need the same get the same message. Begins a new round.
 */
export function broadcastAppendEntries(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  leadership.round++
  ctx.setTimer('heartbeat', raft.options.heartbeatMs)
  let message: AppendEntries | undefined
  for (const follower of leadership.followers) {
    if (needsSnapshot(state, follower)) {
      sendSnapshot(raft, state, ctx, leadership, follower)
      continue
    }
    if (message === undefined || message.prevLogIndex !== follower.nextIndex - 1) {
      message = appendEntriesFrom(raft, state, ctx, leadership, follower.nextIndex)
    }
    send(ctx, follower, message)
  }
  if (leadership.joining !== null) sendAppendEntries(raft, state, ctx, leadership, leadership.joining.progress)
}

/** Tells one follower what it is not known to have, in the present round. */
export function sendAppendEntries(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
): void {
  if (needsSnapshot(state, follower)) sendSnapshot(raft, state, ctx, leadership, follower)
  else send(ctx, follower, appendEntriesFrom(raft, state, ctx, leadership, follower.nextIndex))
}

function send(ctx: RaftContext, follower: Progress, message: AppendEntries): void {
  follower.sentIndex = Math.max(follower.sentIndex, message.prevLogIndex + message.entries.length)
  ctx.send(follower.id, message)
}

function appendEntriesFrom(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  nextIndex: number,
): AppendEntries {
  const last = lastToSend(raft, state, ctx, nextIndex)
  return {
    type: 'AppendEntries',
    term: state.term,
    round: leadership.round,
    prevLogIndex: nextIndex - 1,
    prevLogTerm: termAt(state.log, nextIndex - 1),
    entries: last < nextIndex ? NO_ENTRIES : entriesBetween(state.log, nextIndex, last),
    leaderCommit: state.commitIndex,
  }
}

/** The last entry that still fits into one message. */
function lastToSend(raft: Raft, state: RaftState, ctx: RaftContext, nextIndex: number): number {
  const last = lastIndex(state.log)
  if (last <= nextIndex) return last
  if (ctx.buggify('raft: one entry a message')) return nextIndex
  const { maxEntriesPerMessage, maxBytesPerMessage } = raft.options
  let bytes = 0
  for (let index = nextIndex; index <= last; index++) {
    bytes += entryBytes(raft, entryAt(state.log, index)!)
    if (index > nextIndex && bytes > maxBytesPerMessage) return index - 1
    if (index - nextIndex + 1 === maxEntriesPerMessage) return index
  }
  return last
}

function entryBytes(raft: Raft, entry: Entry): number {
  return ENTRY_BYTES + (entry.command === null ? 0 : raft.stateMachine.sizeBytes(entry.command))
}

/**
 * Where to try next after a follower refused: behind the leader's last entry of the conflicting term, or at the
 * follower's first of it, so that each refusal costs a term and not an entry (end of section 5.3). Never behind what
 * the follower is known to have.
 */
export function backOff(state: RaftState, follower: Progress, reply: AppendEntriesReply): void {
  const shared = reply.conflictTerm === 0 ? 0 : lastIndexOfTerm(state.log, reply.conflictTerm, reply.prevLogIndex)
  const hint = shared > 0 ? shared + 1 : reply.conflictIndex
  follower.nextIndex = Math.max(follower.matchIndex + 1, Math.min(hint, reply.prevLogIndex))
}
