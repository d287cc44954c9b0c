import { expect, test } from 'vitest'
import { differenceOf } from '../../explore/difference.ts'
import type { NodeAtEnd, RunResult } from '../../explore/result.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'

const plan = planRun(raftKv, 5, { ...raftKv.defaults, nodes: 3, clients: 1, operations: 10, durationMs: 600 })
const result = executeRun(raftKv, plan, { trace: true, verify: true, nodesAtEnd: true })
const run = { plan, result }

const withState = (
  state: NodeAtEnd['state'],
  up = true,
): { readonly plan: typeof plan; readonly result: RunResult } => ({
  plan,
  result: { ...result, nodesAtEnd: [{ id: 'n1', up, state }] },
})
const states = (a: unknown, b: unknown): readonly unknown[] => differenceOf(withState(a), withState(b)).states

test('a run and itself differ in nothing', () => {
  expect(differenceOf(run, run)).toEqual({
    first: undefined,
    plan: [],
    faults: { onlyA: [], onlyB: [], both: plan.faults.length },
    operations: { differing: [], same: result.history.length },
    notes: [],
    states: [],
    violations: { a: result.verdict, b: result.verdict },
  })
})

test('states are compared field by field, lists at the first entry that differs, Maps by key', () => {
  expect(states({ term: 1, role: 'follower' }, { term: 2, role: 'follower' })).toEqual([
    { node: 'n1', path: 'term', a: 1, b: 2 },
  ])
  expect(states({ log: [1, 2, 3] }, { log: [1, 5] })).toEqual([
    { node: 'n1', path: 'log.length', a: 3, b: 2 },
    { node: 'n1', path: 'log[1]', a: 2, b: 5 },
  ])
  expect(states({ held: new Map([['x', { by: 1 }]]) }, { held: new Map([['x', { by: 2 }]]) })).toEqual([
    { node: 'n1', path: 'held("x").by', a: 1, b: 2 },
  ])
  expect(states({ seen: new Set([1]) }, { seen: new Set([1]) })).toEqual([])
})

test('a node that is down in one run only is just that', () => {
  expect(differenceOf(withState(1), withState(undefined, false)).states).toEqual([
    { node: 'n1', path: '', a: 'up', b: 'down' },
  ])
})

test('faults are the same by what they do, whatever their numbers', () => {
  const kill = { kind: 'kill', node: 'n1', atMs: 100, restartAfterMs: 5 } as const
  const of = (faults: typeof plan.faults): typeof run => ({ ...run, plan: { ...plan, faults } })
  const { faults } = differenceOf(
    of([
      { ...kill, id: 1 },
      { ...kill, id: 2 },
    ]),
    of([
      { ...kill, id: 7 },
      { ...kill, id: 8, node: 'n2' },
    ]),
  )
  expect([faults.both, faults.onlyA, faults.onlyB.map((fault) => 'node' in fault && fault.node)]).toEqual([
    1,
    [{ ...kill, id: 2 }],
    ['n2'],
  ])
})

test('the first divergence is the event, and where only its contents differ that is said', () => {
  const contents = result.contents!.map((hash, index) => (index === 40 ? hash ^ 1 : hash))
  const { first } = differenceOf(run, { plan, result: { ...result, contents } })
  expect(first).toMatchObject({ event: 41, contentsOnly: true })
  const shorter = {
    ...result,
    contents: result.contents!.slice(0, 30),
    trace: { ...result.trace!, events: result.trace!.events.slice(0, 30) },
  }
  expect(differenceOf(run, { plan, result: shorter }).first).toMatchObject({ event: 31, b: undefined })
})
