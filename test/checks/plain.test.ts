import { expect, test } from 'vitest'
import { canonical, inWords, samePlain } from '../../checks/plain.ts'

test.each([
  [
    { a: 1, b: [2, { c: 3 }] },
    { b: [2, { c: 3 }], a: 1 },
  ],
  [
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
    new Map([
      ['b', 2],
      ['a', 1],
    ]),
  ],
  [new Set([1, 2]), new Set([2, 1])],
  [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  [{ a: undefined }, {}],
  [NaN, NaN],
])('%o and %o are the same', (left, right) => expect(samePlain(left, right)).toBe(true))

test.each([
  ['1', 1],
  [null, undefined],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: 1 }, { a: 2 }],
  [[], {}],
  [Uint8Array.of(1), [1]],
  [new Set([1]), [1]],
  [1n, 1],
  [[['a', 1]], new Map([['a', 1]])],
  ['{}', {}],
  [
    [1, [2]],
    [1, 2],
  ],
])('%o and %o are different', (left, right) => {
  expect(samePlain(left, right)).toBe(false)
  expect(canonical(left)).not.toBe(canonical(right))
})

test('a long value is cut for people', () => {
  expect(inWords('short')).toBe('"short"')
  expect(inWords('x'.repeat(100))).toBe(`"${'x'.repeat(38)}…`)
})
