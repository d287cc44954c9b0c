import { mix, mixText } from '../../sim/hash.ts'
import { protocol, type Protocol } from '../../sim/protocol.ts'
import type { ChordMessage, Pair } from './messages.ts'
import { chordSchemas as schemas } from './schemas.ts'

/**
 * Chord's messages: datagrams, as every request is repeated until it is answered. Identities leave out the numbers of
 * requests, so that the fate of one message does not hang on how many others there were.
 */
export const chordProtocol: Protocol<ChordMessage> = protocol<ChordMessage>({
  AskNeighbours: { transport: 'datagram', schema: schemas.AskNeighbours, identity: () => 1, sizeBytes: () => 40 },
  Neighbours: {
    transport: 'datagram',
    schema: schemas.Neighbours,
    identity: ({ member }) => (member ? 1 : 0),
    sizeBytes: ({ successors }) => 60 + 20 * successors.length,
  },
  Notify: { transport: 'datagram', schema: schemas.Notify, identity: () => 1, sizeBytes: () => 60 },
  AskHop: { transport: 'datagram', schema: schemas.AskHop, identity: ({ target }) => target, sizeBytes: () => 44 },
  Hop: {
    transport: 'datagram',
    schema: schemas.Hop,
    identity: ({ found, peers }) => mix(found ? 1 : 0, peers[0]?.id ?? 0),
    sizeBytes: ({ peers }) => 44 + 20 * peers.length,
  },
  Goodbye: {
    transport: 'datagram',
    schema: schemas.Goodbye,
    identity: () => 1,
    sizeBytes: ({ successors }) => 60 + 20 * successors.length,
  },
  Store: {
    transport: 'datagram',
    schema: schemas.Store,
    identity: ({ pairs }) => pairsIdentity(pairs),
    sizeBytes: ({ pairs }) => 44 + pairsBytes(pairs),
  },
  Stored: { transport: 'datagram', schema: schemas.Stored, identity: () => 1, sizeBytes: () => 44 },
  Compare: {
    transport: 'datagram',
    schema: schemas.Compare,
    identity: ({ keys }) => keys.length,
    sizeBytes: ({ keys }) => keys.reduce((bytes, key) => bytes + 12 + key.length, 44),
  },
  Compared: {
    transport: 'datagram',
    schema: schemas.Compared,
    identity: ({ lacks }) => lacks.length,
    sizeBytes: ({ lacks }) => lacks.reduce((bytes, key) => bytes + 4 + key.length, 44),
  },
  Fetch: { transport: 'datagram', schema: schemas.Fetch, identity: ({ key }) => mixText(1, key) },
  Fetched: {
    transport: 'datagram',
    schema: schemas.Fetched,
    identity: ({ pair }) => pairsIdentity(pair === null ? [] : [pair]),
    sizeBytes: ({ pair }) => 44 + pairsBytes(pair === null ? [] : [pair]),
  },
  Put: {
    transport: 'datagram',
    schema: schemas.Put,
    identity: ({ pair }) => pairsIdentity([pair]),
    sizeBytes: ({ pair }) => 44 + pairsBytes([pair]),
  },
  Get: { transport: 'datagram', schema: schemas.Get, identity: ({ key }) => mixText(1, key) },
  Done: {
    transport: 'datagram',
    schema: schemas.Done,
    identity: ({ status, pair }) => mix(pairsIdentity(pair === null ? [] : [pair]), status.length),
    sizeBytes: ({ pair }) => 44 + pairsBytes(pair === null ? [] : [pair]),
  },
  ClientRequest: { transport: 'datagram', schema: schemas.ClientRequest, identity: clientIdentity },
  ClientReply: { transport: 'datagram', schema: schemas.ClientReply, identity: clientIdentity },
})

function pairsIdentity(pairs: readonly Pair[]): number {
  let identity = pairs.length
  for (const { key, version } of pairs) identity = mix(mixText(identity, key), version)
  return identity
}

function pairsBytes(pairs: readonly Pair[]): number {
  let bytes = 0
  for (const { key, value } of pairs) bytes += 20 + 3 * (key.length + value.length)
  return bytes
}

function clientIdentity({ client, serial }: { readonly client: string; readonly serial: number }): number {
  return mixText(serial, client)
}
