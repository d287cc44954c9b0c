import type { InstallSnapshotReply } from './messages.ts'
import type { Raft } from './raft.ts'
import type { Leadership, Progress, RaftContext, RaftState, Transfer } from './state.ts'

/** A piece that small makes of any snapshot many pieces. */
const SMALL_PIECE_BYTES = 64

/** True where the log no longer has what the follower needs next (section 7). */
export function needsSnapshot(state: RaftState, follower: Progress): boolean {
  return follower.nextIndex <= state.log.baseIndex
}

/** Sends the piece that is under way, once a heartbeat; the follower's answer brings the next one. */
export function sendSnapshot(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
): void {
  const transfer = transferTo(state, ctx, follower)
  if (ctx.now - transfer.sentMs >= raft.options.heartbeatMs) {
    sendPiece(raft, state, ctx, leadership, follower, transfer)
  }
}

/** A transfer that has begun is finished, though a newer snapshot be taken meanwhile: or it might begin for ever. */
function transferTo(state: RaftState, ctx: RaftContext, follower: Progress): Transfer {
  const snapshot = state.snapshot!
  const { transfer } = follower
  if (transfer !== null && (transfer.offset > 0 || transfer.snapshot === snapshot)) return transfer
  ctx.note('snapshot sent', { to: follower.id, lastIndex: snapshot.lastIndex })
  return (follower.transfer = { snapshot, offset: 0, sentMs: -Infinity })
}

function sendPiece(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
  transfer: Transfer,
): void {
  const { snapshot, offset } = transfer
  const { lastIndex, lastTerm, bytes } = snapshot
  const length = ctx.buggify('raft: small pieces of a snapshot') ? SMALL_PIECE_BYTES : raft.options.maxBytesPerMessage
  const end = Math.min(bytes.length, offset + length)
  transfer.sentMs = ctx.now
  ctx.send(follower.id, {
    type: 'InstallSnapshot',
    term: state.term,
    round: leadership.round,
    lastIndex,
    lastTerm,
    offset,
    bytes: bytes.subarray(offset, end),
    done: end === bytes.length,
  })
}

/**
 * Only an answer to the piece under way counts: any other is late. A follower that has fewer bytes than it had has lost
 * them in a crash, or found them damaged: the transfer goes back, with the next heartbeat.
 */
export function sendNextPiece(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  follower: Progress,
  { lastIndex, offset, receivedBytes }: InstallSnapshotReply,
): void {
  const { transfer } = follower
  if (transfer === null || transfer.snapshot.lastIndex !== lastIndex || transfer.offset !== offset) return
  const advances = receivedBytes > offset
  transfer.offset = Math.min(receivedBytes, transfer.snapshot.bytes.length)
  if (advances) sendPiece(raft, state, ctx, leadership, follower, transfer)
}
