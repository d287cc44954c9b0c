import { describe, expect, test } from 'vitest'
import { planRun } from '../../explore/plan-run.ts'
import type { Settings } from '../../explore/scenario.ts'
import { executeRun } from '../../explore/run.ts'
import { dhtKv } from '../../scenarios/dht-kv.ts'

/** A run without any fault, on fast disks; the share of its operations that ended ok. */
function calmRun(seed: number, settings: Settings): number {
  const plan = planRun(dhtKv, seed, settings)
  const network = { ...plan.network, loss: 0, duplication: 0 }
  const { verdict, operations } = executeRun(dhtKv, { ...plan, network, syncMs: [0.2, 2], faults: [] })
  expect(verdict).toBe('ok')
  return operations.ok / settings.operations
}

describe('dht-kv', () => {
  test('ends nearly every operation ok without faults, while nodes join and leave', { timeout: 60_000 }, () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) expect(calmRun(seed, dhtKv.defaults)).toBeGreaterThan(0.8)
  })
})
