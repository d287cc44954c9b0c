import type { Raft } from './raft.ts'
import { answer } from './replies.ts'
import type { RaftContext, RaftState, Read } from './state.ts'

/** A read whose index is confirmed: served at once where the state machine has come so far, otherwise when it has. */
export function serveWhenApplied(raft: Raft, state: RaftState, ctx: RaftContext, read: Read): void {
  if (read.index <= state.lastApplied) serve(raft, state, ctx, read)
  else state.reads.push(read)
}

/** Serves the waiting reads to whose index the state machine has come. */
export function serveReads(raft: Raft, state: RaftState, ctx: RaftContext): void {
  let kept = 0
  for (const read of state.reads) {
    if (read.index <= state.lastApplied) serve(raft, state, ctx, read)
    else state.reads[kept++] = read
  }
  state.reads.length = kept
}

function serve(raft: Raft, state: RaftState, ctx: RaftContext, read: Read): void {
  if (state.role !== 'leader') state.followerReads++
  answer(ctx, read, { status: 'ok', answer: raft.stateMachine.apply(state.data, read.command) })
}
