import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha1Identifier } from '../../../nodes/chord/hash.ts'
import { distance, isBetween, isWithin, powerOfTwo } from '../../../nodes/chord/identifiers.ts'

const SIZE = 16
const place = fc.integer({ min: 0, max: SIZE - 1 })

/** The places met on the way clockwise from one to the other, which is not reached before one step is made. */
function walk(from: number, to: number): number[] {
  const met: number[] = []
  let at = from
  do {
    at = (at + 1) % SIZE
    met.push(at)
  } while (at !== to)
  return met
}

describe('places on the ring', () => {
  test('lie within an interval that is met on the way through it', () => {
    fc.assert(
      fc.property(place, place, place, (from, id, to) => {
        const met = walk(from, to)
        expect(isWithin(from, id, to)).toBe(met.includes(id))
        expect(isBetween(from, id, to)).toBe(id !== to && met.includes(id))
        expect(distance(from, to, SIZE) || SIZE).toBe(met.length)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('are the first bits of SHA-1 (RK-30)', () => {
    // SHA-1 of "abc" is a9993e36 4706816a … (FIPS 180-4).
    expect(sha1Identifier(32)('abc')).toBe(0xa9993e36)
    expect(sha1Identifier(8)('abc')).toBe(0xa9)
    expect(sha1Identifier(32, 'a')('bc')).toBe(0xa9993e36)
    expect(powerOfTwo(32)).toBe(0x100000000)
  })
})
