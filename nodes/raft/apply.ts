import { entryAt } from './log.ts'
import type { Entry } from './messages.ts'
import type { Raft } from './raft.ts'
import { answer } from './replies.ts'
import { serveReads } from './reads.ts'
import { executeOnce } from './sessions.ts'
import type { RaftContext, RaftState } from './state.ts'
import type { Answer } from './state-machine.ts'

/** Committed entries are applied in the order of the log, each once in an incarnation (section 5.3); then answered. */
export function applyCommitted(raft: Raft, state: RaftState, ctx: RaftContext): void {
  while (state.lastApplied < state.commitIndex) {
    const index = state.lastApplied + 1
    const entry = entryAt(state.log, index)
    if (entry === undefined) break
    const answered = executeOnce(raft, state, entry)
    state.lastApplied = index
    answerWaiter(raft, state, ctx, index, entry, answered)
  }
  if (state.reads.length > 0) serveReads(raft, state, ctx)
}

function answerWaiter(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  index: number,
  entry: Entry,
  answered: Answer,
): void {
  const waiter = state.waiting.get(index)
  if (waiter === undefined) return
  state.waiting.delete(index)
  if (answered !== undefined && raft.rules.isAnswerFor(waiter, entry.term)) answer(ctx, waiter, answered)
}
