import { decodePlain } from '../../sim/encoding.ts'
import type { TimerName } from '../../sim/machine.ts'
import { ByteReader } from './bytes.ts'
import { OUTPUT_KINDS } from './digest.ts'
import { ANSWER_KINDS, FIRST_ANSWER, INPUT_KINDS, RETURNED, THREW } from './event-writer.ts'
import {
  RecordKind,
  type RecordedEvent,
  type RecordedInput,
  type RecordedOutcome,
  type RecordedStep,
  type SegmentHead,
} from './layout.ts'

/** The events of a segment and, where it says so, how the incarnation ended. Throws for records that are none. */
export function eventsOf(
  head: SegmentHead,
  blocks: readonly Uint8Array[],
): { readonly events: readonly RecordedEvent[]; readonly ended: string | undefined } {
  const events: RecordedEvent[] = []
  let ended: string | undefined
  let { nowUs, wallClock, firstEvent: number } = head
  for (const block of blocks) {
    const reader = new ByteReader(block)
    while (!reader.isAtEnd && ended === undefined) {
      const kind = reader.byte()
      if (kind === RecordKind.end) ended = reader.string()
      else if (kind === RecordKind.outcome) {
        const last = events.pop()
        if (last === undefined || last.outcome !== undefined) throw new RangeError('an outcome of no event')
        events.push({ ...last, outcome: outcomeOf(reader) })
      } else if (kind === RecordKind.input) {
        const inputKind = INPUT_KINDS[reader.byte()]
        nowUs += reader.signed()
        wallClock += reader.signed()
        const input = inputOf(inputKind, reader)
        const outcome = input.kind === 'synced' ? { steps: [], threw: undefined } : undefined
        events.push({ number: number++, nowUs, wallClock, input, outcome })
      } else throw new RangeError(`a record of kind ${kind} where an event begins`)
    }
  }
  return { events, ended }
}

function inputOf(kind: (typeof INPUT_KINDS)[number] | undefined, reader: ByteReader): RecordedInput {
  switch (kind) {
    case 'start':
    case 'synced':
      return { kind }
    case 'message':
      return { kind, from: reader.string(), isWired: reader.byte() === 1, bytes: reader.bytesOf() }
    case 'timer':
      return { kind, timer: decodePlain(reader.bytesOf()) as TimerName }
    case 'peer':
      return { kind, status: reader.byte() === 1 ? 'up' : 'down', peer: reader.string() }
    case undefined:
      throw new RangeError('an event of an unknown kind')
  }
}

function outcomeOf(reader: ByteReader): RecordedOutcome {
  const steps: RecordedStep[] = []
  for (;;) {
    const code = reader.byte()
    if (code === RETURNED) return { steps, threw: undefined }
    if (code === THREW) return { steps, threw: reader.string() }
    steps.push(
      code < FIRST_ANSWER ? saidOf(OUTPUT_KINDS[code], reader) : answerOf(ANSWER_KINDS[code - FIRST_ANSWER], reader),
    )
  }
}

function saidOf(what: (typeof OUTPUT_KINDS)[number] | undefined, reader: ByteReader): RecordedStep {
  if (what === undefined) throw new RangeError('an output of an unknown kind')
  return { kind: 'said', what, digest: reader.word(), delayUs: what === 'timer' ? reader.varint() : undefined }
}

function answerOf(question: (typeof ANSWER_KINDS)[number] | undefined, reader: ByteReader): RecordedStep {
  switch (question) {
    case 'disk':
      return { kind: 'failed', path: reader.string(), code: reader.string() }
    case 'read':
      return { kind: 'read', digest: reader.word() }
    case 'list':
      return { kind: 'listed', digest: reader.word() }
    case 'durable length':
    case 'outbox length':
    case 'begun':
      return { kind: question, answer: reader.varint() }
    case undefined:
      throw new RangeError('an answer of an unknown kind')
  }
}
