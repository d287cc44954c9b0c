import { crc32 } from 'node:zlib'
import type { NodeId } from '../../sim/machine.ts'

/**
 * What stands in front of everything on a wire, big-endian: `PT`, the version of this layout (1 byte), the hash of the
 * protocol (4), a checksum of all that follows it (4), when the sender's incarnation began in milliseconds since the
 * epoch (6), the length of the sender's name (1), and the name in UTF-8.
 */
export interface Header {
  readonly from: NodeId
  readonly incarnation: number
  /** Where what it stands in front of begins, in bytes. */
  readonly end: number
}

export const WIRE_VERSION = 1
export const MOST_NAME_BYTES = 64

const MAGIC_HIGH = 0x50
const MAGIC_LOW = 0x54
const CHECKSUM_AT = 7
const CHECKED_FROM = 11
const FIXED_BYTES = 18

/** The header of all that one incarnation says, but for the checksum. */
export function headerOf(self: NodeId, incarnation: number, protocolHash: number): Uint8Array {
  const name = new TextEncoder().encode(self)
  if (name.length === 0 || name.length > MOST_NAME_BYTES) {
    throw new RangeError(`"${self}" cannot name a node on a wire: a name has 1 to ${MOST_NAME_BYTES} bytes`)
  }
  const bytes = new Uint8Array(FIXED_BYTES + name.length)
  const view = new DataView(bytes.buffer)
  bytes[0] = MAGIC_HIGH
  bytes[1] = MAGIC_LOW
  bytes[2] = WIRE_VERSION
  view.setUint32(3, protocolHash)
  view.setUint16(CHECKED_FROM, Math.floor(incarnation / 2 ** 32))
  view.setUint32(CHECKED_FROM + 2, incarnation >>> 0)
  bytes[FIXED_BYTES - 1] = name.length
  bytes.set(name, FIXED_BYTES)
  return bytes
}

/** Puts the header, and the checksum of it and what follows, in front of bytes that have room for it. */
export function seal(bytes: Uint8Array, header: Uint8Array): void {
  bytes.set(header)
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(CHECKSUM_AT, crc32(bytes.subarray(CHECKED_FROM)))
}

/** The header at the beginning of the bytes; or, in a few words of a fixed set, why there is none. Never throws. */
export function unseal(bytes: Uint8Array, protocolHash: number): Header | string {
  if (bytes.length < FIXED_BYTES || bytes[0] !== MAGIC_HIGH || bytes[1] !== MAGIC_LOW) return 'not of this wire'
  if (bytes[2] !== WIRE_VERSION) return 'another version'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(3) !== protocolHash) return 'another protocol'
  if (view.getUint32(CHECKSUM_AT) !== crc32(bytes.subarray(CHECKED_FROM))) return 'checksum does not fit'
  const end = FIXED_BYTES + bytes[FIXED_BYTES - 1]!
  if (end === FIXED_BYTES || end > bytes.length) return 'no sender'
  const from = nameAt(bytes, end)
  if (from === undefined) return 'no sender'
  return { from, incarnation: view.getUint16(CHECKED_FROM) * 2 ** 32 + view.getUint32(CHECKED_FROM + 2), end }
}

const decoder = new TextDecoder('utf-8', { fatal: true })
/** The name met last, and its bytes: most of what comes is from few nodes, in rows. */
const last = { name: '', bytes: new Uint8Array(0) }

function nameAt(bytes: Uint8Array, end: number): string | undefined {
  const name = bytes.subarray(FIXED_BYTES, end)
  if (equal(name, last.bytes)) return last.name
  try {
    last.name = decoder.decode(name)
    last.bytes = name.slice()
    return last.name
  } catch {
    return undefined
  }
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}
