import { mix, mixText } from '../../sim/hash.ts'
import { type Protocol, protocol, type Transport } from '../../sim/protocol.ts'
import type { Comparison, DhtMessage, Item } from './messages.ts'
import { dhtSchemas as schemas } from './schemas.ts'

/** Lengths in bytes of a header, of a digest, of an event, and of a version beside its value. */
const HEADER = 60
const DIGEST = 60
const EVENT = 300
const VERSION = 40

/**
 * What carries keys and values may be of any length, and goes by stream in production. Gossip may get lost; in
 * production it goes by stream as well, as the history of a large ring is longer than a datagram. Anyone may gossip,
 * since who joins is not known before it has told of itself; and ask.
 */
export function dhtProtocol(contents: Transport = 'stream', gossip: Transport = 'datagram'): Protocol<DhtMessage> {
  return protocol<DhtMessage>({
    GossipSyn: {
      transport: gossip,
      schema: schemas.GossipSyn,
      open: true,
      sizeBytes: ({ events, records }) => HEADER + DIGEST * (events.length + records.length),
    },
    GossipAck: {
      transport: gossip,
      schema: schemas.GossipAck,
      open: true,
      sizeBytes: ({ events, records }) => HEADER + EVENT * events.length + DIGEST * records.length,
    },
    Compare: {
      transport: contents,
      schema: schemas.Compare,
      sizeBytes: ({ parts }) => HEADER + comparisonBytes(parts),
    },
    Collect: {
      transport: contents,
      schema: schemas.Collect,
      identity: ({ position, isAgreed }) => mixText(isAgreed ? 7 : 8, position),
    },
    Collectable: { transport: contents, schema: schemas.Collectable, identity: ({ position }) => mixText(9, position) },
    // A request that came twice would be two writes.
    Forward: {
      transport: 'stream',
      schema: schemas.Forward,
      identity: ({ id }) => mix(id, 1),
      sizeBytes: ({ request }) => HEADER + ('key' in request ? request.key.length : 0),
    },
    Forwarded: { transport: 'stream', schema: schemas.Forwarded, identity: ({ id }) => mix(id, 2) },
    Store: {
      transport: contents,
      schema: schemas.Store,
      identity: said,
      sizeBytes: ({ item }) => HEADER + itemBytes(item),
    },
    Stored: { transport: contents, schema: schemas.Stored, identity: said, sizeBytes: () => HEADER },
    Read: { transport: contents, schema: schemas.Read, identity: said, sizeBytes: ({ key }) => HEADER + key.length },
    Found: {
      transport: contents,
      schema: schemas.Found,
      identity: said,
      sizeBytes: ({ siblings }) => HEADER + itemBytes({ key: '', siblings }),
    },
    Fetch: {
      transport: contents,
      schema: schemas.Fetch,
      identity: ({ view, after }) => mixText(mixText(3, view), after),
    },
    Offer: { transport: contents, schema: schemas.Offer, sizeBytes: ({ digests }) => HEADER + DIGEST * digests.length },
    Pull: {
      transport: contents,
      schema: schemas.Pull,
      sizeBytes: ({ positions }) => HEADER + DIGEST * positions.length,
    },
    Pulled: { transport: contents, schema: schemas.Pulled, sizeBytes: ({ items }) => HEADER + itemsBytes(items) },
    Handover: {
      transport: contents,
      schema: schemas.Handover,
      identity: said,
      sizeBytes: ({ items }) => HEADER + itemsBytes(items),
    },
    HandedOver: { transport: contents, schema: schemas.HandedOver, identity: said, sizeBytes: () => HEADER },
    Request: { transport: 'stream', schema: schemas.Request, open: true, identity: ({ id }) => mix(id, 4) },
    Answer: { transport: 'stream', schema: schemas.Answer, identity: ({ id }) => mix(id, 5) },
  })
}

/** Of each part the arc, and a node or its entries. */
function comparisonBytes(parts: readonly Comparison[]): number {
  let bytes = 0
  for (const { part } of parts) bytes += DIGEST * ('digest' in part ? 1 : 1 + part.entries.length)
  return bytes
}

function said({ id, view }: { readonly id: number; readonly view: string }): number {
  return mixText(mix(id, 6), view)
}

function itemsBytes(items: readonly Item[]): number {
  let bytes = 0
  for (const item of items) bytes += itemBytes(item)
  return bytes
}

function itemBytes({ key, siblings }: Item): number {
  let bytes = key.length + VERSION * siblings.clock.size
  for (const { value } of siblings.versions) bytes += VERSION + (value?.length ?? 0)
  return bytes
}
