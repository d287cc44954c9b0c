import { encodeForNow } from '../../sim/encoding.ts'
import type { Millis, NodeId, PlainData } from '../../sim/machine.ts'
import type { Answer, EncodedMessage, Input, Output } from '../host/input-tap.ts'
import { ByteWriter } from './bytes.ts'
import { digestOfBytes, digestOfPaths, Digests, OUTPUT_KINDS } from './digest.ts'
import { HEADER_BYTES, seal } from './blocks.ts'
import { RecordKind } from './layout.ts'

export const INPUT_KINDS = ['start', 'message', 'timer', 'peer', 'synced'] as const
export const ANSWER_KINDS = ['disk', 'read', 'list', 'durable length', 'outbox length', 'begun'] as const
/** Answers follow the kinds of what is said. */
export const FIRST_ANSWER = 64

const SAID = new Map<string, number>(OUTPUT_KINDS.map((kind, place) => [kind, place]))
const SEND = SAID.get('send')!
const INPUT = new Map<string, number>(INPUT_KINDS.map((kind, place) => [kind, place]))
const ANSWER = new Map<string, number>(ANSWER_KINDS.map((kind, place) => [kind, FIRST_ANSWER + place]))
/** What ends the steps of a handler: it threw, or it returned. */
export const THREW = 255
export const RETURNED = 254
const NO = 0
const YES = 1

/** A message that was said: by the time it leaves it is encoded, and encoding many at once takes less. */
interface Sending {
  readonly at: number
  readonly encoded: EncodedMessage
  readonly to: NodeId
}

/** Events as records, gathered until someone takes them as a block. A record is its kind, and what belongs to that. */
export class EventWriter {
  nowUs = 0
  wallClock: Millis = 0
  private readonly out = new ByteWriter()
  private readonly digests = new Digests()
  /** Messages whose digests are still to be written. */
  private sends: Sending[] = []
  /** Where the last whole record ends. */
  private end = HEADER_BYTES

  constructor() {
    this.out.skip(HEADER_BYTES)
  }

  get length(): number {
    return this.out.length
  }

  input(input: Input, now: Millis, wallClock: Millis): void {
    const { out } = this
    const nowUs = Math.round(now * 1000)
    out.pair(RecordKind.input, INPUT.get(input.kind)!)
    out.signed(nowUs - this.nowUs)
    out.signed(wallClock - this.wallClock)
    this.nowUs = nowUs
    this.wallClock = wallClock
    switch (input.kind) {
      case 'message':
        out.string(input.from)
        out.byte(input.bytes === undefined ? NO : YES)
        if (input.encoded === undefined) out.bytesOf(input.bytes ?? encodeForNow(input.message as unknown as PlainData))
        else out.bytesOf(input.encoded.bytes, input.encoded.offset)
        break
      case 'timer':
        out.bytesOf(encodeForNow(input.timer as PlainData))
        break
      case 'peer':
        out.byte(input.status === 'up' ? YES : NO)
        out.string(input.peer)
        break
      case 'start':
      case 'synced':
        break
    }
    this.end = out.length
    if (input.kind !== 'synced') out.byte(RecordKind.outcome)
  }

  said(output: Output, encoded: EncodedMessage | undefined): void {
    const { out } = this
    if (output.kind === 'send' && encoded !== undefined) {
      this.sends.push({ at: out.length, encoded, to: output.to })
      out.tagged(SEND, 0)
      return
    }
    out.tagged(SAID.get(output.kind)!, this.digests.of(output))
    if (output.kind === 'timer') out.varint(Math.round(output.delayMs * 1000))
  }

  answered(answer: Answer): void {
    const { out } = this
    const code = ANSWER.get(answer.question)!
    switch (answer.question) {
      case 'disk':
        out.byte(code)
        out.string(answer.path)
        out.string(answer.code)
        break
      case 'read':
        out.tagged(code, digestOfBytes(answer.answer))
        break
      case 'list':
        out.tagged(code, digestOfPaths(answer.answer))
        break
      default:
        out.byte(code)
        out.varint(Number(answer.answer))
    }
  }

  handled(error: Error | undefined): void {
    const { out } = this
    if (error === undefined) out.byte(RETURNED)
    else {
      out.byte(THREW)
      out.string(`${error.name}: ${error.message}`)
    }
    this.end = out.length
  }

  ended(reason: string): void {
    this.out.byte(RecordKind.end)
    this.out.string(reason)
    this.end = this.out.length
  }

  /** A record of its own: what a segment begins with. */
  whole(kind: number, bytes: Uint8Array): void {
    this.out.byte(kind)
    this.out.bytesOf(bytes)
    this.end = this.out.length
  }

  /** The whole records so far, as a block. What is being written stays, and comes with a later call. */
  take(write: (block: Uint8Array) => void): void {
    const { out, end } = this
    if (end === HEADER_BYTES) return
    this.finishSends(end)
    seal(out.bytes, end)
    write(out.bytes.subarray(0, end))
    if (out.length > end) out.bytes.copyWithin(HEADER_BYTES, end, out.length)
    out.length += HEADER_BYTES - end
    this.end = HEADER_BYTES
  }

  /** Writes the digests of what was said before `end`. */
  private finishSends(end: number): void {
    const { digests, out, sends } = this
    let done = 0
    for (; done < sends.length && sends[done]!.at < end; done++) {
      const { at, encoded, to } = sends[done]!
      out.bytes.writeUInt32BE(digests.ofSend(encoded, to), at + 1)
    }
    digests.forget()
    this.sends = sends.slice(done).map((sending) => ({ ...sending, at: sending.at + HEADER_BYTES - end }))
  }
}
