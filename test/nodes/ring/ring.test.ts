import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arcOf, isInArc, ownersAt, ringOf, tokenAt } from '../../../nodes/ring/ring.ts'
import { sha1, sha1OfText } from '../../../nodes/ring/sha1.ts'

/** The ring of the practical example that the design was published with, and what it shows of each node's contents. */
const TED = {
  id: 'Ted',
  tokens: ['a0f1490a20d0211c997b44bc357e1972deab8ae3', 'adad2ca7ab313add6e955f704719e03d5229e4d0'],
}
const KHADIJAH = {
  id: 'Khadijah',
  tokens: [
    '27f57cb359a8f86acf4af811c47a6380b4bb4209',
    '60c79e75f9c2ea5f5aaf21ec2ad7d5b13d61f864',
    '964992fde30239af2636655e58d714e73d8b5050',
  ],
}
const PLACES = {
  key_2: '1388ac756f07b0dda2961436ba8596c7b7995e94',
  key_3: '07ef8d138b76050981f170dd9dd79cae91ea3ce3',
  key_4: '510bab21ed68eee873e71cc531ec8999269969b9',
  key_5: 'a7a3d2bf146bcb1a5742a08ca28a3d9f19a0fc1e',
  key_6: '5b0f535926e5006aba64b7d58a1cd62629cbc35f',
  key_7: 'bf77e5cfde8dd24474e573d765a2c8b31908cbda',
  key_8: '40777c670fecce7beed48ecb38d4117f5fb68f1a',
  key_9: '3852a35cfa7c595d5d3e1235a946a6ef5f9d0824',
  key_10: '45b0cbcbf29b7789a174d5f7d8769dd8ee6f10a1',
}

describe('SHA-1', () => {
  test('places keys where the published example has them (DH-3, DH-4)', () => {
    for (const [key, place] of Object.entries(PLACES)) expect(sha1OfText(key)).toBe(place)
  })

  test('is that of the standard, for bytes of any length', () => {
    expect(sha1OfText('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
    expect(sha1OfText('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha1(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'))
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  test('takes texts as UTF-8', () => {
    for (const text of ['ñandú', '🐦 petrel', '\u{10ffff}']) {
      expect(sha1OfText(text)).toBe(createHash('sha1').update(text, 'utf8').digest('hex'))
    }
  })
})

describe('a ring', () => {
  const ring = ringOf([TED, KHADIJAH])

  test('gives a key to the next token clockwise, as the published example does', () => {
    const owner = (key: keyof typeof PLACES): string => ownersAt(ring, PLACES[key], 1)[0]!
    // The keys that the first node forwards to the second.
    for (const key of ['key_2', 'key_3', 'key_4', 'key_6', 'key_8', 'key_9'] as const) {
      expect(owner(key)).toBe('Khadijah')
    }
    expect(owner('key_5')).toBe('Ted')
  })

  test('goes round: behind the highest token comes the lowest', () => {
    expect(PLACES.key_7 > TED.tokens[1]!).toBe(true)
    expect(tokenAt(ring, PLACES.key_7)).toBe(0)
    expect(ownersAt(ring, PLACES.key_7, 1)).toEqual(['Khadijah'])
  })

  test('finds the arc that each position lies in, and just that one', () => {
    const digits = fc.stringMatching(/^[0-9a-f]{4}$/)
    fc.assert(
      fc.property(fc.array(digits, { minLength: 1, maxLength: 8 }), digits, (tokens, position) => {
        const drawn = ringOf(tokens.map((token, place) => ({ id: `n${place}`, tokens: [token] })))
        const arcs = drawn.map((_token, place) => isInArc(arcOf(drawn, place), position))
        expect(arcs.filter(Boolean)).toHaveLength(1)
        expect(arcs.indexOf(true)).toBe(tokenAt(drawn, position))
      }),
      { seed: 2, numRuns: 300 },
    )
  })

  test('lists distinct owners, the owner of the position first, and all where more are wanted than there are', () => {
    const three = ringOf([
      { id: 'a', tokens: ['10', '20'] },
      { id: 'b', tokens: ['30'] },
      { id: 'c', tokens: ['40'] },
    ])
    expect(ownersAt(three, '11', 2)).toEqual(['a', 'b'])
    expect(ownersAt(three, '31', 3)).toEqual(['c', 'a', 'b'])
    expect(ownersAt(three, '41', 9)).toEqual(['a', 'b', 'c'])
    expect(ownersAt([], '41', 3)).toEqual([])
  })

  test('is the same whatever order its owners come in, also where two drew the same token', () => {
    const [one, other] = [
      { id: 'a', tokens: ['10'] },
      { id: 'b', tokens: ['10', '20'] },
    ]
    expect(ringOf([one, other])).toEqual(ringOf([other, one]))
    expect(ownersAt(ringOf([other, one]), '05', 1)).toEqual(['a'])
  })

  test('moves only what a new owner gains', () => {
    const before = ringOf([TED, KHADIJAH])
    const after = ringOf([TED, KHADIJAH, { id: 'Larraine', tokens: ['c0ffee' + '0'.repeat(34)] }])
    for (const place of Object.values(PLACES)) {
      const [was, is] = [ownersAt(before, place, 1)[0], ownersAt(after, place, 1)[0]]
      if (is !== 'Larraine') expect(is).toBe(was)
    }
    expect(ownersAt(after, PLACES.key_7, 1)).toEqual(['Larraine'])
  })
})
