import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { serialize } from 'node:v8'
import { encodePlain } from '../../sim/encoding.ts'
import type { Millis, PlainData } from '../../sim/machine.ts'
import type { Answer, EncodedMessage, Incarnation, Input, InputTap, Look, Output } from '../host/input-tap.ts'
import { makeFolder } from '../make-folder.ts'
import { petrelVersion } from '../version.ts'
import { EventWriter } from './event-writer.ts'
import { recordedCodeHash } from './code.ts'
import { folderOf, FORMAT_VERSION, MAGIC, RecordKind, segmentName, type SegmentHead } from './layout.ts'

export interface RecordOptions {
  /** Which machine it is, for whoever is to make it again: `raft-kv`. */
  readonly system: string
  /** What the machine was made with: plain data. */
  readonly configuration: PlainData
  /**
   * The module of yours that `petrel replay --machines` takes: it and all it imports decide what the machine does, and a
   * replay refuses other code. Petrel's own code counts anyway.
   */
  readonly codeFile?: string
  /** A segment that is longer is closed, and the next begun. */
  readonly segmentBytes?: number
  /** What a node's recording may take; the oldest segments go first. The last one stays, however long it is. */
  readonly mostBytes?: number
  /** Hears, in a sentence, that a recording cannot go on. The node goes on without. */
  readonly onProblem?: ((sentence: string) => void) | undefined
}

const MEBIBYTE = 1024 * 1024
const SEGMENT_BYTES = 16 * MEBIBYTE
const MOST_BYTES = 256 * MEBIBYTE
/** Images of a large node are written no more often than events make up for, within what a recording may take. */
const EVENTS_PER_IMAGE = 5
const LEAST_SEGMENTS = 3
/** How long, and how much of, what nothing has come of yet waits to be written. */
const FLUSH_MS = 50
const MOST_WAITING_BYTES = MEBIBYTE

/**
 * Records a hosted machine in a folder, as the option `tap` of `hostMachine`: one recorder for each incarnation. A
 * killed process loses nothing that had come to anything; a power loss may cost the end.
 */
export function recordTo(directory: string, options: RecordOptions): InputTap {
  return new FlightRecorder(directory, options)
}

class FlightRecorder implements InputTap {
  private readonly directory: string
  private readonly options: RecordOptions
  private readonly events = new EventWriter()
  private incarnation!: Incarnation
  private look!: Look
  private readonly code: string
  private folder = ''
  private name = ''
  private fd: number | undefined
  private segment = 0
  private firstEvent = 1
  private eventCount = 0
  private written = 0
  private fullBytes = 0
  private flushing: NodeJS.Timeout | undefined

  constructor(directory: string, options: RecordOptions) {
    this.directory = directory
    this.options = options
    this.code = recordedCodeHash(options.codeFile)
  }

  readonly began = (incarnation: Incarnation, look: Look): void => {
    this.incarnation = incarnation
    this.look = look
    this.folder = join(this.directory, folderOf(incarnation.self))
    this.name = `${incarnation.startedAt}-${incarnation.seed.toString(16)}`
    this.events.wallClock = incarnation.startedAt
    this.attempt(() => {
      makeFolder(this.folder)
      this.openSegment()
    })
  }

  readonly input = (input: Input, now: Millis, wallClock: Millis): void => {
    if (this.fd === undefined) return
    if (this.written + this.events.length > this.fullBytes) this.attempt(() => this.rotate())
    this.eventCount++
    this.events.input(input, now, wallClock)
    this.flushing ??= setTimeout(this.flush, FLUSH_MS)
  }

  readonly answered = (answer: Answer): void => {
    if (this.fd !== undefined) this.events.answered(answer)
  }

  readonly said = (output: Output, encoded?: EncodedMessage): void => {
    if (this.fd !== undefined) this.events.said(output, encoded)
  }

  readonly handled = (error: Error | undefined): void => {
    if (this.fd === undefined) return
    this.events.handled(error)
    if (this.events.length > MOST_WAITING_BYTES) this.write()
  }

  readonly keep = (): void => {
    if (this.fd !== undefined) this.write()
  }

  readonly ended = (reason: string): void => {
    if (this.fd === undefined) return
    this.events.ended(reason)
    this.write()
    this.close()
  }

  private readonly flush = (): void => {
    this.flushing = undefined
    this.keep()
  }

  private write(): void {
    this.attempt(() => this.events.take((bytes) => this.writeAll(bytes)))
  }

  private writeAll(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.fd!, bytes, done)
    this.written += bytes.length
  }

  private rotate(): void {
    this.events.take((bytes) => this.writeAll(bytes))
    closeSync(this.fd!)
    this.fd = undefined
    this.segment++
    this.firstEvent = this.eventCount + 1
    this.openSegment()
  }

  private openSegment(): void {
    const { events, look } = this
    this.fd = openSync(join(this.folder, segmentName(this.name, this.segment)), 'wx')
    this.written = 0
    this.writeAll(Buffer.from(`${MAGIC}${String.fromCharCode(FORMAT_VERSION)}`, 'latin1'))
    events.whole(RecordKind.head, encodePlain(this.head() as unknown as PlainData))
    const image = {
      state: this.segment === 0 ? undefined : look.state(),
      timers: look.timers(),
      draws: look.draws(),
      files: look.files(),
      waiting: look.waiting(),
    }
    events.whole(RecordKind.image, serialize(image))
    events.take((bytes) => this.writeAll(bytes))
    this.fullBytes = this.written + this.mostEventBytes(this.written)
    this.dropOldest()
  }

  private mostEventBytes(imageBytes: number): number {
    const { segmentBytes = SEGMENT_BYTES, mostBytes = MOST_BYTES } = this.options
    const withinBounds = Math.max(imageBytes, mostBytes / LEAST_SEGMENTS - imageBytes)
    return Math.max(segmentBytes, Math.min(EVENTS_PER_IMAGE * imageBytes, withinBounds))
  }

  private head(): SegmentHead {
    const { incarnation, options, events } = this
    return {
      self: incarnation.self,
      system: options.system,
      configuration: options.configuration,
      code: this.code,
      petrel: petrelVersion(),
      node: process.version,
      seed: incarnation.seed,
      startedAt: incarnation.startedAt,
      segment: this.segment,
      firstEvent: this.firstEvent,
      nowUs: events.nowUs,
      wallClock: events.wallClock,
    }
  }

  private dropOldest(): void {
    const { mostBytes = MOST_BYTES } = this.options
    const segments = readdirSync(this.folder)
      .filter((name) => name.endsWith('.rec'))
      .sort()
      .map((name) => ({ path: join(this.folder, name), bytes: statSync(join(this.folder, name)).size }))
    let total = segments.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const { path, bytes } of segments.slice(0, -1)) {
      if (total <= mostBytes) return
      rmSync(path)
      total -= bytes
    }
  }

  /** A recording that cannot go on must not take the node with it. */
  private attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.options.onProblem?.(
        `${this.incarnation.self} is not recorded any more, from event ${this.eventCount} on: ${(error as Error).message}`,
      )
      this.close()
    }
  }

  private close(): void {
    clearTimeout(this.flushing)
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }
}
