import { encodeForNow } from '../../sim/encoding.ts'
import type { Millis, PlainData } from '../../sim/machine.ts'
import type { Answer, Input, Output } from '../host/input-tap.ts'
import { ByteWriter } from './bytes.ts'
import { digestOfBytes, digestOfPaths, Digests, OUTPUT_KINDS } from './digest.ts'
import { HEADER_BYTES, seal } from './frames.ts'
import { RecordKind } from './layout.ts'

export const INPUT_KINDS = ['start', 'message', 'timer', 'peer', 'synced'] as const
export const ANSWER_KINDS = ['disk', 'read', 'list', 'durable length', 'outbox length', 'begun'] as const
/** Answers follow the kinds of what is said. */
export const FIRST_ANSWER = 64

const SAID = new Map<string, number>(OUTPUT_KINDS.map((kind, place) => [kind, place]))
const INPUT = new Map<string, number>(INPUT_KINDS.map((kind, place) => [kind, place]))
const ANSWER = new Map<string, number>(ANSWER_KINDS.map((kind, place) => [kind, FIRST_ANSWER + place]))
const NO = 0
const YES = 1

/** Events as records, gathered until someone takes them. */
export class EventWriter {
  nowUs = 0
  wallClock: Millis = 0
  private readonly out = new ByteWriter()
  private readonly digests = new Digests()
  private recordAt = 0

  get length(): number {
    return this.out.length
  }

  input(input: Input, now: Millis, wallClock: Millis): void {
    const { out } = this
    this.digests.forget()
    this.begin(RecordKind.input)
    const nowUs = Math.round(now * 1000)
    out.byte(INPUT.get(input.kind)!)
    out.signed(nowUs - this.nowUs)
    out.signed(wallClock - this.wallClock)
    this.nowUs = nowUs
    this.wallClock = wallClock
    switch (input.kind) {
      case 'message':
        out.string(input.from)
        out.byte(input.bytes === undefined ? NO : YES)
        out.raw(input.bytes ?? encodeForNow(input.message as unknown as PlainData))
        break
      case 'timer':
        out.raw(encodeForNow(input.timer as PlainData))
        break
      case 'peer':
        out.byte(input.status === 'up' ? YES : NO)
        out.string(input.peer)
        break
      case 'start':
      case 'synced':
        break
    }
    this.end()
    if (input.kind !== 'synced') this.begin(RecordKind.outcome)
  }

  said(output: Output): void {
    const { out } = this
    out.byte(SAID.get(output.kind)!)
    out.word(this.digests.of(output))
    if (output.kind === 'timer') out.varint(Math.round(output.delayMs * 1000))
  }

  answered(answer: Answer): void {
    const { out } = this
    out.byte(ANSWER.get(answer.question)!)
    switch (answer.question) {
      case 'disk':
        out.string(answer.path)
        out.string(answer.code)
        break
      case 'read':
        out.word(digestOfBytes(answer.answer))
        break
      case 'list':
        out.word(digestOfPaths(answer.answer))
        break
      default:
        out.varint(Number(answer.answer))
    }
  }

  handled(error: Error | undefined): void {
    if (error !== undefined) {
      this.out.byte(255)
      this.out.string(`${error.name}: ${error.message}`)
    }
    this.end()
  }

  ended(reason: string): void {
    this.begin(RecordKind.end)
    this.out.string(reason)
    this.end()
  }

  /** A record of its own: what a segment begins with. */
  whole(kind: number, bytes: Uint8Array): void {
    this.begin(kind)
    this.out.raw(bytes)
    this.end()
  }

  raw(bytes: Uint8Array): void {
    this.out.raw(bytes)
    this.recordAt = this.out.length
  }

  /** The whole records so far. What is being written stays, and comes with a later call. */
  take(write: (bytes: Uint8Array) => void): void {
    const { out, recordAt } = this
    if (recordAt === 0) return
    write(out.bytes.subarray(0, recordAt))
    out.bytes.copyWithin(0, recordAt, out.length)
    out.length -= recordAt
    this.recordAt = 0
  }

  private begin(kind: number): void {
    const { out } = this
    this.recordAt = out.length
    out.skip(HEADER_BYTES)
    out.byte(kind)
  }

  private end(): void {
    seal(this.out.bytes, this.recordAt, this.out.length)
    this.recordAt = this.out.length
  }
}
