import * as fc from 'fast-check'
import type { SweepSummary } from '../../../explore/result.ts'
import { FAULT_EFFECTS } from '../../../sim/faults.ts'
import { stories } from './hostile.ts'
import { staleFailure } from './stale-read.ts'

const EFFECTS: readonly string[] = Object.values(FAULT_EFFECTS).flat()

export const passing: SweepSummary = {
  scenario: 'raft-kv',
  verdict: 'ok',
  firstSeed: 1,
  runs: 1000,
  events: 12_345_678,
  messages: 9_876_543,
  virtualMs: 10_000_000,
  wallMs: 9_100,
  traceHash: '00c0ffee00c0ffee',
  operations: { ok: 281_334, fail: 4100, info: 12_566, medianOk: 287 },
  faults: Object.fromEntries(EFFECTS.map((kind, index) => [kind, kind === 'bandwidth' ? 0 : index * index * 1733 + 1])),
  sometimes: { 'leader changed': 412, 'log conflict overwritten': 88 },
  neverSeen: [],
  unknown: 0,
  failures: [],
}

export const failing: SweepSummary = {
  ...passing,
  verdict: 'violated',
  sometimes: { 'leader changed': 412, 'read served by a follower': 0 },
  neverSeen: ['read served by a follower'],
  failures: [{ ...staleFailure, count: 37 }],
}

export const undecided: SweepSummary = {
  ...passing,
  verdict: 'unknown',
  reason: 'the budget of 5,000,000 steps was spent',
  unknown: 3,
}

/** Sweeps with any text in any place. */
export const hostileSweeps: fc.Arbitrary<SweepSummary> = fc
  .record({
    found: fc.array(stories, { maxLength: 4 }),
    verdict: fc.constantFrom('ok', 'violated', 'unknown'),
    count: fc.maxSafeNat(),
    wallMs: fc.nat(),
    sometimes: fc.dictionary(fc.string(), fc.nat()),
    neverSeen: fc.array(fc.string({ unit: 'binary' })),
    times: fc.nat(2_000_000_000),
  })
  .map(({ found, verdict, count, wallMs, sometimes, neverSeen, times }): SweepSummary => ({
    ...passing,
    verdict,
    runs: count,
    events: count,
    messages: count,
    virtualMs: count,
    wallMs,
    sometimes,
    neverSeen,
    scenario: found[0]?.scenario ?? 'raft-kv',
    reason: found[0]?.violation.summary,
    firstSeed: found[0]?.seed ?? 0,
    faults: Object.fromEntries([...EFFECTS, 'lost-message'].map((kind) => [kind, times])),
    failures: found.map(({ scenario, seed, violation, token }) => ({
      ...staleFailure,
      shrunk: undefined,
      scenario,
      seed,
      violation,
      token,
      count: times,
    })),
  }))
