import { checksum } from './checksum.ts'

/**
 * How records lie in a segment: in blocks, each written at once. A block is a header of 12 bytes (length of the
 * records, their checksum, checksum of the eight bytes before) and whole records. The header has a checksum of its own,
 * so that a damaged length is not taken for a block whose end was never written.
 */
export const HEADER_BYTES = 12

/** Writes the header of a block whose records lie in `bytes` from `HEADER_BYTES` to `end`. */
export function seal(bytes: Buffer, end: number): void {
  bytes.writeUInt32BE(end - HEADER_BYTES, 0)
  bytes.writeUInt32BE(checksum(bytes, HEADER_BYTES, end), 4)
  bytes.writeUInt32BE(checksum(bytes, 0, 8), 8)
}

export interface Blocks {
  /** The records of each. */
  readonly blocks: readonly Uint8Array[]
  /** How many bytes behind the last whole block are the beginning of one that was never finished. */
  readonly tornBytes: number
  /** Where a block was whole once and is not what was written; undefined where none is. */
  readonly damagedAt: number | undefined
}

/** The whole blocks of a segment, from an offset on. */
export function blocksOf(bytes: Buffer, from: number): Blocks {
  const blocks: Uint8Array[] = []
  let offset = from
  while (offset < bytes.length) {
    const tornBytes = bytes.length - offset
    if (tornBytes < HEADER_BYTES) return { blocks, tornBytes, damagedAt: undefined }
    const start = offset + HEADER_BYTES
    const end = start + bytes.readUInt32BE(offset)
    if (checksum(bytes, offset, offset + 8) !== bytes.readUInt32BE(offset + 8)) {
      // A file system may have made room for what it lost with the power.
      const isRoom = bytes.subarray(offset).every((byte) => byte === 0)
      return { blocks, tornBytes: isRoom ? tornBytes : 0, damagedAt: isRoom ? undefined : offset }
    }
    if (end > bytes.length) return { blocks, tornBytes, damagedAt: undefined }
    if (checksum(bytes, start, end) !== bytes.readUInt32BE(offset + 4))
      return { blocks, tornBytes: 0, damagedAt: offset }
    blocks.push(bytes.subarray(start, end))
    offset = end
  }
  return { blocks, tornBytes: 0, damagedAt: undefined }
}
