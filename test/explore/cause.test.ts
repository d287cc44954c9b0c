import { describe, expect, test } from 'vitest'
import { ADVERSITIES, adversityOf, causeOf, refinedFingerprint } from '../../explore/cause.ts'
import { planRun } from '../../explore/plan-run.ts'
import { executeRun, fingerprintOf } from '../../explore/run.ts'
import type { Fault } from '../../sim/faults.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'

const SMALL = { ...raftKv.defaults, nodes: 3, clients: 2, operations: 30, durationMs: 2000, bug: 'R14' }

/** A run without any fault in which half of the servers count as a majority, and two lead one term. */
function failing(): { readonly plan: ReturnType<typeof planRun>; readonly fingerprint: string } {
  for (let seed = 1; ; seed++) {
    const plan = { ...planRun(raftKv, seed, SMALL), faults: [] }
    const [violation] = executeRun(raftKv, plan).violations
    if (violation !== undefined) return { plan, fingerprint: fingerprintOf(raftKv.name, violation) }
  }
}

describe('the cause of a failure', () => {
  const { plan, fingerprint } = failing()
  const powerLoss: Fault = { id: 1, kind: 'power-loss', node: 'n3', atMs: 1900, restartAfterMs: 50 }

  test('is the mildest world that shows it, whatever shrinking left', () => {
    const bad = { ...plan, faults: [powerLoss] }
    const result = executeRun(raftKv, bad, { trace: true })
    expect(fingerprintOf(raftKv.name, result.violations[0]!)).toBe(fingerprint)
    expect(causeOf(raftKv, { plan: bad, result }, fingerprint).adversity).toBe('none')
  })

  test('is the world it is in where no milder one shows it', () => {
    const bad = { ...plan, faults: [powerLoss] }
    const result = executeRun(raftKv, bad, { trace: true })
    expect(causeOf(raftKv, { plan: bad, result }, 'another fingerprint').adversity).toBe('power loss')
  })

  test('is the same each time, and part of the refined fingerprint', () => {
    const result = executeRun(raftKv, plan, { trace: true })
    const cause = causeOf(raftKv, { plan, result }, fingerprint)
    expect(causeOf(raftKv, { plan, result }, fingerprint)).toEqual(cause)
    const all = ADVERSITIES.map((adversity) => refinedFingerprint(fingerprint, { ...cause, adversity }))
    // Whether a network must fail at all depends on the seed.
    expect(new Set(all).size).toBe(ADVERSITIES.length - 1)
    expect(refinedFingerprint(fingerprint, { adversity: 'none', answeredBy: [] })).not.toBe(
      refinedFingerprint(fingerprint, { adversity: 'none' }),
    )
  })
})

test('a fault is as bad as the worst that it does', () => {
  const crash = { id: 1, node: 'n1', atMs: 5 } as const
  const faults: readonly Fault[] = [
    { id: 1, kind: 'spawn', atMs: 1, index: 0 },
    { id: 1, kind: 'loss', atMs: 1, forMs: 5, probability: 0.5 },
    { id: 1, kind: 'clock-jump', node: 'n1', atMs: 1, byMs: 5 },
    { ...crash, kind: 'kill' },
    { ...crash, kind: 'crash-in-output', power: false },
    { ...crash, kind: 'power-loss' },
    { ...crash, kind: 'crash-in-recovery', power: true, times: 1 },
    { ...crash, kind: 'kill', disk: 'empty' },
    { ...crash, kind: 'lost-sync', forMs: 5 },
  ]
  expect(faults.map(adversityOf)).toEqual([
    'none',
    'network',
    'clock',
    'crash',
    'crash',
    'power loss',
    'power loss',
    'disk',
    'disk',
  ])
})
