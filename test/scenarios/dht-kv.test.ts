import { describe, expect, test } from 'vitest'
import { planRun } from '../../explore/plan-run.ts'
import { executeRun } from '../../explore/run.ts'
import { dhtKv } from '../../scenarios/dht-kv.ts'
import { calmRun } from './support/calm-run.ts'

const SEEDS = Array.from({ length: 15 }, (_, seed) => seed + 1)

describe('dht-kv', () => {
  test('holds while nodes come, go and fail, and most operations end ok (DH-24)', { timeout: 120_000 }, () => {
    const results = SEEDS.map((seed) => executeRun(dhtKv, planRun(dhtKv, seed, dhtKv.defaults)))
    expect(
      results
        .filter(({ verdict }) => verdict !== 'ok')
        .map(({ seed, violations, reason }) => ({ seed, violations, reason })),
    ).toEqual([])
    const ok = results.map(({ operations }) => operations.ok).sort((one, other) => one - other)
    expect(ok[ok.length >> 1]).toBeGreaterThanOrEqual(180)
    const seen = new Set(results.flatMap(({ sometimes }) => Object.keys(sometimes)))
    for (const name of [
      'a member left',
      'another view refused',
      'quorums in several rings',
      'siblings shown to a client',
    ])
      expect(seen).toContain(name)
  })

  test('ends nearly every operation ok without faults, while nodes join and leave', { timeout: 60_000 }, () => {
    for (const seed of [1, 2, 3, 4]) expect(calmRun(dhtKv, seed)).toBeGreaterThan(0.85)
  })
})
