import { type Log, termAt } from './log.ts'
import { heldIndex } from './quorum.ts'
import type { Raft } from './raft.ts'
import type { Leadership, RaftState } from './state.ts'

/** The leader commits what a majority holds durably, as far as the rule allows. True where the commit index rose. */
export function advanceCommitIndex(raft: Raft, state: RaftState, leadership: Leadership): boolean {
  const committed = raft.rules.committedUpTo(
    state.log,
    state.term,
    state.commitIndex,
    heldIndex(raft, state, leadership),
  )
  if (committed <= state.commitIndex) return false
  state.commitIndex = committed
  return true
}

/**
 * By counting holders only an entry of the leader's own term is committed, and with it all that lies before: an older
 * entry may be on a majority and yet be overwritten (section 5.4.2, figure 8).
 */
export function committedUpTo(log: Log, term: number, commitIndex: number, heldByMajority: number): number {
  return heldByMajority > commitIndex && termAt(log, heldByMajority) === term ? heldByMajority : commitIndex
}
