import { takeSnapshotWhenDue } from './compaction.ts'
import { entryAt } from './log.ts'
import type { Entry, Outcome } from './messages.ts'
import type { Raft } from './raft.ts'
import { answer } from './replies.ts'
import { serveReads } from './reads.ts'
import { applyEntry } from './sessions.ts'
import type { RaftContext, RaftState } from './state.ts'

/** Committed entries are applied in the order of the log, each once in an incarnation (section 5.3); then answered. */
export function applyCommitted(raft: Raft, state: RaftState, ctx: RaftContext): void {
  while (state.lastApplied < state.commitIndex) {
    const index = state.lastApplied + 1
    const entry = entryAt(state.log, index)
    if (entry === undefined) break
    const outcome = applyEntry(raft, state, ctx, index, entry)
    state.lastApplied = index
    answerWaiter(raft, state, ctx, index, entry, outcome)
    takeSnapshotWhenDue(raft, state, ctx)
  }
  if (state.reads.length > 0) serveReads(raft, state, ctx)
}

function answerWaiter(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  index: number,
  entry: Entry,
  outcome: Outcome | undefined,
): void {
  const waiter = state.waiting.get(index)
  if (waiter === undefined) return
  state.waiting.delete(index)
  if (outcome !== undefined && raft.rules.isAnswerFor(waiter, entry.term)) answer(ctx, waiter, outcome)
}
