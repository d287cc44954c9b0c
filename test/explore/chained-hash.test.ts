import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chainHashes, NO_RUNS } from '../../explore/chained-hash.ts'

const hashes = fc.array(fc.bigInt(0n, 0xffff_ffff_ffff_ffffn).map((hash) => hash.toString(16).padStart(16, '0')))

function chained(runs: readonly string[]): string {
  return runs.reduce((before, run) => chainHashes(before, run, 1), NO_RUNS)
}

describe('the hash of a sweep', () => {
  test('of one run is the hash of the run', () => {
    expect(chained(['00c0ffee00c0ffee'])).toBe('00c0ffee00c0ffee')
  })

  test('follows from its parts, wherever it is cut', () => {
    fc.assert(
      fc.property(hashes, fc.nat(), fc.nat(), (runs, one, other) => {
        const [from, to] = [one % (runs.length + 1), other % (runs.length + 1)].sort((a, b) => a - b) as [
          number,
          number,
        ]
        const parts = [runs.slice(0, from), runs.slice(from, to), runs.slice(to)]
        const joined = parts.reduce((before, part) => chainHashes(before, chained(part), part.length), NO_RUNS)
        expect(joined).toBe(chained(runs))
      }),
    )
  })

  test('depends on the order of the runs, and on each of them', () => {
    fc.assert(
      fc.property(hashes, fc.nat(), fc.nat(), (runs, one, other) => {
        const [a, b] = [one % Math.max(1, runs.length), other % Math.max(1, runs.length)]
        fc.pre(runs[a] !== runs[b])
        const swapped = runs.map((run, index) => (index === a ? runs[b]! : index === b ? runs[a]! : run))
        const doubled = runs.map((run, index) => (index === a ? runs[b]! : run))
        expect([swapped, doubled].map(chained)).not.toContain(chained(runs))
      }),
    )
  })

  test('of many runs takes no longer than that of few', () => {
    const half = chainHashes('0123456789abcdef', 'fedcba9876543210', 2 ** 40)
    expect(half).toMatch(/^[0-9a-f]{16}$/)
    expect(half).not.toBe(chainHashes('0123456789abcdef', 'fedcba9876543210', 2 ** 40 + 1))
  })
})
