import type { PlainData, Tagged } from './machine.ts'
import type { Schema } from './protocol.ts'
import { crc32 } from './checksum.ts'
import { DecodeError, decodePlain, encodePlain } from './encoding.ts'

const CHECKSUM_BYTES = 4

/** A message as it travels: a checksum of four bytes, then the encoded message. */
export function encodeFrame(message: PlainData): Uint8Array {
  const body = encodePlain(message)
  const frame = new Uint8Array(CHECKSUM_BYTES + body.length)
  new DataView(frame.buffer).setUint32(0, crc32(body))
  frame.set(body, CHECKSUM_BYTES)
  return frame
}

export type Decoded = { readonly ok: true; readonly message: Tagged } | { readonly ok: false; readonly reason: string }

/** The message of a frame, validated by its type's schema; or, in words, why it is none. Never throws. */
export function decodeFrame(frame: Uint8Array, schemaOf: (type: string) => Schema<any> | undefined): Decoded {
  if (frame.length < CHECKSUM_BYTES) return { ok: false, reason: 'too short for a frame' }
  const body = frame.subarray(CHECKSUM_BYTES)
  const expected = new DataView(frame.buffer, frame.byteOffset).getUint32(0)
  if (crc32(body) !== expected) return { ok: false, reason: 'checksum does not fit' }
  return decodeMessage(body, schemaOf)
}

/** The same for the encoded message alone, whose bytes something else has vouched for. */
export function decodeMessage(body: Uint8Array, schemaOf: (type: string) => Schema<any> | undefined): Decoded {
  let value: unknown
  try {
    value = decodePlain(body)
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, reason: error.message }
    throw error
  }
  if (typeof value !== 'object' || value === null || typeof (value as { type?: unknown }).type !== 'string') {
    return { ok: false, reason: 'not a message' }
  }
  const message = value as Tagged
  const schema = schemaOf(message.type)
  if (schema === undefined) return { ok: true, message }
  const parsed = schema.safeParse(message)
  return parsed.success
    ? { ok: true, message: parsed.data }
    : { ok: false, reason: `not a ${message.type}: ${parsed.error.message}` }
}
