import { z } from 'zod'
import type { Schema } from '../../sim/protocol.ts'
import { MOST_TOKENS } from './member.ts'
import type { DhtMessage } from './messages.ts'
import { MOST_CONTEXT_ENTRIES, MOST_COUNT } from './requests.ts'

/**
 * How a message must look that comes from outside, so that no peer can bring a node into a state of which its code
 * knows nothing. How long keys and values may be is limited where they come in, and all of a message by its frame.
 */
export type DhtSchemas = {
  readonly [Type in DhtMessage['type']]: Schema<Extract<DhtMessage, { readonly type: Type }>>
}

const MOST_ENTRIES = 100_000

const count = z.int().nonnegative()
const id = count
/** A member or an author: a UUID. */
const nodeId = z.string().min(1).max(64)
/** What people see of a node must not move their terminal. */
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._:/-]{0,63}$/)
const uri = z.string().regex(/^[!-~]{1,64}$/)
const position = z.string().regex(/^[0-9a-f]{40}$/)
const from = z.union([z.literal(''), position])
const digest = z.string().regex(/^[0-9a-f]{16}$/)
/** '' before there is any. */
const view = z.union([z.literal(''), position])
const actor = z.string().min(1).max(128)
const counted = z
  .int()
  .min(1)
  .max(2 * MOST_COUNT)

const list = <Item extends z.ZodType>(item: Item): z.ZodArray<Item> => z.array(item).max(MOST_ENTRIES)
const message = <Type extends string, Shape extends z.core.$ZodLooseShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...shape })

const member = z.strictObject({ id: nodeId, name, uri, tokens: z.array(position).min(1).max(MOST_TOKENS) })
const event = z.strictObject({
  clock: z.int().min(1).max(MOST_COUNT),
  author: nodeId,
  serial: z.int().min(1).max(MOST_COUNT),
  timestampMs: z.number(),
  type: z.enum(['ADD', 'LEAVE', 'REMOVE']),
  member,
})
const eventDigest = list(z.tuple([nodeId, count]))
const recordDigest = list(z.tuple([nodeId, count, count]))
const record = z.strictObject({
  owner: nodeId,
  generation: count,
  version: count,
  content: z.strictObject({ synced: view }),
})

const dot = z.strictObject({ actor, count: counted })
const siblings = z.strictObject({
  clock: z.map(actor, counted),
  versions: list(z.strictObject({ dot, value: z.string().nullable() })),
})
const item = z.strictObject({ key: z.string(), siblings })
const merklePart = z.union([
  z.strictObject({ prefix: z.string().regex(/^[0-9a-f]{0,40}$/), digest: z.union([z.literal(''), digest]) }),
  z.strictObject({ prefix: z.string().regex(/^[0-9a-f]{0,40}$/), entries: list(z.tuple([position, digest])) }),
])

const context = z.array(z.tuple([actor, z.int().min(1).max(MOST_COUNT)])).max(MOST_CONTEXT_ENTRIES)
const keyRequests = [
  message('GET', { key: z.string() }),
  message('PUT', { key: z.string(), value: z.string(), context: context.optional() }),
  message('DELETE', { key: z.string(), context: context.optional() }),
] as const
/** What an administrator asks; HTTP has its own words for some of it. */
export const addSchema = message('ADD', { member })
const request = z.discriminatedUnion('type', [
  ...keyRequests,
  message('EVENTS', {}),
  message('JOIN', {}),
  message('SHUTDOWN', {}),
  addSchema,
  message('REMOVE', { nodeId }),
  message('ITEMS', { after: from.optional(), limit: count.optional(), cut: count.optional() }),
  message('RING', {}),
])
const shownEvent = z.strictObject({
  timestamp: z.number(),
  type: z.enum(['ADD', 'REMOVE']),
  nodeId,
  name,
  uri,
  tokens: z.array(z.strictObject({ value: position })),
})
const answer = z.strictObject({
  status: z.union([z.literal(200), z.literal(400), z.literal(404), z.literal(413), z.literal(503)]),
  message: z.string().optional(),
  values: list(z.string()).optional(),
  context: list(z.tuple([actor, counted])).optional(),
  isComplete: z.boolean().optional(),
  events: list(shownEvent).optional(),
  items: list(z.strictObject({ position, key: z.string(), values: list(z.string()), isStray: z.boolean() })).optional(),
  next: position.optional(),
  members: list(
    z.strictObject({
      nodeId,
      name,
      uri,
      tokens: list(position),
      isSuspected: z.boolean(),
      isSelf: z.boolean(),
    }),
  ).optional(),
})

/** What every word about the contents has. */
const said = { view, to: nodeId }
const by = nodeId

const schemas = {
  GossipSyn: message('GossipSyn', { events: eventDigest, records: recordDigest }),
  GossipAck: message('GossipAck', {
    events: list(event),
    records: list(record),
    known: z.strictObject({ events: eventDigest, records: recordDigest }).nullable(),
  }),
  Forward: message('Forward', { id, request, hops: count }),
  Forwarded: message('Forwarded', { id, answer }),
  Store: message('Store', { id, ...said, item, standInFor: nodeId.nullable() }),
  Stored: message('Stored', { id, view, by }),
  Read: message('Read', { id, ...said, key: z.string() }),
  Found: message('Found', { id, view, by, siblings }),
  Fetch: message('Fetch', { ...said, by, after: from }),
  Offer: message('Offer', { view, by, after: from, digests: list(z.tuple([position, digest])), isLast: z.boolean() }),
  Pull: message('Pull', { ...said, by, positions: list(position) }),
  Pulled: message('Pulled', { view, by, items: list(item), missing: list(position) }),
  Handover: message('Handover', { id, ...said, items: list(item) }),
  HandedOver: message('HandedOver', { id, view, by }),
  Compare: message('Compare', { ...said, by, parts: list(z.strictObject({ arc: position, part: merklePart })) }),
  Collect: message('Collect', { ...said, by, position, digest, isAgreed: z.boolean() }),
  Collectable: message('Collectable', { ...said, by, position, digest }),
  Request: message('Request', { id, request }),
  Answer: message('Answer', { id, answer }),
}

export const dhtSchemas = schemas as unknown as DhtSchemas
