import { crc32 } from 'node:zlib'
import { crc32 as crc32OfShort } from '../../sim/checksum.ts'

/**
 * How records lie in a segment: a header of 12 bytes (length, checksum of the record, checksum of the eight bytes
 * before), then the record. The header has a checksum of its own, so that a damaged length is not taken for a record
 * whose end was never written.
 */
export const HEADER_BYTES = 12

const SHORT_BYTES = 128

/** Writes the header of a record that lies in `bytes` from `start + HEADER_BYTES` to `end`. */
export function seal(bytes: Buffer, start: number, end: number): void {
  const body = start + HEADER_BYTES
  bytes.writeUInt32BE(end - body, start)
  bytes.writeUInt32BE(checksum(bytes, body, end), start + 4)
  bytes.writeUInt32BE(checksum(bytes, start, start + 8), start + 8)
}

/** Most records are so short that asking the platform, which is faster for each byte, would cost more. */
function checksum(bytes: Buffer, start: number, end: number): number {
  return end - start <= SHORT_BYTES ? crc32OfShort(bytes, start, end) >>> 0 : crc32(bytes.subarray(start, end))
}

export interface Frames {
  readonly records: readonly Uint8Array[]
  /** How many bytes behind the last whole record are the beginning of one that was never finished. */
  readonly tornBytes: number
  /** Where a record was whole once and is not what was written; undefined where none is. */
  readonly damagedAt: number | undefined
}

/** The whole records of a segment, from an offset on. */
export function framesOf(bytes: Buffer, from: number): Frames {
  const records: Uint8Array[] = []
  let offset = from
  while (offset < bytes.length) {
    const tornBytes = bytes.length - offset
    if (tornBytes < HEADER_BYTES) return { records, tornBytes, damagedAt: undefined }
    const body = offset + HEADER_BYTES
    const end = body + bytes.readUInt32BE(offset)
    if (crc32(bytes.subarray(offset, offset + 8)) !== bytes.readUInt32BE(offset + 8)) {
      // A file system may have made room for what it lost with the power.
      const isRoom = bytes.subarray(offset).every((byte) => byte === 0)
      return { records, tornBytes: isRoom ? tornBytes : 0, damagedAt: isRoom ? undefined : offset }
    }
    if (end > bytes.length) return { records, tornBytes, damagedAt: undefined }
    const record = bytes.subarray(body, end)
    if (crc32(record) !== bytes.readUInt32BE(offset + 4)) return { records, tornBytes: 0, damagedAt: offset }
    records.push(record)
    offset = end
  }
  return { records, tornBytes: 0, damagedAt: undefined }
}
