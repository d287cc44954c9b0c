import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Deadlines } from '../../../runtime/host/deadlines.ts'

test('items come out by their deadline, and those of one deadline as they were put in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (times) => {
      const deadlines = new Deadlines<readonly [number, number]>()
      times.forEach((at, place) => deadlines.put(at, [at, place]))
      const taken: (readonly [number, number])[] = []
      while (deadlines.next < Infinity) taken.push(deadlines.take())
      const sorted = times.map((at, place) => [at, place] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1])
      expect(taken).toEqual(sorted)
    }),
    { seed: 11, numRuns: 300 },
  )
})
