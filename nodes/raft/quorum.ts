import { lastIndex } from './log.ts'
import type { Raft } from './raft.ts'
import { becomeFollower } from './roles.ts'
import type { Leadership, RaftContext, RaftState } from './state.ts'

/** More than half: any two majorities share a server. */
export function majority(servers: number): number {
  return Math.floor(servers / 2) + 1
}

/** The last index that a majority holds durably, whatever its term. */
export function heldIndex(raft: Raft, state: RaftState, leadership: Leadership): number {
  const { followers, durableIndex, isMember } = leadership
  const needed = raft.rules.majority(state.configuration.servers.length)
  let held = isMember && holders(leadership, durableIndex) >= needed ? durableIndex : 0
  for (const { matchIndex } of followers) {
    if (matchIndex > held && holders(leadership, matchIndex) >= needed) held = matchIndex
  }
  return Math.min(held, lastIndex(state.log))
}

/** How many servers hold the log durably up to the index. */
function holders({ followers, durableIndex, isMember }: Leadership, index: number): number {
  let count = isMember && durableIndex >= index ? 1 : 0
  for (const follower of followers) if (follower.matchIndex >= index) count++
  return count
}

/** The latest round that a majority has answered; a leader that is a member counts itself. */
export function confirmedRound(raft: Raft, state: RaftState, leadership: Leadership): number {
  const { followers, isMember, round } = leadership
  const own = isMember ? 1 : 0
  const needed = raft.rules.majority(state.configuration.servers.length)
  if (needed <= own) return round
  let latest = 0
  for (const { ackedRound } of followers) {
    if (ackedRound <= latest) continue
    let count = own
    for (const follower of followers) if (follower.ackedRound >= ackedRound) count++
    if (count >= needed) latest = ackedRound
  }
  return latest
}

/** True where a majority has answered a round that began since the leader last looked, or the round under way. */
export function hasQuorum(raft: Raft, state: RaftState, leadership: Leadership): boolean {
  const confirmed = confirmedRound(raft, state, leadership)
  return confirmed > leadership.checkedRound || confirmed === leadership.round
}

/**
 * A leader that has reached no majority for an election timeout, on its own clock, steps down: its clients learn that
 * they must ask elsewhere, and followers that still hear it no longer keep others from being elected (dissertation,
 * section 6.2).
 */
export function checkQuorum(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  if (!raft.options.checkQuorum || raft.rules.hasQuorum(raft, state, leadership)) {
    leadership.checkedRound = leadership.round
    return
  }
  ctx.note('stepped down without a quorum', { term: state.term })
  state.stepDowns++
  becomeFollower(raft, state, ctx, state.term, null)
}
