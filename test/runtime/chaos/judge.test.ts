import { describe, expect, test } from 'vitest'
import { isVisible, judgeRun, type Seen } from '../../../runtime/chaos/judge.ts'
import { Lateness } from '../../../runtime/chaos/lateness.ts'
import { planRun } from '../../../explore/plan-run.ts'
import type { Operation } from '../../../checks/history.ts'
import { dhtKv } from '../../../scenarios/dht-kv.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'

const plan = planRun(raftKv, 1, raftKv.defaults)
const calm: Seen = { history: [], broken: [], endMs: plan.endMs, busy: undefined }

function operation(id: number, over: Partial<Operation>): Operation {
  const base = { process: 'c1', input: { action: 'get', key: 'x' }, output: null, outcome: 'ok' } as const
  return { id, invokedAtMs: id * 10, returnedAtMs: id * 10 + 5, ...base, ...over } as Operation
}

/** A second into the calm, and never answered. */
const unserved = [operation(1, { outcome: 'fail', output: undefined, invokedAtMs: plan.calmAtMs + 1_800 })]

describe('what a run against real processes is judged by', () => {
  test('is what looks at the history alone, or is visible to clients', () => {
    const visible = raftKv.properties(raftKv.defaults).filter(isVisible)
    expect(visible.map(({ name }) => name)).toEqual(['linearizable', 'clients are served in the calm'])
    expect(
      dhtKv
        .properties(dhtKv.defaults)
        .filter(isVisible)
        .map(({ name }) => name),
    ).toEqual(
      expect.arrayContaining(['an answer holds every acknowledged write', 'an answer holds nothing that was replaced']),
    )
  })

  test('a machine that threw is a violation', () => {
    const broken = [{ node: 'n2', reason: 'a handler threw: Error: no', atMs: 7 }]
    const { verdict, violations } = judgeRun(raftKv, plan, { ...calm, broken }, true)
    expect({ verdict, summary: violations[0]!.summary }).toEqual({
      verdict: 'violated',
      summary: 'n2: a handler threw: Error: no',
    })
  })

  test('a read that nobody wrote is a violation, also of a run that was cut short', () => {
    const history = [operation(0, {}), operation(1, { output: 'ghost' })]
    for (const isWhole of [true, false])
      expect(judgeRun(raftKv, plan, { ...calm, history }, isWhole).verdict).toBe('violated')
  })

  test('clients that nobody serves in the calm are a violation, but not of a run that was cut short', () => {
    const seen = { ...calm, history: unserved, endMs: plan.endMs + 5_000 }
    expect(judgeRun(raftKv, plan, seen, true)).toMatchObject({
      verdict: 'violated',
      violations: [{ property: 'clients are served in the calm' }],
    })
    expect(judgeRun(raftKv, plan, seen, false).verdict).toBe('ok')
  })

  test('where the computer left processes out in the calm, nobody can tell, and says so', () => {
    const lateness = new Lateness(plan.calmAtMs)
    lateness.of('n2', 300, plan.calmAtMs + 2_000)
    lateness.of('n3', 900, plan.calmAtMs + 2_000)
    const seen = { ...calm, history: unserved, endMs: plan.endMs + 5_000, busy: lateness.inWords }
    expect(judgeRun(raftKv, plan, seen, true)).toEqual({
      verdict: 'unknown',
      reason: 'in the calm the computer left n3 out for 900 ms: too busy to say whether clients are served in the calm',
      violations: [],
    })
  })
})

test('lateness in the storm, of those who wake from it, or too short to matter is no excuse', () => {
  const lateness = new Lateness(1_000)
  lateness.of('n1', 5_000, 900)
  lateness.of('n1', 5_000, 1_500)
  lateness.of('n1', 100, 3_000)
  expect(lateness.inWords).toBeUndefined()
  lateness.of('n1', 2_000, 3_000)
  expect([lateness.ofAtLeast(5_000), lateness.ofAtLeast(2_000)]).toEqual([undefined, expect.stringContaining('n1')])
})
