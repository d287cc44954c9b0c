import type { Disk, Millis, NodeId } from '../../sim/machine.ts'
import { syncJournal } from '../storage/journal.ts'
import { appendAndAdopt } from './configuration.ts'
import { lastIndex } from './log.ts'
import type { Entry } from './messages.ts'
import { recordEntries } from './persistence.ts'
import type { Raft } from './raft.ts'
import { broadcastAppendEntries } from './replication.ts'
import type { Leadership, RaftContext, RaftState, Waiter } from './state.ts'

/** From this entry on the cluster has these servers, also as to who must hold it for it to be committed. */
export function appendConfiguration(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  servers: readonly NodeId[],
  waiter: Waiter,
): void {
  state.waiting.set(lastIndex(state.log) + 1, waiter)
  append(raft, state, ctx, leadership, ownEntry(state, stampNow(ctx, leadership), servers))
}

/** An entry that no client's command caused. */
export function ownEntry({ term }: RaftState, stampMs: Millis, servers: readonly NodeId[] | null): Entry {
  return { term, session: '', serial: 0, command: null, servers, stampMs }
}

/**
 * The log's time: it runs as the leader's clock does, from where the log's last entry had left it, so that it never
 * goes back along the log and clocks that differ between servers make it neither jump nor stand still.
 */
export function stampNow(ctx: RaftContext, { beganMs, beganStampMs }: Leadership): number {
  return beganStampMs + Math.floor(ctx.now - beganMs)
}

/**
 * The leader writes an entry while it sends it, and counts itself among those that have it only when its own write is
 * durable (dissertation, section 10.2.1).
 */
export function append(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership, entry: Entry): void {
  appendAndAdopt(state, ctx, entry)
  const index = lastIndex(state.log)
  raft.rules.writeOwnEntry(state, ctx.disk, index, entry, () => broadcastAppendEntries(raft, state, ctx, leadership))
  syncJournal(state.journal, ctx.disk)
  ctx.send(ctx.self, { type: 'Durable', term: state.term, index })
}

/** An error of the disk ends the process here, before anyone has heard of the entry. */
export function writeOwnEntry(state: RaftState, disk: Disk, index: number, entry: Entry, replicate: () => void): void {
  recordEntries(state, disk, index, [entry])
  replicate()
}
