import { entriesBetween, entryAt, lastIndex, lastIndexOfTerm, termAt } from './log.ts'
import type { AppendEntries, AppendEntriesReply, Entry } from './messages.ts'
import type { Raft } from './raft.ts'
import { needsSnapshot, sendSnapshot } from './snapshot-transfer.ts'
import type { Leadership, Progress, RaftContext, RaftState } from './state.ts'

const NO_ENTRIES: readonly Entry[] = []
/** What an entry takes on the wire besides its command, about. */
const ENTRY_BYTES = 56

/**
 * Tells all followers that their leader is there, with what each has not been sent: in idle times heartbeats keep
 * followers from becoming candidates (section 5.2). Followers that need the same get the same message. Begins a new
 * round.
 */
export function broadcastAppendEntries(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  leadership.round++
  ctx.setTimer('heartbeat', raft.options.heartbeatMs)
  let message: AppendEntries | undefined
  for (const follower of leadership.followers) message = tell(raft, state, ctx, leadership, follower, true, message)
  if (leadership.joining !== null) tell(raft, state, ctx, leadership, leadership.joining.progress, true, message)
}

/** Sends one follower what it has not been sent; nothing where there is nothing, or too much is on its way. */
export function sendAppendEntries(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
): void {
  tell(raft, state, ctx, leadership, follower, false, undefined)
}

/** Sends one follower all that it is not known to have, also what may still be on its way, and be it nothing. */
export function sendAnew(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
): void {
  sendAgain(follower)
  tell(raft, state, ctx, leadership, follower, true, undefined)
}

/**
 * Entries follow each other without waiting for replies, as most arrive (dissertation, section 10.2.1): up to so many
 * messages, and only one while it is not known where the logs agree. Returns the last message, which another follower
 * may need too.
 *
 * @param always also where there is no entry to send, so that the follower hears of this round
 */
function tell(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
  always: boolean,
  last: AppendEntries | undefined,
): AppendEntries | undefined {
  if (isLost(raft, ctx, follower)) sendAgain(follower)
  if (needsSnapshot(state, follower)) {
    sendSnapshot(raft, state, ctx, leadership, follower)
    return last
  }
  const mostInFlight = follower.isProbed ? 1 : raft.options.maxInFlightMessages
  let message = last
  let silent = always
  while (follower.nextIndex <= lastIndex(state.log) && follower.inFlight.length < mostInFlight) {
    const first = firstToSend(raft, state, follower)
    const fits = message?.prevLogIndex === first - 1 && first + message.entries.length > follower.nextIndex
    if (!fits) message = entriesFor(raft, state, ctx, leadership, follower, first)
    sendEntries(ctx, leadership, follower, message!)
    silent = false
  }
  if (!silent) return message
  const prevLogIndex = follower.isProbed ? follower.nextIndex - 1 : Math.max(follower.matchIndex, state.log.baseIndex)
  if (message?.entries.length !== 0 || message.prevLogIndex !== prevLogIndex) {
    message = appendEntries(state, leadership, prevLogIndex + 1, NO_ENTRIES)
  }
  ctx.send(follower.id, message)
  return message
}

/**
 * A few entries that are on their way go with the next ones again: where messages overtake each other or get lost, one
 * that begins with what the follower certainly has needs no other before it.
 */
function firstToSend(raft: Raft, { log }: RaftState, { nextIndex, matchIndex, isProbed }: Progress): number {
  const repeated = nextIndex - 1 - matchIndex
  return isProbed || repeated > raft.options.maxRepeatedEntries || matchIndex < log.baseIndex
    ? nextIndex
    : matchIndex + 1
}

/** With one at least that was not sent before. */
function entriesFor(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  { nextIndex }: Progress,
  first: number,
): AppendEntries {
  const last = lastToSend(raft, state, ctx, first)
  if (last >= nextIndex) return appendEntries(state, leadership, first, entriesBetween(state.log, first, last))
  const lastAlone = lastToSend(raft, state, ctx, nextIndex)
  return appendEntries(state, leadership, nextIndex, entriesBetween(state.log, nextIndex, lastAlone))
}

function sendEntries(ctx: RaftContext, { round }: Leadership, follower: Progress, message: AppendEntries): void {
  const last = message.prevLogIndex + message.entries.length
  if (follower.inFlight.length === 0) {
    follower.waitingSinceMs = ctx.now
    follower.waitingSinceRound = round
  }
  follower.inFlight.push(last)
  if (!follower.isProbed) follower.nextIndex = last + 1
  ctx.send(follower.id, message)
}

/**
 * What is on its way is taken for lost where the follower has answered a later round and not that, and not only because
 * the one has overtaken the other. A follower that answers nothing is slow or down: more would not help it.
 */
function isLost(raft: Raft, ctx: RaftContext, follower: Progress): boolean {
  return (
    follower.inFlight.length > 0 &&
    follower.ackedRound > follower.waitingSinceRound &&
    ctx.now - follower.waitingSinceMs >= raft.options.heartbeatMs
  )
}

/** From its beginning, one message at a time. */
export function sendAgain(follower: Progress): void {
  if (!follower.isProbed) follower.nextIndex = follower.matchIndex + 1
  follower.isProbed = true
  follower.inFlight.length = 0
}

function appendEntries(
  state: RaftState,
  { round }: Leadership,
  first: number,
  entries: readonly Entry[],
): AppendEntries {
  return {
    type: 'AppendEntries',
    term: state.term,
    round,
    prevLogIndex: first - 1,
    prevLogTerm: termAt(state.log, first - 1),
    entries,
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
export function backOff(raft: Raft, state: RaftState, follower: Progress, reply: AppendEntriesReply): void {
  const shared = reply.conflictTerm === 0 ? 0 : lastIndexOfTerm(state.log, reply.conflictTerm, reply.prevLogIndex)
  const hint = shared > 0 ? shared + 1 : reply.conflictIndex
  raft.rules.takeGuess(follower, Math.max(follower.matchIndex + 1, Math.min(hint, reply.prevLogIndex)))
}

/** A guess at what to send, and no more: what the follower holds is only known once it says so. */
export function takeGuess(follower: Progress, nextIndex: number): void {
  follower.nextIndex = nextIndex
}
