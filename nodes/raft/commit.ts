import { lastIndex, termAt } from './log.ts'
import type { Raft } from './raft.ts'
import type { Leadership, RaftState } from './state.ts'

/** More than half: any two majorities share a server. */
export function majority(servers: number): number {
  return Math.floor(servers / 2) + 1
}

/**
 * The leader commits what a majority holds durably, but by counting only entries of its own term: an older entry may
 * be on a majority and yet be overwritten; it is committed with the first of this term behind it (section 5.4.2,
 * figure 8). True where the commit index rose.
 */
export function advanceCommitIndex(raft: Raft, state: RaftState, leadership: Leadership): boolean {
  const needed = raft.rules.majority(raft.servers.length)
  for (
    let index = lastIndex(state.log);
    index > state.commitIndex && termAt(state.log, index) === state.term;
    index--
  ) {
    if (holders(leadership, index) >= needed) {
      state.commitIndex = index
      return true
    }
  }
  return false
}

/** How many servers hold the log durably up to the index. */
function holders(leadership: Leadership, index: number): number {
  let count = leadership.durableIndex >= index ? 1 : 0
  for (const follower of leadership.followers) if (follower.matchIndex >= index) count++
  return count
}
