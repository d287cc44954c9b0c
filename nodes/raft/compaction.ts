import { compactTo } from './log.ts'
import { saveSnapshot } from './persistence.ts'
import type { Raft } from './raft.ts'
import { snapshotOf } from './snapshot.ts'
import type { RaftContext, RaftState } from './state.ts'

/**
 * Takes a snapshot where enough entries were applied since the last. Asked after each entry, so that servers that have
 * the same setting take theirs at the same indices. A few entries before it stay in the log, so that a follower that
 * lags only a little needs no snapshot.
 */
export function takeSnapshotWhenDue(raft: Raft, state: RaftState, ctx: RaftContext): void {
  const { snapshotAfterEntries, snapshotTrailingEntries } = raft.options
  const lastIndex = state.lastApplied
  if (lastIndex - (state.snapshot?.lastIndex ?? 0) < snapshotAfterEntries) return
  const snapshot = snapshotOf(raft, state, lastIndex)
  state.snapshot = snapshot
  compactTo(state.log, lastIndex - snapshotTrailingEntries)
  saveSnapshot(raft.rules, state, ctx, snapshot)
  ctx.note('snapshot taken', { lastIndex, bytes: snapshot.bytes.length })
}
