import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../../../nodes/dictionary/dictionary.ts'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import { raftProtocol } from '../../../nodes/raft/protocol.ts'
import { raftSchemas } from '../../../nodes/raft/schemas.ts'
import { FrameKind, FrameReader, frameOf } from '../../../runtime/net/frames.ts'
import { headerOf, seal, unseal } from '../../../runtime/net/header.ts'
import { MessageTypes } from '../../../runtime/net/message-types.ts'
import { encodePlain } from '../../../sim/encoding.ts'
import type { PlainData } from '../../../sim/machine.ts'
import { decodeMessage } from '../../../sim/wire.ts'

const SEED = { seed: 20_261_121, numRuns: 2_000 }
const schemas = raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema)
const types = new MessageTypes(raftProtocol('stream', schemas, dictionary))

const entry = {
  term: 3,
  session: 'c1.a',
  serial: 4,
  command: { action: 'set', key: 'κ', value: '1.2' },
  servers: null,
  stampMs: 7,
}
const samples: readonly RaftMessage[] = [
  { type: 'RequestVote', term: 3, lastLogIndex: 9, lastLogTerm: 2, leadershipTransfer: false },
  {
    type: 'AppendEntries',
    term: 3,
    round: 2,
    prevLogIndex: 1,
    prevLogTerm: 1,
    entries: [entry, entry],
    leaderCommit: 1,
  },
  {
    type: 'InstallSnapshot',
    term: 1,
    round: 1,
    lastIndex: 5,
    lastTerm: 1,
    offset: 0,
    bytes: new Uint8Array([1, 2, 3]),
    done: true,
  },
]
const encoded = samples.map((message) => encodePlain(message as unknown as PlainData))

/** Valid bytes with some bits flipped, cut short, or with more behind them. */
const damaged = fc
  .record({
    bytes: fc.constantFrom(...encoded),
    flips: fc.array(fc.record({ place: fc.nat(400), bit: fc.nat(7) }), { maxLength: 4 }),
    keep: fc.nat(400),
    more: fc.uint8Array({ maxLength: 8 }),
  })
  .map(({ bytes, flips, keep, more }) => {
    const changed = new Uint8Array([...bytes.subarray(0, keep), ...more])
    for (const { place, bit } of flips) if (place < changed.length) changed[place]! ^= 1 << bit
    return changed
  })

describe('what comes off a wire, whatever it is', () => {
  test('is a valid message or a reason, and never a throw', () => {
    let valid = 0
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (bytes) => {
        const decoded = decodeMessage(bytes, types.schemaFor('datagram', true))
        if (decoded.ok) {
          valid++
          const schema = schemas[decoded.message.type as RaftMessage['type']]
          expect(schema.safeParse(decoded.message).success).toBe(true)
        } else expect(decoded.reason).not.toBe('')
      }),
      SEED,
    )
    expect(valid).toBeGreaterThan(20)
  })

  test('has the header of its sender, or one of a few reasons why not', () => {
    const header = headerOf('n1', 1_700_000_000_123, types.hash)
    const whole = new Uint8Array(header.length + 40).fill(7)
    seal(whole, header)
    expect(unseal(whole, types.hash)).toEqual({ from: 'n1', incarnation: 1_700_000_000_123, end: header.length })
    const reasons = new Set<string>()
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length * 8 - 1), (keep, flip) => {
        const bytes = whole.slice()
        bytes[flip >> 3]! ^= 1 << (flip & 7)
        const read = unseal(flip % 3 === 0 ? bytes : bytes.subarray(0, keep), types.hash)
        expect(typeof read).toBe('string')
        reasons.add(read as string)
      }),
      SEED,
    )
    const known = ['not of this wire', 'another version', 'another protocol', 'checksum does not fit', 'no sender']
    expect(known).toEqual(expect.arrayContaining([...reasons]))
    expect(reasons.size).toBeGreaterThan(3)
  })

  test('is cut into the same frames in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
        (contents, sizes) => {
          const stream = Buffer.concat(contents.map((content) => frameOf(FrameKind.message, content)))
          const partial = { bytes: 0, most: 10_000 }
          const reader = new FrameReader(partial)
          const read: Uint8Array[] = []
          for (let from = 0, turn = 0; from < stream.length; turn++) {
            const piece = stream.subarray(from, from + sizes[turn % sizes.length]!)
            from += piece.length
            const problem = reader.take(
              piece,
              () => 100,
              (_kind, content) => read.push(new Uint8Array(content)) > 0,
            )
            expect(problem).toBeUndefined()
          }
          expect(read).toEqual(contents)
          expect([reader.isWithin, partial.bytes]).toEqual([false, 0])
        },
      ),
      SEED,
    )
  })

  test('ends a stream where a frame is announced that is longer than allowed, or too much is under way', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 50 }), (pieces) => {
        const partial = { bytes: 0, most: 2_000 }
        const reader = new FrameReader(partial)
        for (const piece of pieces) {
          if (
            reader.take(
              piece,
              () => 64,
              () => true,
            ) !== undefined
          )
            break
          expect(partial.bytes).toBeLessThanOrEqual(2_000)
        }
        reader.clear()
        expect(partial.bytes).toBe(0)
      }),
      SEED,
    )
  })
})
