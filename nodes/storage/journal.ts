import type { Disk, PlainData } from '../../sim/machine.ts'
import { crc32 } from '../../sim/checksum.ts'
import { decodePlain, encodeForNow } from '../../sim/encoding.ts'

/**
 * An append-only file of records, for a state that must outlive a power loss at any byte.
 *
 * A record is a header and its data. The header says how long the data is, where in the file the record stands, how
 * many bytes before it were not yet synced when it was written, and a checksum (CRC-32) of all that and the data.
 * What was synced must still be there; what was not may be missing, torn, or there in part and in any order. So at
 * recovery the first place that holds no whole record is where the journal ends, unless a whole record behind it says
 * that this very place had been synced: then the disk lost what it had promised to keep, and nobody may go on as if
 * nothing had been there (Protocol-Aware Recovery, Alagappan et al., FAST 2018, section 3.3).
 */

/** Length of the data, place of the record, bytes not synced before it, checksum: four bytes each, big-endian. */
const HEADER_BYTES = 16

const FIRST_IMAGE_BYTES = 512

/** A journal that is open: plain data, to be kept in a machine's state. Lengths in bytes. */
export interface Journal {
  readonly path: string
  length: number
  /** What lies before this is durable before anything said from now on happens. */
  syncedLength: number
}

/** The disk lost or changed what it had said was durable. */
export class JournalDamaged extends Error {
  override readonly name = 'JournalDamaged'
  readonly path: string
  /** Where the damage begins, in bytes. */
  readonly offset: number

  constructor(path: string, offset: number) {
    super(`${path} is damaged at byte ${offset}, in what was durable`)
    this.path = path
    this.offset = offset
  }
}

/** What was found in a journal, in the order of writing, and the journal, open for more. */
export interface Recovered {
  readonly journal: Journal
  readonly records: readonly PlainData[]
  /** Bytes of torn records that were cut off. */
  readonly cutBytes: number
}

/** Adds a record. It is durable once {@link syncJournal} is; several appends may share one sync. */
export function appendRecord(journal: Journal, disk: Disk, record: PlainData): void {
  // A record may share its sync with those before it, and the disk may keep it and lose them.
  const durableLength = disk.durableLength?.(journal.path) ?? Infinity
  const bytes = encodeRecord(record, journal.length, Math.min(journal.syncedLength, durableLength))
  // The disk copies them before anything else is encoded.
  disk.append(journal.path, bytes)
  journal.length += bytes.length
}

/** What the node says after this waits until every record is durable. Costs nothing where every record is. */
export function syncJournal(journal: Journal, disk: Disk): void {
  if (journal.syncedLength === journal.length) return
  disk.sync()
  journal.syncedLength = journal.length
}

/** The bytes of a journal that holds these records: the image of a disk that a system is set up with. */
export function journalImage(records: readonly PlainData[]): Uint8Array {
  let image: Uint8Array = new Uint8Array(FIRST_IMAGE_BYTES)
  let length = 0
  for (const record of records) {
    const bytes = encodeRecord(record, length, length)
    if (length + bytes.length > image.length) image = grown(image, length + bytes.length)
    image.set(bytes, length)
    length += bytes.length
  }
  return image.subarray(0, length)
}

function grown(image: Uint8Array, atLeast: number): Uint8Array {
  const larger = new Uint8Array(Math.max(atLeast, 2 * image.length))
  larger.set(image)
  return larger
}

/**
 * Opens a journal after a start or a crash and makes durable what it found. Undefined where there is no such file.
 * Throws {@link JournalDamaged} where something durable is missing, and a DecodeError where a whole record holds what
 * no encoder wrote. `isWhole` tells whether a whole record stands at an offset.
 */
export function recoverJournal(disk: Disk, path: string, isWhole = isWholeRecord): Recovered | undefined {
  const bytes = disk.read(path)
  if (bytes === undefined) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: PlainData[] = []
  let end = 0
  while (isWhole(bytes, view, end)) {
    const next = end + HEADER_BYTES + view.getUint32(end)
    records.push(decodePlain(bytes.subarray(end + HEADER_BYTES, next)))
    end = next
  }
  const cutBytes = bytes.length - end
  if (cutBytes > 0) {
    if (wasSyncedBeyond(bytes, view, end)) throw new JournalDamaged(path, end)
    disk.truncate(path, end)
  }
  // A killed process leaves records in the page cache that were never synced; nobody may build on them before they are.
  disk.sync()
  return { journal: { path, length: end, syncedLength: end }, records, cutBytes }
}

/**
 * As {@link recoverJournal}, for a system that begins with an empty disk: where there is no file, an empty journal. A
 * system that must notice that its disk was taken away cannot use this.
 */
export function openJournal(disk: Disk, path: string): Recovered {
  return recoverJournal(disk, path) ?? { journal: { path, length: 0, syncedLength: 0 }, records: [], cutBytes: 0 }
}

/** In bytes that hold until the next record is encoded. */
function encodeRecord(record: PlainData, offset: number, syncedLength: number): Uint8Array {
  const bytes = encodeForNow(record, HEADER_BYTES)
  putUint32(bytes, 0, bytes.length - HEADER_BYTES)
  putUint32(bytes, 4, offset)
  putUint32(bytes, 8, offset - syncedLength)
  putUint32(bytes, 12, checksum(bytes, 0, bytes.length))
  return bytes
}

function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Of the header without the checksum, and the data. */
function checksum(bytes: Uint8Array, start: number, end: number): number {
  return (crc32(bytes, start, start + 12) ^ crc32(bytes, start + HEADER_BYTES, end)) >>> 0
}

/** True where a record with its whole length and a right checksum stands at the offset. */
export function isWholeRecord(bytes: Uint8Array, view: DataView, offset: number): boolean {
  if (offset + HEADER_BYTES > bytes.length) return false
  const end = offset + HEADER_BYTES + view.getUint32(offset)
  // The place is compared first: it makes nearly every wrong candidate cheap, and catches a record that strayed.
  if (view.getUint32(offset + 4) !== offset >>> 0 || end > bytes.length) return false
  return view.getUint32(offset + 12) === checksum(bytes, offset, end)
}

/** True where a whole record behind `end` says that more than `end` bytes were durable when it was written. */
function wasSyncedBeyond(bytes: Uint8Array, view: DataView, end: number): boolean {
  for (let offset = end + 1; offset + HEADER_BYTES <= bytes.length; offset++) {
    if (view.getUint32(offset + 4) !== offset >>> 0) continue
    if (offset - view.getUint32(offset + 8) > end && isWholeRecord(bytes, view, offset)) return true
  }
  return false
}
