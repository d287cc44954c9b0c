import { mix, mixText } from '../../sim/hash.ts'
import { protocol, type Protocol, type Transport } from '../../sim/protocol.ts'
import type { RaftMessage } from './messages.ts'
import type { RaftSchemas } from './schemas.ts'
import type { StateMachine } from './state-machine.ts'

interface Request {
  readonly session: string
  readonly serial: number
}

/**
 * Raft's messages. Servers talk in datagrams, as every request is repeated until it is answered; clients as
 * `clientTransport` says. Identities leave out what only tells when a message was said, so that the fate of one
 * message does not hang on how many others there were.
 */
export function raftProtocol(
  clientTransport: Exclude<Transport, 'local'>,
  schemas: RaftSchemas,
  stateMachine: StateMachine,
): Protocol<RaftMessage> {
  return protocol<RaftMessage>({
    RequestVote: {
      transport: 'datagram',
      schema: schemas.RequestVote,
      identity: ({ term, lastLogIndex }) => mix(term, lastLogIndex),
      sizeBytes: () => 60,
    },
    RequestVoteReply: {
      transport: 'datagram',
      schema: schemas.RequestVoteReply,
      identity: ({ term, granted }) => mix(term, granted ? 1 : 0),
      sizeBytes: () => 50,
    },
    PreVote: {
      transport: 'datagram',
      schema: schemas.PreVote,
      identity: ({ term, lastLogIndex }) => mix(term, lastLogIndex),
      sizeBytes: () => 60,
    },
    PreVoteReply: {
      transport: 'datagram',
      schema: schemas.PreVoteReply,
      identity: ({ term, granted }) => mix(term, granted ? 1 : 0),
      sizeBytes: () => 50,
    },
    AppendEntries: {
      transport: 'datagram',
      schema: schemas.AppendEntries,
      identity: ({ term, prevLogIndex, entries, round }) =>
        mix(mix(term, prevLogIndex), entries.length === 0 ? -round : entries.length),
      sizeBytes: ({ entries }) => {
        let bytes = 100
        for (const { command } of entries) bytes += 56 + (command === null ? 0 : stateMachine.sizeBytes(command))
        return bytes
      },
    },
    AppendEntriesReply: {
      transport: 'datagram',
      schema: schemas.AppendEntriesReply,
      identity: ({ requestTerm, prevLogIndex, matchIndex, round }) =>
        mix(mix(requestTerm, prevLogIndex), matchIndex === prevLogIndex ? -round : matchIndex),
      sizeBytes: () => 80,
    },
    InstallSnapshot: {
      transport: 'datagram',
      schema: schemas.InstallSnapshot,
      identity: ({ term, lastIndex, offset }) => mix(mix(term, lastIndex), offset),
      sizeBytes: ({ bytes }) => 80 + bytes.length,
    },
    InstallSnapshotReply: {
      transport: 'datagram',
      schema: schemas.InstallSnapshotReply,
      identity: ({ requestTerm, lastIndex, offset, receivedBytes }) =>
        mix(mix(mix(requestTerm, lastIndex), offset), receivedBytes),
      sizeBytes: () => 80,
    },
    TimeoutNow: {
      transport: 'datagram',
      schema: schemas.TimeoutNow,
      identity: ({ term }) => mix(term, 0),
      sizeBytes: () => 40,
    },
    ReadIndex: { transport: 'datagram', schema: schemas.ReadIndex, identity: requestIdentity, sizeBytes: () => 80 },
    ReadIndexReply: {
      transport: 'datagram',
      schema: schemas.ReadIndexReply,
      identity: requestIdentity,
      sizeBytes: () => 90,
    },
    OpenSession: {
      transport: clientTransport,
      open: true,
      schema: schemas.OpenSession,
      identity: requestIdentity,
      sizeBytes: () => 80,
    },
    ClientRequest: {
      transport: clientTransport,
      open: true,
      schema: schemas.ClientRequest,
      identity: requestIdentity,
      sizeBytes: ({ command }) => 80 + stateMachine.sizeBytes(command),
    },
    ClusterRequest: {
      transport: clientTransport,
      open: true,
      schema: schemas.ClusterRequest,
      identity: requestIdentity,
      sizeBytes: () => 120,
    },
    ClientReply: { transport: clientTransport, schema: schemas.ClientReply, identity: requestIdentity },
    Durable: { transport: 'local', schema: schemas.Durable },
    ...askingTypes(clientTransport, schemas),
  })
}

/** What only those who look after a cluster say. They come last, so that the numbers of the others stay. */
function askingTypes(
  transport: Transport,
  schemas: RaftSchemas,
): Pick<Protocol<RaftMessage>, 'Status' | 'StatusReply' | 'Ask' | 'Answered'> {
  return {
    Status: { transport, open: true, schema: schemas.Status, identity: serialOf },
    StatusReply: { transport, schema: schemas.StatusReply, identity: serialOf },
    Ask: { transport, schema: schemas.Ask, identity: ({ id }) => id },
    Answered: { transport, schema: schemas.Answered, identity: ({ id }) => id },
  }
}

function serialOf({ serial }: { readonly serial: number }): number {
  return serial
}

function requestIdentity({ session, serial }: Request): number {
  return mixText(serial, session)
}
