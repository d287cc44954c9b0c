import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareClocks, joinClocks } from '../../../nodes/versions/clock.ts'
import {
  isEqual,
  isTombstone,
  merge,
  NOTHING,
  type Siblings,
  valuesOf,
  write,
} from '../../../nodes/versions/siblings.ts'

const CLEAR = new Map<string, number>()

describe('versions of a key', () => {
  test('a write that has seen another replaces it', () => {
    const first = write(NOTHING, CLEAR, 'a', 'one')
    const second = write(first, first.clock, 'b', 'two')
    expect(valuesOf(second)).toEqual(['two'])
    expect(valuesOf(merge(first, second))).toEqual(['two'])
  })

  test('two clients that saw the same through one server both keep what they wrote', () => {
    const first = write(NOTHING, CLEAR, 'a', 'one')
    const second = write(first, first.clock, 'a', 'two')
    const third = write(second, first.clock, 'a', 'three')
    expect(valuesOf(third)).toEqual(['two', 'three'])
  })

  test('concurrent writes through two servers become siblings, which a later write may replace together', () => {
    const first = write(NOTHING, CLEAR, 'a', 'one')
    const [left, right] = [write(first, first.clock, 'a', 'left'), write(first, first.clock, 'b', 'right')]
    const both = merge(left, right)
    expect(valuesOf(both)).toEqual(['left', 'right'])
    expect(valuesOf(write(both, both.clock, 'c', 'merged'))).toEqual(['merged'])
  })

  test('a deletion takes away what it saw, and no write that it did not see', () => {
    const first = write(NOTHING, CLEAR, 'a', 'one')
    const gone = write(first, first.clock, 'a', null)
    expect(isTombstone(gone)).toBe(true)
    expect(isTombstone(merge(gone, first))).toBe(true)
    const concurrent = write(first, first.clock, 'b', 'two')
    expect(valuesOf(merge(gone, concurrent))).toEqual(['two'])
  })

  test('who counts again from the start under an old name loses what it writes: why a lost disk needs a new name', () => {
    const old = write(write(NOTHING, CLEAR, 'a', 'one'), CLEAR, 'a', 'two')
    const forgetful = write(NOTHING, CLEAR, 'a', 'three')
    expect(valuesOf(merge(old, forgetful))).not.toContain('three')
  })
})

/** Servers that write, each by what it or a client knows, and tell each other at random. */
const STEPS = fc.array(
  fc.record({ server: fc.integer({ min: 0, max: 2 }), other: fc.integer({ min: 0, max: 2 }), sees: fc.boolean() }),
  { maxLength: 20 },
)

describe('replicas that write and merge at random', () => {
  test('keep just the writes that no later write has seen, whoever merges with whom', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const replicas: Siblings[] = [NOTHING, NOTHING, NOTHING]
        const seenBy = new Map<string, ReadonlySet<string>>()
        for (const [count, { server, other, sees }] of steps.entries()) {
          if (server !== other) {
            replicas[server] = merge(replicas[server]!, replicas[other]!)
            continue
          }
          const known = replicas[server]!
          seenBy.set(`w${count}`, new Set(sees ? valuesOf(known) : []))
          replicas[server] = write(known, sees ? known.clock : CLEAR, `s${server}`, `w${count}`)
        }
        const all = replicas.reduce(merge)
        const replaced = new Set([...seenBy.values()].flatMap((values) => [...values]))
        expect([...valuesOf(all)].sort()).toEqual([...seenBy.keys()].filter((value) => !replaced.has(value)).sort())
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  test('come to the same in any order, once or twice', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        const replicas: Siblings[] = [NOTHING, NOTHING, NOTHING]
        for (const [count, { server, other, sees }] of steps.entries()) {
          const known = replicas[server]!
          if (server === other) {
            replicas[server] = write(known, sees ? known.clock : CLEAR, `s${server}`, `w${count}`)
          } else replicas[server] = merge(known, replicas[other]!)
        }
        const [a, b, c] = replicas as [Siblings, Siblings, Siblings]
        expect(merge(a, b)).toEqual(merge(b, a))
        expect(isEqual(merge(merge(a, b), c), merge(a, merge(b, c)))).toBe(true)
        expect(isEqual(merge(a, a), a)).toBe(true)
      }),
      { seed: 4, numRuns: 300 },
    )
  })
})

describe('vector clocks', () => {
  test('tell before, after, equal and concurrent', () => {
    const [one, two] = [new Map([['a', 1]]), new Map([['a', 2]])]
    const other = new Map([['b', 1]])
    expect(compareClocks(one, two)).toBe('before')
    expect(compareClocks(two, one)).toBe('after')
    expect(compareClocks(one, new Map(one))).toBe('equal')
    expect(compareClocks(two, other)).toBe(null)
    expect(compareClocks(joinClocks(two, other), other)).toBe('after')
  })
})
