import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareEntries,
  compareNode,
  merkleDigest,
  type MerkleEntry,
  type MerklePart,
} from '../../../nodes/merkle/merkle.ts'

const PLACE = fc.stringMatching(/^[0-9a-f]{6}$/)
const DIGEST = fc.stringMatching(/^[0-9a-f]{4}$/)
const CONTENTS = fc.dictionary(PLACE, DIGEST, { maxKeys: 40, noNullPrototype: true })

function entriesOf(contents: Record<string, string>): readonly MerkleEntry[] {
  return Object.entries(contents).sort(([one], [other]) => (one < other ? -1 : 1))
}

/** Both sides in turn, as messages would go; what each finds that it wants, and gives. */
function compareSides(
  one: readonly MerkleEntry[],
  other: readonly MerkleEntry[],
): { found: Set<string>; parts: number } {
  const sides = [one, other]
  const found = new Set<string>()
  let [parts, turn] = [1, 1]
  let said: readonly MerklePart[] = [{ prefix: '', digest: merkleDigest(one, '') }]
  while (said.length > 0) {
    const answers: MerklePart[] = []
    for (const part of said) {
      const entries = sides[turn]!
      if ('digest' in part) answers.push(...compareNode(entries, part))
      else {
        const { wanted, given } = compareEntries(entries, part.prefix, part.entries)
        for (const place of [...wanted, ...given]) found.add(place)
      }
    }
    said = answers
    parts += said.length
    turn = 1 - turn
  }
  return { found, parts }
}

describe('a Merkle tree', () => {
  test('shows two sides just what differs, whatever each holds', () => {
    fc.assert(
      fc.property(CONTENTS, CONTENTS, (one, other) => {
        const differing = new Set(
          [...Object.keys(one), ...Object.keys(other)].filter((place) => one[place] !== other[place]),
        )
        expect(compareSides(entriesOf(one), entriesOf(other)).found).toEqual(differing)
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  test('compares one digest where both hold the same', () => {
    const entries = entriesOf({ '0a': 'x', '0b': 'y', '1c': 'z' })
    expect(compareSides(entries, entries)).toEqual({ found: new Set(), parts: 1 })
  })

  test('compares a path, and not everything, where one thing of many differs', () => {
    const places = Array.from({ length: 2_000 }, (_, place) =>
      ((place * 8_191) & 0xfffff).toString(16).padStart(5, '0'),
    )
    const one = entriesOf(Object.fromEntries(places.map((place) => [place, 'same'])))
    const other = entriesOf({ ...Object.fromEntries(one), [places[77]!]: 'new' })
    const { found, parts } = compareSides(one, other)
    expect(found).toEqual(new Set([places[77]]))
    expect(parts).toBeLessThan(60)
  })

  test('two equal things that are both missing do not cancel out', () => {
    const both = entriesOf({ '0a': 'same', '0b': 'same' })
    expect(merkleDigest(both, '')).not.toBe(merkleDigest([], ''))
    expect(merkleDigest(both.slice(1), '')).not.toBe(merkleDigest(both.slice(0, 1), ''))
  })
})
