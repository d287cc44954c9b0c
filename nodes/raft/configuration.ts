import type { NodeId } from '../../sim/machine.ts'
import { appendEntry, entryAt, lastIndex, type Log, truncateFrom } from './log.ts'
import type { Entry } from './messages.ts'
import type { Raft } from './raft.ts'
import type { Configuration, Leadership, Progress, RaftContext, RaftState } from './state.ts'

/**
 * Which servers make up the cluster is said by the log itself: the latest configuration in it counts as soon as it is
 * there, committed or not, and no longer when it is overwritten (dissertation, section 4.1). Before the first such
 * entry it is what the snapshot says, or what the cluster began with.
 */
export function configurationAt(raft: Raft, log: Log, snapshotted: Configuration | null, last: number): Configuration {
  for (let index = last; index > Math.max(log.baseIndex, snapshotted?.index ?? 0); index--) {
    const servers = entryAt(log, index)?.servers
    if (servers !== undefined && servers !== null) return { index, servers }
  }
  return snapshotted ?? { index: 0, servers: raft.servers }
}

/** A new entry of whichever kind: whoever appends it goes by what it says from now on. */
export function appendAndAdopt(state: RaftState, ctx: RaftContext, entry: Entry): void {
  appendEntry(state.log, entry)
  const { servers } = entry
  if (servers === null) return
  state.configuration = { index: lastIndex(state.log), servers }
  ctx.note('configuration appended', { index: state.configuration.index, servers })
  if (state.leadership !== null) followMembers(state, ctx, state.leadership)
}

/** Removes the entry at the index and all that follow, and goes back to the configuration before them. */
export function truncateAndRollBack(raft: Raft, state: RaftState, ctx: RaftContext, index: number): void {
  truncateFrom(state.log, index)
  if (state.configuration.index < index) return
  state.configuration = configurationAt(raft, state.log, state.snapshot?.configuration ?? null, index - 1)
  ctx.note('configuration rolled back', { index: state.configuration.index, servers: state.configuration.servers })
}

/** The leader replicates to the members of its configuration, and knows whether it is one itself. */
export function followMembers(state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  const { servers } = state.configuration
  const known = new Map([...leadership.followers, ...joinerOf(leadership)].map((follower) => [follower.id, follower]))
  if (leadership.joining !== null && servers.includes(leadership.joining.progress.id)) leadership.joining = null
  leadership.isMember = servers.includes(ctx.self)
  leadership.followers = servers
    .filter((id) => id !== ctx.self)
    .map((id) => known.get(id) ?? newProgress(id, lastIndex(state.log)))
}

function joinerOf({ joining }: Leadership): readonly Progress[] {
  return joining === null ? [] : [joining.progress]
}

/** Nothing is known of the follower yet; it is asked whether it has all up to the last entry. */
export function newProgress(id: NodeId, lastIndexOfLog: number): Progress {
  return {
    id,
    nextIndex: lastIndexOfLog + 1,
    matchIndex: 0,
    isProbed: true,
    inFlight: [],
    waitingSinceMs: 0,
    waitingSinceRound: 0,
    ackedRound: 0,
    transfer: null,
  }
}

/**
 * A server that is no member asks for no votes, for nobody needs it: unless the configuration without it may yet be
 * undone, as then the others may need it to be elected (dissertation, section 4.2.2). Its own vote does not count.
 */
export function mayCampaign({ configuration, commitIndex }: RaftState, self: NodeId): boolean {
  return configuration.servers.includes(self) || configuration.index > commitIndex
}
