import type { Millis, NodeId, PlainData, TimerName } from '../../sim/machine.ts'
import type { DrawCounts } from '../host/counted-random.ts'
import type { TimerLook } from '../host/input-tap.ts'

/**
 * A recording is a folder with a folder for each node, and in it segments, named by incarnation and number:
 *
 *     n1/1763720000000-5eed1f.000000.rec
 *
 * A segment is a magic word, the version of the format, and blocks of records. The first two records say what runs and
 * how it stands, so that earlier segments can go. Then come events: what a handler was told, before anything came of it,
 * and what it said, by digest.
 */
export const MAGIC = 'PTREC'
export const FORMAT_VERSION = 3
export const PREAMBLE_BYTES = MAGIC.length + 1

export const RecordKind = { head: 1, image: 2, input: 3, outcome: 4, end: 5 } as const

/** What runs: in the canonical encoding. */
export interface SegmentHead {
  readonly self: NodeId
  /** Which machine it is, and what it was made with: for whoever is to make it again. */
  readonly system: string
  readonly configuration: PlainData
  readonly code: string
  readonly petrel: string
  readonly node: string
  readonly seed: number
  readonly startedAt: Millis
  readonly segment: number
  /** The number of the segment's first event in its incarnation, from 1. */
  readonly firstEvent: number
  /** The clocks that its first event counts from: the monotonic one in microseconds, the wall clock in milliseconds. */
  readonly nowUs: number
  readonly wallClock: Millis
}

/** How a node stands between two events: as V8 writes it down, since objects that are there twice must stay so. */
export interface SegmentImage {
  readonly state: unknown
  readonly timers: readonly TimerLook[]
  readonly draws: DrawCounts
  readonly files: ReadonlyMap<string, Uint8Array>
  /** How many things that were said wait behind a sync. */
  readonly waiting: number
}

export type RecordedInput =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'message'
      readonly from: NodeId
      /** True where it came over a wire, and so through its type's schema. */
      readonly isWired: boolean
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'peer'; readonly peer: NodeId; readonly status: 'up' | 'down' }
  | { readonly kind: 'synced' }

/** What a handler said or was answered, in order. */
export type RecordedStep =
  | { readonly kind: 'said'; readonly what: string; readonly digest: number; readonly delayUs: number | undefined }
  | { readonly kind: 'failed'; readonly path: string; readonly code: string }
  | { readonly kind: 'read' | 'listed'; readonly digest: number }
  | { readonly kind: 'durable length' | 'outbox length' | 'begun'; readonly answer: number }

export interface RecordedEvent {
  readonly number: number
  readonly nowUs: number
  readonly wallClock: Millis
  readonly input: RecordedInput
  /** Undefined where the process ended before the handler did. */
  readonly outcome: RecordedOutcome | undefined
}

export interface RecordedOutcome {
  readonly steps: readonly RecordedStep[]
  /** What the handler threw: name and message. */
  readonly threw: string | undefined
}

/** The name of a node as a folder's. */
export function folderOf(self: NodeId): string {
  return encodeURIComponent(self).replaceAll('.', '%2E')
}

export function segmentName(incarnation: string, segment: number): string {
  return `${incarnation}.${String(segment).padStart(6, '0')}.rec`
}

const SEGMENT_NAME = /^(\d+-[0-9a-f]+)\.(\d{6,})\.rec$/

/** Which incarnation a file is of, and which of its segments; undefined where it is none. */
export function parseSegmentName(name: string): { readonly incarnation: string; readonly segment: number } | undefined {
  const match = SEGMENT_NAME.exec(name)
  return match === null ? undefined : { incarnation: match[1]!, segment: Number(match[2]) }
}
