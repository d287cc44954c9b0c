import { expect, test } from 'vitest'
import { planRun } from '../../../explore/plan-run.ts'
import type { FaultMenu } from '../../../explore/scenario.ts'
import { isSurvivable } from '../../../explore/shrinking/claims.ts'
import type { Fault } from '../../../sim/faults.ts'
import { echo } from '../../vitest/echo.ts'

type Unnumbered = Fault extends infer Each ? (Each extends Fault ? Omit<Each, 'id' | 'atMs'> : never) : never

function survives(faults: readonly Unnumbered[], nodes = 5, menu: FaultMenu = {}): boolean {
  const scenario = echo({ defaults: { nodes, operations: 0 }, faults: menu })
  const numbered = faults.map((fault, index) => ({ ...fault, id: index + 1, atMs: 100 }) as Fault)
  return isSurvivable(scenario, { ...planRun(scenario, 1, scenario.defaults), faults: numbered })
}

const gone = (node: string): Unnumbered => ({ kind: 'kill', node, forGood: true })

test('a minority of servers may be gone for good, or as many as the menu says', () => {
  expect(survives([gone('n1'), gone('n2')])).toBe(true)
  expect(survives([gone('n1'), gone('n2')], 3)).toBe(false)
  expect(survives([gone('n1'), gone('n2')], 5, { lostForGood: 1 })).toBe(false)
})

test('it is the same whether they are down, cut off, or have lost their disk', () => {
  const cutOff: Unnumbered = { kind: 'partition', groups: [['n3'], ['n1', 'n2', 'n4', 'n5']], forMs: 1, forGood: true }
  const emptied: Unnumbered = { kind: 'power-loss', node: 'n2', restartAfterMs: 5, disk: 'empty' }
  expect(survives([gone('n1'), emptied])).toBe(true)
  expect(survives([gone('n1'), cutOff])).toBe(true)
  expect(survives([gone('n1'), emptied, cutOff])).toBe(false)
  expect(survives([gone('n1'), gone('n1'), emptied])).toBe(true)
})

test('clients may all be gone, and what heals may take every server', () => {
  const restarts = ['n1', 'n2', 'n3'].map((node): Unnumbered => ({ kind: 'power-loss', node, restartAfterMs: 5 }))
  expect(survives([gone('c1'), gone('c2'), ...restarts], 3)).toBe(true)
})

test('links are cut in part for good only where the menu says so', () => {
  const some: Unnumbered = { kind: 'partition', groups: [['n1'], ['n2', 'n3']], forMs: 1, forGood: true }
  const oneWay: Unnumbered = { kind: 'one-way-partition', from: ['n1'], to: ['n2'], forMs: 1, forGood: true }
  for (const cut of [some, oneWay]) {
    expect(survives([cut])).toBe(false)
    expect(survives([cut], 5, { partialCutsForGood: true })).toBe(true)
    expect(survives([{ ...cut, forGood: false } as Unnumbered])).toBe(true)
  }
})

test('a server whose disk breaks its promise does not come back from a crash', () => {
  const lies: Unnumbered = { kind: 'lost-sync', node: 'n1', forMs: 100 }
  expect(survives([lies, gone('n1')])).toBe(true)
  expect(survives([lies, { kind: 'kill', node: 'n1', restartAfterMs: 5 }])).toBe(false)
  expect(survives([lies, { kind: 'kill', node: 'n2', restartAfterMs: 5 }])).toBe(true)
})
