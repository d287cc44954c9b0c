import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { decodePlain } from '../../sim/encoding.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { blocksOf } from './blocks.ts'
import { ByteReader } from './bytes.ts'
import { eventsOf } from './event-reader.ts'
import {
  FORMAT_VERSION,
  MAGIC,
  PREAMBLE_BYTES,
  RecordKind,
  type RecordedEvent,
  type SegmentHead,
  type SegmentImage,
} from './layout.ts'

export interface Segment {
  readonly path: string
  readonly head: SegmentHead
  readonly image: SegmentImage
  readonly events: readonly RecordedEvent[]
  /** Why the incarnation ended; undefined where this segment does not say. */
  readonly ended: string | undefined
  /** Bytes at its end of a record that was never finished. */
  readonly tornBytes: number
}

/**
 * Reads one segment. Undefined where its process was killed before it had a beginning. Throws a UsageError where it is
 * damaged, or of a version that this program does not read.
 */
export function readSegment(path: string): Segment | undefined {
  const bytes = readFileSync(path)
  if (bytes.length < PREAMBLE_BYTES) {
    if (`${MAGIC}${String.fromCharCode(FORMAT_VERSION)}`.startsWith(bytes.toString('latin1'))) return undefined
    throw damaged(path, 'it does not begin like a recording')
  }
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damaged(path, 'it does not begin like a recording')
  const version = bytes[MAGIC.length]!
  if (version !== FORMAT_VERSION) {
    throw new UsageError(
      'recording-version',
      `${path} is of version ${version} of the format, and this Petrel reads version ${FORMAT_VERSION}: replay it with the Petrel that recorded it.`,
    )
  }
  const { blocks, tornBytes, damagedAt } = blocksOf(bytes, PREAMBLE_BYTES)
  if (damagedAt !== undefined) throw damaged(path, `what was written at byte ${damagedAt} is not there any more`)
  const [first, ...rest] = blocks
  if (first === undefined) return undefined
  const { head, imageBytes } = readPart(path, () => beginningOf(first))
  const image = (): SegmentImage => readPart(path, () => deserialize(imageBytes) as SegmentImage)
  const part = readPart(path, () => eventsOf(head, rest))
  return {
    path,
    head,
    // Read when asked for, and anew each time: who replays changes it.
    get image() {
      return image()
    },
    ...part,
    tornBytes,
  }
}

/** Throws a RangeError where it is none. */
function beginningOf(block: Uint8Array): { readonly head: SegmentHead; readonly imageBytes: Uint8Array } {
  const reader = new ByteReader(block)
  if (reader.byte() !== RecordKind.head) throw new RangeError('it has no beginning')
  const head = decodePlain(reader.bytesOf()) as unknown as SegmentHead
  if (reader.byte() !== RecordKind.image) throw new RangeError('it has no image')
  return { head, imageBytes: reader.bytesOf() }
}

function readPart<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw damaged(path, `it cannot be read: ${(error as Error).message}`)
  }
}

function damaged(path: string, why: string): UsageError {
  return new UsageError(
    'recording-damaged',
    `${path} is damaged: ${why}. A replay from it would prove nothing; move this incarnation's segments away to replay the others.`,
  )
}
