import { z } from 'zod'
import type { Schema } from '../../sim/protocol.ts'
import type { ChordMessage } from './messages.ts'

/** How a message must look that comes from outside, with hard limits, so that no peer can make a node swell. */
export type ChordSchemas = {
  readonly [Type in ChordMessage['type']]: Schema<Extract<ChordMessage, { readonly type: Type }>>
}

export const MAX_KEY_LENGTH = 256
export const MAX_VALUE_LENGTH = 8_192
const MAX_PEERS = 64
const MAX_PAIRS = 256

const node = z.string().max(64)
const count = z.int().nonnegative()
const identifier = z.int().min(0).max(0xffffffff)
const peer = z.strictObject({ node, id: identifier })
const peers = z.array(peer).max(MAX_PEERS)
const request = count
const key = z.string().max(MAX_KEY_LENGTH)
const value = z.string().max(MAX_VALUE_LENGTH)
const pair = z.strictObject({ key, place: identifier, value, version: count })
const keys = z.array(key).max(MAX_PAIRS)
const neighbours = { predecessor: peer.nullable(), successors: peers }

const schemas = {
  AskNeighbours: z.strictObject({ type: z.literal('AskNeighbours'), request }),
  Neighbours: z.strictObject({ type: z.literal('Neighbours'), request, member: z.boolean(), ...neighbours }),
  Notify: z.strictObject({ type: z.literal('Notify'), peer }),
  AskHop: z.strictObject({ type: z.literal('AskHop'), request, target: identifier }),
  Hop: z.strictObject({ type: z.literal('Hop'), request, member: z.boolean(), found: z.boolean(), peers }),
  Goodbye: z.strictObject({ type: z.literal('Goodbye'), ...neighbours }),
  Store: z.strictObject({ type: z.literal('Store'), request, pairs: z.array(pair).max(MAX_PAIRS) }),
  Stored: z.strictObject({ type: z.literal('Stored'), request, accepted: z.boolean() }),
  Compare: z.strictObject({ type: z.literal('Compare'), request, keys, versions: z.array(count).max(MAX_PAIRS) }),
  Compared: z.strictObject({ type: z.literal('Compared'), request, accepted: z.boolean(), lacks: keys }),
  Fetch: z.strictObject({ type: z.literal('Fetch'), request, key }),
  Fetched: z.strictObject({ type: z.literal('Fetched'), request, member: z.boolean(), pair: pair.nullable() }),
  Put: z.strictObject({ type: z.literal('Put'), request, pair }),
  Get: z.strictObject({ type: z.literal('Get'), request, key, place: identifier }),
  Done: z.strictObject({
    type: z.literal('Done'),
    request,
    status: z.enum(['ok', 'unavailable']),
    pair: pair.nullable(),
  }),
  ClientRequest: z.strictObject({
    type: z.literal('ClientRequest'),
    client: node,
    serial: count,
    command: z.discriminatedUnion('action', [
      z.strictObject({ action: z.literal('put'), key, value }),
      z.strictObject({ action: z.literal('get'), key }),
      z.strictObject({ action: z.literal('join'), node }),
      z.strictObject({ action: z.literal('leave'), node }),
    ]),
  }),
  ClientReply: z.strictObject({
    type: z.literal('ClientReply'),
    client: node,
    serial: count,
    status: z.enum(['ok', 'busy', 'refused']),
    found: z.strictObject({ value, version: count }).nullable(),
  }),
}

export const chordSchemas = schemas as unknown as ChordSchemas
