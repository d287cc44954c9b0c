import { describe, expect, test } from 'vitest'
import { defineScenario } from '../../explore/define-scenario.ts'
import { executeRun } from '../../explore/run.ts'
import { planRun, topologyOf } from '../../explore/plan-run.ts'
import { echo } from '../vitest/echo.ts'

describe('a scenario in its short form', () => {
  test('is three servers, two clients, sixty operations in five seconds unless it says otherwise', () => {
    const { defaults } = echo()
    expect(defaults).toEqual({ nodes: 3, clients: 2, operations: 60, durationMs: 5000 })
    expect(echo({ defaults: { nodes: 5 } }).defaults).toMatchObject({ nodes: 5, clients: 2 })
  })

  test('gives each client its own operations, and each machine the names it needs', () => {
    const setups: unknown[] = []
    const scenario = echo({
      client: (setup) => (setups.push(setup), { start: () => null, onMessage: () => undefined }),
    })
    const { operations } = planRun(scenario, 1, scenario.defaults)
    const { nodes } = topologyOf(scenario, 1, scenario.defaults, operations)
    expect(nodes.map(({ id, role }) => `${role} ${id}`)).toEqual([
      'server n1',
      'server n2',
      'server n3',
      'client c1',
      'client c2',
    ])
    for (const node of nodes) node.machine()
    expect(setups).toHaveLength(2)
    expect(setups[1]).toMatchObject({ id: 'c2', servers: ['n1', 'n2', 'n3'] })
    expect((setups[1] as { operations: { client: number }[] }).operations.every(({ client }) => client === 1)).toBe(
      true,
    )
  })

  test('spreads operations over the run, and all of them end in a quiet one', () => {
    const scenario = echo({ network: { loss: 0, duplication: 0 } })
    const plan = planRun(scenario, 1, scenario.defaults)
    expect(Math.max(...plan.operations.map(({ atMs }) => atMs))).toBeGreaterThan(3000)
    expect(executeRun(scenario, { ...plan, faults: [] }).operations).toEqual({ ok: 60, fail: 0, info: 0 })
  })

  test('passes a planted bug to its machines', () => {
    const bugs: unknown[] = []
    const scenario = defineScenario({
      name: 'bugs',
      about: '',
      protocol: {},
      operation: () => null,
      properties: [],
      server: ({ bug }) => (bugs.push(bug), { start: () => null, onMessage: () => undefined }),
      client: () => ({ start: () => null, onMessage: () => undefined }),
    })
    for (const settings of [scenario.defaults, { ...scenario.defaults, bug: 'X1' }])
      topologyOf(scenario, 1, settings, []).nodes[0]!.machine()
    expect(bugs).toEqual([undefined, 'X1'])
  })
})
