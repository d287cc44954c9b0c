import { expect, test } from 'vitest'
import { chordHops } from '../../bench/chord.ts'

test('a lookup asks about ½ log₂ N nodes, and hardly ever more than log₂ N (RK-30)', { timeout: 60_000 }, () => {
  for (const size of [8, 32, 128]) {
    const { mean, most99 } = chordHops(size, 400)
    expect(Math.abs(mean - Math.log2(size) / 2)).toBeLessThan(0.75)
    expect(most99).toBeLessThanOrEqual(Math.log2(size))
  }
})
