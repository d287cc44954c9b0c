import { crc32 } from 'node:zlib'
import { crc32 as crc32OfShort } from '../../sim/checksum.ts'

/** Up to here asking the platform, which is faster for each byte, would cost more. */
const SHORT_BYTES = 80

/** CRC-32 of a range of bytes. */
export function checksum(bytes: Uint8Array, from: number, to: number): number {
  return to - from <= SHORT_BYTES ? crc32OfShort(bytes, from, to) : crc32(bytes.subarray(from, to))
}
