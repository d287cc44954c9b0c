import { describe, expect, test } from 'vitest'
import { planRun } from '../../explore/plan-run.ts'
import { executeRun } from '../../explore/run.ts'
import { shrinkFailure } from '../../explore/shrink.ts'
import { sweepSeeds, type SweepOrder } from '../../explore/sweep.ts'
import { readResult, readWork, writeResult, writeWork, type Work } from '../../runtime/fleet/wire.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'

const order: SweepOrder = {
  settings: { ...raftKv.defaults, operations: 40, durationMs: 2500, bug: 'R14' },
}
const part = sweepSeeds(raftKv, order, 1, 12)
const [failure] = part.failures

describe('what passes through a queue', () => {
  test.each<[string, Work]>([
    ['a chunk', { verify: false, task: task('sweep', { firstSeed: 1, count: 12 }) }],
    ['a chunk to be verified', { verify: true, task: task('print', { firstSeed: 1, count: 12 }) }],
    ['a failure to be shrunk', { verify: false, task: task('shrink', { failure: failure! }) }],
  ])('%s comes out as it went in', (_what, work) => {
    expect(readWork(writeWork(work))).toEqual(work)
  })

  test('the result of a chunk comes out as it went in, with its fields in their order', () => {
    const read = readResult(raftKv, 'sweep', writeResult('sweep', part))
    expect(read).toEqual(part)
    expect(JSON.stringify(read)).toBe(JSON.stringify(part))
  })

  test('a shrunk failure comes out with its plan, faults that last for good and all, and the run it gives', () => {
    const shrunk = shrinkFailure(raftKv, planRun(raftKv, failure!.seed, order.settings), failure!.fingerprint)
    const forGood = { ...shrunk, plan: { ...shrunk.plan, faults: shrunk.plan.faults.map(lasting) } }
    const read = readResult(raftKv, 'shrink', writeResult('shrink', forGood))!
    expect(JSON.stringify(read.plan)).toBe(JSON.stringify(forGood.plan))
    expect(read.plan).toEqual(forGood.plan)
    expect(read.result.traceHash).toBe(executeRun(raftKv, forGood.plan).traceHash)
  })

  test('a failure that could not be shrunk comes out as none', () => {
    expect(readResult(raftKv, 'shrink', writeResult('shrink', undefined))).toBeUndefined()
  })

  test.each([
    ['is no text', { verify: false }, /no text of at most/],
    ['is too long', 'x'.repeat(16 * 1024 * 1024 + 1), /no text of at most 16777216 characters/],
    ['is not JSON', 'nonsense', /can't be read/],
    ['lacks a field', '{"verify":false}', /work that is not of this Petrel: task/],
    ['is of an unknown kind', written({ kind: 'format-disk' }), /work that is not of this Petrel: task\.kind/],
    ['asks for too much', written({ input: { firstSeed: 1, count: 1e9 } }), /not of this Petrel: count/],
    [
      'can not be verified',
      JSON.stringify({ verify: true, task: task('sweep', { firstSeed: 1, count: 1 }) }),
      /verified/,
    ],
  ])('work that %s is refused', (_what, text, sentence) => {
    expect(() => readWork(text)).toThrow(sentence)
  })

  test.each([
    ['traceHash', 'f00'],
    ['runs', -1],
    ['okCounts', [1, 2]],
    ['failures', [{ ...failure, seeds: [] }]],
  ])('a result whose %s is wrong is refused', (field, value) => {
    const text = JSON.stringify({ ...part, [field]: value })
    expect(() => readResult(raftKv, 'sweep', text)).toThrow(new RegExp(`a result that is not of this Petrel: ${field}`))
  })

  test('what JSON would lose is refused, not lost', () => {
    const [seed] = part.failures.map((item) => item.seed)
    const plan = planRun(raftKv, seed!, order.settings)
    const strange = { id: 1, client: 0, atMs: 1, input: new Map([['a', 1]]) }
    const shrunk = { plan: { ...plan, operations: [strange] } } as never
    expect(() => writeResult('shrink', shrunk)).toThrow(/a fleet can't pass on: use petrel run/)
  })
})

function task<Kind extends 'sweep' | 'print' | 'shrink', Input>(kind: Kind, input: Input) {
  return { kind, scenario: raftKv.name, order, input } as never
}

function written(changes: object): string {
  const whole: object = task('sweep', { firstSeed: 1, count: 1 })
  return JSON.stringify({ verify: false, task: { ...whole, ...changes } })
}

function lasting<Fault extends object>(fault: Fault): Fault {
  return 'forMs' in fault ? { ...fault, forMs: Infinity } : fault
}
