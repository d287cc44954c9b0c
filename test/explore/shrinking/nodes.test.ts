import { expect, test } from 'vitest'
import { renameInOperations, renameNodes } from '../../../explore/shrinking/nodes.ts'
import type { Fault } from '../../../sim/faults.ts'

const names = new Map([
  ['n2', 'n1'],
  ['n3', 'n2'],
])

test('faults of nodes that are left get their new names, and those of others are gone', () => {
  const faults: readonly Fault[] = [
    { id: 1, kind: 'kill', node: 'n3', atMs: 1 },
    { id: 2, kind: 'kill', node: 'n1', atMs: 1 },
    { id: 3, kind: 'loss', probability: 1, from: ['n1', 'n2'], atMs: 1, forMs: 1 },
    { id: 4, kind: 'loss', probability: 1, to: ['n1'], atMs: 1, forMs: 1 },
    { id: 5, kind: 'spawn', index: 0, atMs: 1 },
  ]
  expect(renameNodes(faults, names)).toEqual([
    { id: 1, kind: 'kill', node: 'n2', atMs: 1 },
    { id: 3, kind: 'loss', probability: 1, from: ['n1'], atMs: 1, forMs: 1 },
    { id: 5, kind: 'spawn', index: 0, atMs: 1 },
  ])
})

test('a partition stays where nodes are left on both sides', () => {
  const cut = (groups: string[][]): Fault => ({ id: 1, kind: 'partition', groups, atMs: 1, forMs: 1 })
  expect(renameNodes([cut([['n1', 'n2'], ['n3']])], names)).toEqual([cut([['n1'], ['n2']])])
  expect(renameNodes([cut([['n1'], ['n2', 'n3']])], names)).toEqual([])
})

test('operations that name a node say its new name, and those that name one that is gone are gone', () => {
  const operation = (id: number, input: { action: string; servers: string[] }) => ({ id, client: 0, atMs: 0, input })
  expect(
    renameInOperations(
      [operation(1, { action: 'add', servers: ['n3'] }), operation(2, { action: 'add', servers: ['n2', 'n1'] })],
      ['n1', 'n2', 'n3'],
      names,
    ),
  ).toEqual([operation(1, { action: 'add', servers: ['n2'] })])
})
