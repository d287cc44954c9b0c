import { describe, expect, test } from 'vitest'
import { executeRun, planRun } from '../../explore/run.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'

/** Seeds of raft-kv that once showed something wrong with our own machines, and what it was. */
const FOUND = [
  {
    seed: 65_941,
    mostEvents: 40_000,
    what: 'a leader answered each doubled reply of a follower far behind with more entries: 279,555 events in one run',
  },
]

describe('the corpus of raft-kv', () => {
  for (const { seed, mostEvents, what } of FOUND) {
    test(`seed ${seed} passes, and stays as small as others: ${what}`, () => {
      const result = executeRun(raftKv, planRun(raftKv, seed, raftKv.defaults))
      expect(result.violations).toEqual([])
      expect(result.events).toBeLessThan(mostEvents)
    })
  }
})
