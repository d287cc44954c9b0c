import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SweepMerge, sweepSeeds, type SweepOrder, type SweepPart } from '../../explore/sweep.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'

const RUNS = 12
const order: SweepOrder = {
  settings: { ...raftKv.defaults, operations: 40, durationMs: 2500, bug: 'R14' },
}

function merged(parts: readonly SweepPart[]): SweepMerge {
  const merge = new SweepMerge(raftKv, order.settings)
  for (const part of parts) merge.add(part)
  return merge
}

describe('a sweep', () => {
  const single = Array.from({ length: RUNS }, (_, index) => sweepSeeds(raftKv, order, index + 1, 1))
  const whole = merged(single)

  test('is the same however its seeds are grouped, and grouped again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: RUNS - 1 })), (cuts) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), RUNS]
        const parts = ends.slice(1).map((end, index) => merged(single.slice(ends[index], end)).part())
        expect(merged(parts).part()).toEqual(whole.part())
        expect(merged(parts).totals()).toEqual(whole.totals())
      }),
    )
  })

  test('run as one stretch gives what its runs give one by one', () => {
    expect(sweepSeeds(raftKv, order, 1, RUNS)).toEqual(whole.part())
  })

  test('finds the median run among the counts of all', () => {
    const part = (ok: number, runs: number): SweepPart => ({
      ...single[0]!,
      runs,
      okCounts: [[ok, runs]],
      failures: [],
    })
    expect(merged([part(9, 3), part(4, 1), part(7, 3)]).totals().operations.medianOk).toBe(7)
    expect(merged([part(9, 5), part(4, 1), part(7, 3)]).totals().operations.medianOk).toBe(9)
  })
})
