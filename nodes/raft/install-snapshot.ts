import type { NodeId } from '../../sim/machine.ts'
import { DecodeError } from '../../sim/encoding.ts'
import { FileDamaged } from '../storage/atomic-file.ts'
import { beginBehind, compactTo, holds, type Log } from './log.ts'
import type { InstallSnapshot, InstallSnapshotReply } from './messages.ts'
import { persistThenSend, saveSnapshot } from './persistence.ts'
import type { Raft } from './raft.ts'
import { serveReads } from './reads.ts'
import { becomeFollower, heardLeader } from './roles.ts'
import { contentsOf, restore, type SnapshotContents } from './snapshot.ts'
import type { IncomingSnapshot, RaftContext, RaftState } from './state.ts'

/** The receiver's rules of figure 13, under "InstallSnapshot RPC" (section 7). */
export function onInstallSnapshot(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  from: NodeId,
  message: InstallSnapshot,
): void {
  // 1. A leader of an earlier term is refused and so deposed.
  if (message.term < state.term) {
    persistThenSend(state, ctx, from, reply(state, message, 0, false))
    return
  }
  if (message.term > state.term || state.role !== 'follower') becomeFollower(raft, state, ctx, message.term, from)
  heardLeader(raft, state, ctx, from)
  // What is committed here is here for good: a snapshot of less brings nothing.
  if (message.lastIndex <= state.commitIndex) {
    persistThenSend(state, ctx, from, reply(state, message, 0, true))
    return
  }
  const incoming = incomingFor(state, ctx, message)
  if (incoming === undefined) return
  // 2. to 4. Pieces are put together in their order; one that came before is only acknowledged.
  if (message.offset === incoming.receivedBytes) {
    incoming.pieces.push(message.bytes)
    incoming.receivedBytes += message.bytes.length
    if (message.done) install(raft, state, ctx, message, incoming)
  }
  const installed = state.commitIndex >= message.lastIndex
  // The files have their new names for good before anyone relies on them.
  if (installed) ctx.disk.sync()
  persistThenSend(state, ctx, from, reply(state, message, state.incoming?.receivedBytes ?? 0, installed))
}

/**
 * What has come of this snapshot so far. A leader's snapshots only grow, so that one behind the one under way is late;
 * another leader's is another one, even with the same index. Undefined: a late piece that needs no answer.
 */
function incomingFor(state: RaftState, ctx: RaftContext, message: InstallSnapshot): IncomingSnapshot | undefined {
  const { term, lastIndex } = message
  const { incoming } = state
  if (incoming !== null && incoming.leaderTerm === term) {
    if (incoming.lastIndex === lastIndex) return incoming
    if (incoming.lastIndex > lastIndex) return undefined
  }
  ctx.note('installing snapshot', { lastIndex })
  return (state.incoming = { leaderTerm: term, lastIndex, pieces: [], receivedBytes: 0 })
}

/** 5. to 8. The snapshot is whole: it takes the place of the state machine, and of the log unless that goes on behind it. */
function install(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  { lastIndex, lastTerm }: InstallSnapshot,
  incoming: IncomingSnapshot,
): void {
  state.incoming = null
  const bytes = joined(incoming)
  const contents = readContents(bytes)
  if (contents === undefined) {
    ctx.note('snapshot damaged', { lastIndex })
    return
  }
  const { log } = state
  const keeps = raft.rules.goesOnBehind(log, lastIndex, lastTerm)
  if (keeps) compactTo(log, lastIndex - raft.options.snapshotTrailingEntries)
  else beginBehind(log, lastIndex, lastTerm, contents.stampMs)
  const snapshot = { lastIndex, lastTerm, configuration: contents.configuration, bytes }
  restore(raft, state, snapshot, contents)
  state.term = raft.rules.termAfterInstall(state.term, lastTerm)
  // Whoever waits for an entry that the snapshot covers will not learn from this server what came of it.
  for (const index of state.waiting.keys()) if (index <= lastIndex) state.waiting.delete(index)
  saveSnapshot(raft.rules, state, ctx, snapshot)
  ctx.note('snapshot installed', { lastIndex, keepsLog: keeps })
  if (state.reads.length > 0) serveReads(raft, state, ctx)
}

/** The log goes on behind the snapshot only where it has the snapshot's last entry, with the same term. */
export function goesOnBehind(log: Log, lastIndex: number, lastTerm: number): boolean {
  return holds(log, lastIndex, lastTerm)
}

/** A snapshot says nothing of the term in which it is sent: that one stays. */
export function termAfterInstall(term: number): number {
  return term
}

function joined({ pieces, receivedBytes }: IncomingSnapshot): Uint8Array {
  const bytes = new Uint8Array(receivedBytes)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}

/** Undefined where the pieces do not make a whole snapshot. */
function readContents(bytes: Uint8Array): SnapshotContents | undefined {
  try {
    return contentsOf(bytes)
  } catch (error) {
    if (error instanceof FileDamaged || error instanceof DecodeError) return undefined
    throw error
  }
}

function reply(
  state: RaftState,
  { term, round, lastIndex, offset }: InstallSnapshot,
  receivedBytes: number,
  installed: boolean,
): InstallSnapshotReply {
  return {
    type: 'InstallSnapshotReply',
    term: state.term,
    requestTerm: term,
    round,
    lastIndex,
    offset,
    receivedBytes,
    installed,
  }
}
