import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  digestRecords,
  type GossipRecord,
  type GossipRecords,
  mergeRecords,
  recordsMissing,
} from '../../../nodes/gossip/records.ts'

const RECORD = fc.record({
  owner: fc.constantFrom('a', 'b', 'c'),
  generation: fc.integer({ min: 1, max: 3 }),
  version: fc.integer({ min: 1, max: 4 }),
})

/** What an owner told at one version is always the same. */
function recordsOf(told: readonly { owner: string; generation: number; version: number }[]): GossipRecords<string> {
  const records: GossipRecords<string> = new Map()
  mergeRecords(
    records,
    told.map((record): GossipRecord<string> => ({ ...record, content: `${record.generation}.${record.version}` })),
  )
  return records
}

describe('records that spread by gossip', () => {
  test('after one push and pull both know the latest of each owner', () => {
    fc.assert(
      fc.property(fc.array(RECORD, { maxLength: 12 }), fc.array(RECORD, { maxLength: 12 }), (one, other) => {
        const [left, right] = [recordsOf(one), recordsOf(other)]
        const pushed = recordsMissing(left, digestRecords(right))
        const pulled = recordsMissing(right, digestRecords(left))
        mergeRecords(right, pushed)
        mergeRecords(left, pulled)
        expect(new Map([...left].sort())).toEqual(new Map([...right].sort()))
        expect(new Map([...left].sort())).toEqual(new Map([...recordsOf([...one, ...other])].sort()))
      }),
      { seed: 6, numRuns: 200 },
    )
  })

  test('an owner that starts again counts as newer than all it told before', () => {
    const records = recordsOf([{ owner: 'a', generation: 1, version: 99 }])
    expect(mergeRecords(records, [{ owner: 'a', generation: 2, version: 1, content: 'again' }])).toHaveLength(1)
    expect(mergeRecords(records, [{ owner: 'a', generation: 1, version: 100, content: 'late' }])).toEqual([])
    expect(records.get('a')?.content).toBe('again')
  })
})
