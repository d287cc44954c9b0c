import { expect, test } from 'vitest'
import { corpusOutcome, type CorpusEntry } from '../../explore/corpus.ts'
import type { RunResult } from '../../explore/result.ts'
import { executeRun, fingerprintOf } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { readToken, thinCheckpoints, writeToken } from '../../explore/token.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'

const SMALL = { ...raftKv.defaults, nodes: 3, clients: 1, operations: 5, durationMs: 500 }
const lost = { from: 'n1', to: 'n2', type: 'AppendEntries', identity: 7, occurrence: 0 }
const plan = {
  ...planRun(raftKv, 3, SMALL),
  faults: [{ id: 1, kind: 'lost-message', atMs: 100, message: lost } as const],
}
const passed = executeRun(raftKv, plan)
const violation = {
  property: 'election safety',
  shape: 'two leaders',
  summary: 'n1 and n2 lead',
  because: [],
  operations: [],
  atMs: 3,
}
const failed: RunResult = { ...passed, verdict: 'violated', violations: [violation] }
const content = readToken(
  raftKv,
  writeToken(raftKv, {
    scenario: raftKv.name,
    seed: plan.seed,
    plan,
    code: '0000000',
    traceHash: passed.traceHash,
    checkpoints: thinCheckpoints(passed.checkpoints),
  }),
)
const passing: CorpusEntry = { token: '', scenario: raftKv.name, why: '', code: '0000000', expect: 'passes' }
const failing: CorpusEntry = { ...passing, expect: 'fails', fingerprint: fingerprintOf(raftKv.name, violation) }

const other = (result: RunResult): RunResult => ({ ...result, traceHash: '0123456789abcdef' })
const outcome = (entry: CorpusEntry, result: RunResult, otherCode = true): string =>
  corpusOutcome(entry, content, result, otherCode)

test('a kept run is as expected where it passes, or fails as it did, with any code', () => {
  expect(outcome(passing, other(passed))).toBe('as expected')
  expect(outcome(failing, other(failed))).toBe('as expected')
})

test('a kept run fails where it must pass, and where it fails in another way than it did', () => {
  expect(outcome(passing, failed)).toBe('fails')
  expect(outcome({ ...failing, fingerprint: '12345678' }, failed)).toBe('fails')
})

test('a failure is fixed where the run met the same faults and passes', () => {
  const met = { ...other(passed), faults: { 'lost-message': 1 }, operations: { ok: 5, fail: 0, info: 0 } }
  expect(outcome(failing, met)).toBe('fixed')
})

test('a run that did not meet the lost message, or its operations, tells nothing of the failure', () => {
  const unmet = { ...other(passed), faults: {}, operations: { ok: 5, fail: 0, info: 0 } }
  const cut = { ...unmet, faults: { 'lost-message': 1 }, operations: { ok: 4, fail: 0, info: 0 } }
  expect([outcome(failing, unmet), outcome(failing, cut)]).toEqual(['diverged', 'diverged'])
})

test('the same code must give the same run', () => {
  expect(outcome(passing, other(passed), false)).toBe('not deterministic')
  expect(outcome(passing, passed, false)).toBe('as expected')
})

test('a run without a verdict is unknown, and one with too many events too long', () => {
  expect(outcome(passing, { ...passed, verdict: 'unknown' })).toBe('unknown')
  expect(outcome({ ...passing, mostEvents: passed.events - 1 }, passed)).toBe('too long')
  expect(outcome({ ...passing, mostEvents: passed.events }, passed)).toBe('as expected')
})
