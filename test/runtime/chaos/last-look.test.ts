import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { afterwards, type ClusterView, eventually, type Property } from '../../../checks/property.ts'
import { planRun } from '../../../explore/plan-run.ts'
import type { Scenario } from '../../../explore/scenario.ts'
import type { Judgement } from '../../../runtime/chaos/judge.ts'
import { isSeenLast, lastLook, withLastLook } from '../../../runtime/chaos/last-look.ts'
import { dhtKv } from '../../../scenarios/dht-kv.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'

const plan = planRun(dhtKv, 1, dhtKv.defaults)
const count = (view: ClusterView): number => view.nodes[0]!.state as number

/** A run whose only node counts how often it was looked at. */
function looking(...properties: readonly Property[]): {
  readonly found: Promise<unknown>
  readonly looks: () => number
} {
  let looks = 0
  const scenario: Scenario = { ...dhtKv, properties: () => properties }
  const look = async (): Promise<ClusterView> => {
    const one = { id: 'n1', role: 'server', up: true, incarnation: 1, state: ++looks }
    return { nowMs: looks, nodes: [one], node: () => one }
  }
  const { signal } = new AbortController()
  return { found: lastLook({ scenario, plan, history: [], look, signal }), looks: () => looks }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the last look into the nodes of a run', () => {
  test('asks for what must hold in the end, where a scenario lets it', () => {
    const seen = dhtKv.properties(dhtKv.defaults).filter((property) => isSeenLast(dhtKv, property))
    expect(seen.map(({ name }) => name)).toEqual([
      'no acknowledged write is lost',
      'all nodes come to one ring',
      'the ring has no ghosts',
      'the ring settles',
      'all replicas are equal',
    ])
    expect(raftKv.properties(raftKv.defaults).filter((property) => isSeenLast(raftKv, property))).toEqual([])
  })

  test('is repeated until each property has held once', async () => {
    const atTwo = eventually('two', (view) => (count(view) === 2 ? undefined : 'not two'))
    const atThree = afterwards('three', (_history, view) => (count(view) >= 3 ? undefined : { summary: 'not yet' }))
    const { found, looks } = looking(atTwo, atThree)
    await vi.advanceTimersByTimeAsync(60_000)
    expect([await found, looks()]).toEqual([[], 3])
  })

  test('gives what has not come about for long', async () => {
    const never = eventually('never', () => 'it did not come')
    const once = eventually('once', (view) => (count(view) === 1 ? undefined : 'gone again'))
    const { found } = looking(never, once)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await found).toEqual([expect.objectContaining({ property: 'never', summary: 'it did not come' })])
  })

  test('makes a run violated, or, where the computer was busy, unknown', async () => {
    const { found } = looking(eventually('never', () => 'it did not come'))
    await vi.advanceTimersByTimeAsync(60_000)
    const violations = (await found) as Judgement['violations']
    const ok: Judgement = { verdict: 'ok', reason: undefined, violations: [] }
    expect(withLastLook(ok, [], undefined)).toBe(ok)
    expect(withLastLook(ok, violations, undefined)).toMatchObject({ verdict: 'violated', violations })
    expect(withLastLook(ok, violations, 'it was slow')).toEqual({
      verdict: 'unknown',
      reason: 'it was slow: too busy to say whether never',
      violations: [],
    })
  })
})
