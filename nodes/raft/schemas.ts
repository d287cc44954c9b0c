import { z } from 'zod'
import type { Schema } from '../../sim/protocol.ts'
import { CLUSTER_ACTIONS } from './cluster-change.ts'
import type { RaftMessage } from './messages.ts'

/** How a message must look that comes from outside, with hard limits, so that no peer can make a server swell. */
export type RaftSchemas = {
  readonly [Type in RaftMessage['type']]: Schema<Extract<RaftMessage, { readonly type: Type }>>
}

const MAX_SERVERS = 64
const MAX_ENTRIES = 1_024
const MAX_PIECE_BYTES = 1 << 20
const count = z.int().nonnegative()
const index = count
const term = count
const nodeId = z.string().max(64)
const session = z.string().max(128)

const REFUSED: Schema<never> = {
  safeParse: () => ({ success: false, error: { message: 'nobody says this to another process' } }),
}

const asking = {
  Status: z.strictObject({ type: z.literal('Status'), serial: count }),
  StatusReply: z.strictObject({
    type: z.literal('StatusReply'),
    serial: count,
    role: z.enum(['follower', 'pre-candidate', 'candidate', 'leader']),
    term,
    leader: nodeId.nullable(),
    lastIndex: index,
    commitIndex: index,
    lastApplied: index,
    snapshotIndex: index,
    servers: z.array(nodeId).max(MAX_SERVERS),
  }),
  // Both are only ever said within a process.
  Ask: REFUSED,
  Answered: REFUSED,
}

/** For a state machine whose commands and answers look so. Make it once, as it costs more than a run may. */
export function raftSchemas(command: z.ZodType, answer: z.ZodType): RaftSchemas {
  const request = { session, serial: count }
  const servers = z.array(nodeId).max(MAX_SERVERS)
  const reply = { type: z.literal('ClientReply'), ...request }
  const entry = z.strictObject({
    term,
    session,
    serial: count,
    command: command.nullable(),
    servers: servers.nullable(),
    stampMs: count,
  })
  const schemas = {
    RequestVote: z.strictObject({
      type: z.literal('RequestVote'),
      term,
      lastLogIndex: index,
      lastLogTerm: term,
      leadershipTransfer: z.boolean(),
    }),
    RequestVoteReply: z.strictObject({ type: z.literal('RequestVoteReply'), term, granted: z.boolean() }),
    PreVote: z.strictObject({ type: z.literal('PreVote'), term, lastLogIndex: index, lastLogTerm: term }),
    PreVoteReply: z.strictObject({ type: z.literal('PreVoteReply'), term, granted: z.boolean() }),
    AppendEntries: z.strictObject({
      type: z.literal('AppendEntries'),
      term,
      round: count,
      prevLogIndex: index,
      prevLogTerm: term,
      entries: z.array(entry).max(MAX_ENTRIES),
      leaderCommit: index,
    }),
    AppendEntriesReply: z.strictObject({
      type: z.literal('AppendEntriesReply'),
      term,
      requestTerm: term,
      round: count,
      prevLogIndex: index,
      success: z.boolean(),
      matchIndex: index,
      conflictTerm: term,
      conflictIndex: index,
    }),
    InstallSnapshot: z.strictObject({
      type: z.literal('InstallSnapshot'),
      term,
      round: count,
      lastIndex: index,
      lastTerm: term,
      offset: count,
      bytes: z.custom<Uint8Array>((bytes) => bytes instanceof Uint8Array && bytes.length <= MAX_PIECE_BYTES),
      done: z.boolean(),
    }),
    InstallSnapshotReply: z.strictObject({
      type: z.literal('InstallSnapshotReply'),
      term,
      requestTerm: term,
      round: count,
      lastIndex: index,
      offset: count,
      receivedBytes: count,
      installed: z.boolean(),
    }),
    TimeoutNow: z.strictObject({ type: z.literal('TimeoutNow'), term }),
    ReadIndex: z.strictObject({ type: z.literal('ReadIndex'), ...request }),
    ReadIndexReply: z.strictObject({ type: z.literal('ReadIndexReply'), ...request, readIndex: index }),
    OpenSession: z.strictObject({ type: z.literal('OpenSession'), ...request }),
    ClientRequest: z.strictObject({ type: z.literal('ClientRequest'), ...request, command }),
    ClusterRequest: z.strictObject({
      type: z.literal('ClusterRequest'),
      ...request,
      change: z.strictObject({ action: z.enum(CLUSTER_ACTIONS), server: nodeId }),
    }),
    ClientReply: z.discriminatedUnion('status', [
      z.strictObject({ ...reply, status: z.literal('ok'), answer }),
      z.strictObject({ ...reply, status: z.literal('session opened'), opened: session }),
      z.strictObject({ ...reply, status: z.literal('session expired') }),
      z.strictObject({ ...reply, status: z.literal('not leader'), leader: nodeId.nullable() }),
      z.strictObject({ ...reply, status: z.literal('busy') }),
      z.strictObject({ ...reply, status: z.literal('refused'), reason: z.string().max(1_024) }),
    ]),
    Durable: z.strictObject({ type: z.literal('Durable'), term, index }),
    ...asking,
  }
  return schemas as unknown as RaftSchemas
}
