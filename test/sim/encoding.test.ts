import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { decodePlain, DecodeError, encodePlain } from '../../sim/encoding.ts'
import { hashPlain } from '../../sim/hash.ts'
import { readUtf8, utf8Length, writeUtf8 } from '../../sim/utf8.ts'
import type { PlainData } from '../../sim/machine.ts'

const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) })

const anyPlain = fc.letrec<{ value: PlainData }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyText,
    fc.string({ unit: 'grapheme', maxLength: 90 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.boolean(),
    fc.bigInt(),
    fc.constantFrom(null, undefined, -0, 127, 128, 2 ** 53),
    fc.uint8Array(),
    fc.int16Array(),
    fc.uint32Array(),
    fc.float32Array({ noNaN: true }),
    fc.float64Array({ noNaN: true }),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(anyText, fc.constant('__proto__')), tie('value'), { noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((entries) => new Map(entries)),
    fc.array(fc.integer()).map((items) => new Set(items)),
  ),
})).value

describe('encoding plain data', () => {
  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(anyPlain, (value) => {
        expect(decodePlain(encodePlain(value))).toStrictEqual(value)
      }),
      { numRuns: 500 },
    )
  })

  test('gives equal bytes and an equal hash for equal objects, whatever the order of their fields', () => {
    const fields = fc.uniqueArray(fc.tuple(fc.string(), anyPlain), { selector: ([name]) => name })
    fc.assert(
      fc.property(fields, (entries) => {
        const one = Object.fromEntries(entries)
        const other = Object.fromEntries([...entries].reverse())
        expect(encodePlain(other)).toEqual(encodePlain(one))
        expect(hashPlain(other, 7)).toBe(hashPlain(one, 7))
      }),
    )
  })

  test('takes no other bytes: whatever decodes encodes to the very same bytes', () => {
    fc.assert(
      fc.property(anyPlain, fc.nat(), fc.nat(255), (value, place, byte) => {
        const bytes = encodePlain(value).slice()
        bytes[place % bytes.length] = byte
        let decoded: PlainData
        try {
          decoded = decodePlain(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
          return
        }
        if (!holdsTypedFloats(decoded)) expect(encodePlain(decoded)).toEqual(bytes)
      }),
      { numRuns: 1000 },
    )
  })

  test('notices an object that ends where a field should begin', () => {
    const bytes = encodePlain({ a: 'a value of some length', b: 1 })
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodePlain(bytes.slice(0, length))).toThrow(DecodeError)
    }
  })

  test('answers random bytes with data or a DecodeError, and every cut of good bytes with a DecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodePlain(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(anyPlain, fc.nat(), (value, place) => {
        const bytes = encodePlain(value)
        expect(() => decodePlain(bytes.subarray(0, place % bytes.length))).toThrow(DecodeError)
      }),
    )
  })

  test('never believes a length that the bytes cannot hold', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
    for (const tag of [0x08, 0x09, 0x0a, 0x0b, 0x0c]) {
      expect(() => decodePlain(Uint8Array.from([tag, ...huge]))).toThrow('bytes end too early')
    }
    expect(() => decodePlain(Uint8Array.from([0x0d, 7, ...huge]))).toThrow('bytes end too early')
  })

  test('refuses data nested too deep, both ways, instead of exhausting the stack', () => {
    let nested: PlainData = 1
    for (let depth = 0; depth < 101; depth++) nested = [nested]
    expect(() => encodePlain(nested)).toThrow(TypeError)
    expect(() => decodePlain(new Uint8Array(100_000).fill(0x09).map((byte, place) => (place % 2 ? 1 : byte)))).toThrow(
      DecodeError,
    )
  })

  test('refuses functions and class instances', () => {
    expect(() => encodePlain((() => 1) as unknown as PlainData)).toThrow(TypeError)
    expect(() => encodePlain(new Date(0) as unknown as PlainData)).toThrow('class instance')
  })

  test('leaves room in front where asked', () => {
    expect([...encodePlain(true, 3)]).toEqual([0, 0, 0, 3])
  })

  test('tells values apart by their hash', () => {
    const values: PlainData[] = [
      0,
      -0,
      1,
      '1',
      '',
      null,
      undefined,
      false,
      [],
      {},
      [[]],
      new Map(),
      new Set(),
      0.5,
      1n,
      [1, 2],
      [2, 1],
    ]
    expect(new Set(values.map((value) => hashPlain(value, 1))).size).toBe(values.length)
  })
})

describe('UTF-8', () => {
  test('agrees with the platform on well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new Uint8Array(utf8Length(text))
        expect(writeUtf8(text, bytes, 0)).toBe(bytes.length)
        expect(bytes).toEqual(new Uint8Array(new TextEncoder().encode(text)))
        expect(readUtf8(bytes, 0, bytes.length)).toBe(text)
      }),
    )
  })

  test('gives back long texts, whatever lies where one piece of them ends and the next begins', () => {
    for (const start of [0, 1_020, 1_023, 1_024, 2_047, 5_000]) {
      for (const middle of ['', 'é', '🐦', '\ud83d', '\ude00\ud83d', 'ñ🐦'.repeat(1_000), '\ud83d'.repeat(2_050)]) {
        const text = `${'x'.repeat(start)}${middle}${'y'.repeat(1_500)}`
        const bytes = new Uint8Array(utf8Length(text))
        expect(writeUtf8(text, bytes, 0)).toBe(bytes.length)
        expect(readUtf8(bytes, 0, bytes.length) === text).toBe(true)
        if (middle !== '') expect(readUtf8(bytes, 0, start + 1)).toBeUndefined()
      }
    }
  })

  test('keeps a surrogate that stands alone as three bytes, and refuses a pair in two halves', () => {
    const bytes = new Uint8Array(3)
    writeUtf8('\ud83d', bytes, 0)
    expect([...bytes]).toEqual([0xed, 0xa0, 0xbd])
    expect(readUtf8(bytes, 0, 3)).toBe('\ud83d')
    expect(readUtf8(Uint8Array.from([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), 0, 6)).toBeUndefined()
  })

  test('refuses overlong forms', () => {
    expect(readUtf8(Uint8Array.from([0xc0, 0x80]), 0, 2)).toBeUndefined()
    expect(readUtf8(Uint8Array.from([0xe0, 0x80, 0x80]), 0, 3)).toBeUndefined()
  })
})

/** A NaN inside a typed array has bits of its own that JavaScript may not keep. */
function holdsTypedFloats(value: PlainData): boolean {
  if (value instanceof Float32Array || value instanceof Float64Array) return true
  if (ArrayBuffer.isView(value) || value === null || typeof value !== 'object') return false
  if (value instanceof Map) return [...value].some(([key, item]) => holdsTypedFloats(key) || holdsTypedFloats(item))
  if (value instanceof Set) return [...value].some(holdsTypedFloats)
  return Object.values(value).some(holdsTypedFloats)
}
