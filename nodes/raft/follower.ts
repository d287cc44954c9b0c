import type { NodeId } from '../../sim/machine.ts'
import { applyCommitted } from './apply.ts'
import { appendAndAdopt, truncateAndRollBack } from './configuration.ts'
import { firstIndexOfTermAt, holds, lastIndex, type Log, termAt } from './log.ts'
import type { AppendEntries, AppendEntriesReply } from './messages.ts'
import { recordEntries, recordTruncation } from './persistence.ts'
import type { Raft } from './raft.ts'
import { becomeFollower, heardLeader } from './roles.ts'
import type { RaftContext, RaftState } from './state.ts'

/** The receiver's rules of figure 2, under "AppendEntries RPC". */
export function onAppendEntries(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  from: NodeId,
  message: AppendEntries,
): void {
  // 1. A leader of an earlier term is refused and so deposed.
  if (message.term < state.term) {
    raft.rules.acknowledge(state, ctx, from, refusal(state, message, 0, 0))
    return
  }
  // A candidate recognises the leader of its own term (section 5.2).
  if (message.term > state.term || state.role !== 'follower') becomeFollower(raft, state, ctx, message.term, from)
  heardLeader(raft, state, ctx, from)
  // 2. Without the entry before the new ones nothing is known of what lies before them.
  if (!holds(state.log, message.prevLogIndex, message.prevLogTerm)) {
    raft.rules.acknowledge(state, ctx, from, conflict(state, message))
    return
  }
  appendNew(raft, state, ctx, message)
  // 5. Only what this message proves to be the leader's may be taken for committed, not whatever else lies behind it.
  const matchIndex = message.prevLogIndex + message.entries.length
  state.commitIndex = Math.max(state.commitIndex, Math.min(message.leaderCommit, matchIndex))
  applyCommitted(raft, state, ctx)
  raft.rules.acknowledge(state, ctx, from, success(state, message, raft.rules.acknowledgedIndex(state.log, matchIndex)))
}

/**
 * 3. and 4. Entries already there are left alone, as the message may be late and the log longer by now; only a
 * conflicting one is removed, with all behind it; what is new is appended.
 */
function appendNew(raft: Raft, state: RaftState, ctx: RaftContext, { prevLogIndex, entries }: AppendEntries): void {
  for (let place = 0; place < entries.length; place++) {
    const index = prevLogIndex + 1 + place
    if (index <= lastIndex(state.log)) {
      if (holds(state.log, index, entries[place]!.term)) continue
      ctx.note('log conflict', { index, removed: lastIndex(state.log) - index + 1 })
      truncateAndRollBack(raft, state, ctx, index)
      recordTruncation(state, ctx.disk, index)
    }
    for (let next = place; next < entries.length; next++) appendAndAdopt(state, ctx, entries[next]!)
    recordEntries(state, ctx.disk, index, place === 0 ? entries : entries.slice(place))
    return
  }
}

/** Only what the message proves, not what else lies behind it: that may be of another leader. */
export function acknowledgedIndex(_log: Log, provenIndex: number): number {
  return provenIndex
}

function success(
  state: RaftState,
  { term, round, prevLogIndex }: AppendEntries,
  matchIndex: number,
): AppendEntriesReply {
  return {
    type: 'AppendEntriesReply',
    term: state.term,
    requestTerm: term,
    round,
    prevLogIndex,
    success: true,
    matchIndex,
    conflictTerm: 0,
    conflictIndex: 0,
  }
}

function refusal(
  state: RaftState,
  { term, round, prevLogIndex }: AppendEntries,
  conflictTerm: number,
  conflictIndex: number,
): AppendEntriesReply {
  return {
    type: 'AppendEntriesReply',
    term: state.term,
    requestTerm: term,
    round,
    prevLogIndex,
    success: false,
    matchIndex: 0,
    conflictTerm,
    conflictIndex,
  }
}

/** Tells the leader where this log goes another way, so that it need not try entry by entry (end of section 5.3). */
function conflict(state: RaftState, message: AppendEntries): AppendEntriesReply {
  const last = lastIndex(state.log)
  if (message.prevLogIndex > last) return refusal(state, message, 0, last + 1)
  const first = firstIndexOfTermAt(state.log, message.prevLogIndex)
  return refusal(state, message, termAt(state.log, message.prevLogIndex), first)
}
