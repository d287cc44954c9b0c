import { describe, expect, test } from 'vitest'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'
import { calmRun } from './support/calm-run.ts'

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed + 1)

describe('raft-kv', () => {
  test('holds, whatever goes wrong, and most operations end ok (RK-1, RK-2)', { timeout: 60_000 }, () => {
    const results = SEEDS.map((seed) => executeRun(raftKv, planRun(raftKv, seed, raftKv.defaults)))
    expect(
      results
        .filter(({ verdict }) => verdict !== 'ok')
        .map(({ seed, violations, reason }) => ({ seed, violations, reason })),
    ).toEqual([])
    const ok = results.map(({ operations }) => operations.ok).sort((one, other) => one - other)
    expect(ok[ok.length >> 1]).toBeGreaterThanOrEqual(250)
    const seen = new Set(results.flatMap(({ sometimes }) => Object.keys(sometimes)))
    for (const name of [
      'leader changed',
      'log conflict overwritten',
      'read served by a follower',
      'two candidates in one term',
    ]) {
      expect(seen).toContain(name)
    }
  })

  test(
    'ends nearly every operation ok without faults, whatever its network and clients are like',
    { timeout: 60_000 },
    () => {
      for (const seed of SEEDS.slice(0, 12)) expect(calmRun(raftKv, seed)).toBeGreaterThan(0.95)
    },
  )

  test('works for one server, three, and seven', { timeout: 60_000 }, () => {
    for (const nodes of [1, 3, 7]) {
      expect(calmRun(raftKv, 5, { ...raftKv.defaults, nodes, operations: 60, durationMs: 4_000 })).toBeGreaterThan(0.9)
    }
  })

  test('every planted bug is listed with what it violates and how rare it is', () => {
    expect(raftKv.bugs!.map(({ id }) => id).join(' ')).toBe(
      'R01 R02 R04 R05 R06 R07 R09 R10 R12 R14 R15 R17 R18 R19 R20 R21 R23 R24 R26 R28 R30 R31 S01 S02 S05 S07 S08',
    )
  })
})
