import { mix, mixText } from '../../sim/hash.ts'
import { type Protocol, protocol, type Transport } from '../../sim/protocol.ts'
import type { Comparison, DhtMessage, Item } from './messages.ts'

/** Lengths in bytes of a header, of a digest, of an event, and of a version beside its value. */
const HEADER = 60
const DIGEST = 60
const EVENT = 300
const VERSION = 40

/**
 * Gossip is small and may get lost. What carries keys and values may be of any length, and goes by stream in
 * production.
 */
export function dhtProtocol(contents: Transport = 'stream'): Protocol<DhtMessage> {
  return protocol<DhtMessage>({
    GossipSyn: {
      transport: 'datagram',
      sizeBytes: ({ events, records }) => HEADER + DIGEST * (events.length + records.length),
    },
    GossipAck: {
      transport: 'datagram',
      sizeBytes: ({ events, records }) => HEADER + EVENT * events.length + DIGEST * records.length,
    },
    Compare: { transport: contents, sizeBytes: ({ parts }) => HEADER + comparisonBytes(parts) },
    Collect: { transport: contents, identity: ({ position, isAgreed }) => mixText(isAgreed ? 7 : 8, position) },
    Collectable: { transport: contents, identity: ({ position }) => mixText(9, position) },
    // A request that came twice would be two writes.
    Forward: {
      transport: 'stream',
      identity: ({ id }) => mix(id, 1),
      sizeBytes: ({ request }) => HEADER + ('key' in request ? request.key.length : 0),
    },
    Forwarded: { transport: 'stream', identity: ({ id }) => mix(id, 2) },
    Store: { transport: contents, identity: said, sizeBytes: ({ item }) => HEADER + itemBytes(item) },
    Stored: { transport: contents, identity: said, sizeBytes: () => HEADER },
    Read: { transport: contents, identity: said, sizeBytes: ({ key }) => HEADER + key.length },
    Found: {
      transport: contents,
      identity: said,
      sizeBytes: ({ siblings }) => HEADER + itemBytes({ key: '', siblings }),
    },
    Fetch: { transport: contents, identity: ({ view, after }) => mixText(mixText(3, view), after) },
    Offer: { transport: contents, sizeBytes: ({ digests }) => HEADER + DIGEST * digests.length },
    Pull: { transport: contents, sizeBytes: ({ positions }) => HEADER + DIGEST * positions.length },
    Pulled: { transport: contents, sizeBytes: ({ items }) => HEADER + itemsBytes(items) },
    Handover: { transport: contents, identity: said, sizeBytes: ({ items }) => HEADER + itemsBytes(items) },
    HandedOver: { transport: contents, identity: said, sizeBytes: () => HEADER },
    Request: { transport: 'stream', identity: ({ id }) => mix(id, 4) },
    Answer: { transport: 'stream', identity: ({ id }) => mix(id, 5) },
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
