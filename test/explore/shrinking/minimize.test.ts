import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minimize } from '../../../explore/shrinking/minimize.ts'

const items = fc.uniqueArray(fc.integer(), { maxLength: 60 })

describe('minimizing a list', () => {
  test('finds exactly the items that are needed, where each is needed by itself', () => {
    fc.assert(
      fc.property(items, fc.func(fc.boolean()), (all, needs) => {
        const needed = all.filter((item) => needs(item))
        expect(minimize(all, (kept) => needed.every((item) => kept.includes(item)))).toEqual(needed)
      }),
    )
  })

  test('ends where no single item can be taken away, whatever the test asks for', () => {
    const any = fc.func(fc.boolean())
    fc.assert(
      fc.property(items, any, (all, whim) => {
        const holds = (kept: readonly number[]): boolean => kept.length === all.length || whim(kept)
        const kept = minimize(all, holds)
        expect(holds(kept)).toBe(true)
        for (const item of kept) expect(holds(kept.filter((other) => other !== item))).toBe(kept.length === 0)
      }),
    )
  })

  test('asks of parts of the list only, each in its order and smaller than what held last', () => {
    fc.assert(
      fc.property(items, fc.func(fc.boolean()), (all, whim) => {
        let last = all
        minimize(all, (kept) => {
          expect(kept).toEqual(last.filter((item) => kept.includes(item)))
          expect(kept.length).toBeLessThan(last.length)
          const holds = whim(kept)
          if (holds) last = [...kept]
          return holds
        })
      }),
    )
  })

  test('takes few questions where little is needed of much', () => {
    let asked = 0
    const all = Array.from({ length: 1000 }, (_, index) => index)
    expect(minimize(all, (kept) => (asked++, kept.includes(123) && kept.includes(877)))).toEqual([123, 877])
    expect(asked).toBeLessThan(60)
  })
})
