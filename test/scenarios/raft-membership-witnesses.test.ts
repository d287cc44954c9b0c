import { expect, test } from 'vitest'
import { between, HandCluster } from './support/hand-cluster.ts'

/**
 * Four servers: n1 adds n5, of which only n5 hears, and n2, elected by the other three, removes n1. Then n2 and n3 are
 * two of three, and n1, n4 and n5 three of five.
 */
function twoChanges(bug?: string): HandCluster {
  const cluster = new HandCluster({ bug, servers: ['n1', 'n2', 'n3', 'n4'], spare: ['n5'] })
  cluster.elect('n1', 'n2', 'n3')
  cluster.deliver()
  cluster.change('n1', 'add server', 'n5')
  cluster.deliver(between('n1', 'n5'))
  cluster.take()
  cluster.elect('n2', 'n3', 'n4')
  cluster.take(({ from }) => from !== 'n2')
  cluster.change('n2', 'remove server', 'n1')
  cluster.deliver(between('n2', 'n3'))
  cluster.take()
  cluster.elect('n1', 'n4', 'n5')
  return cluster
}

test('R31: a leader that changes the cluster before its no-op is committed leaves two majorities that share nobody', () => {
  const cluster = twoChanges('R31')
  expect(cluster.broken).toContain('leader completeness')
  const right = twoChanges()
  expect(right.broken).toEqual([])
  expect(right.leaders).toContain('n1')
  expect(right.told.at(-1)).toMatchObject({ status: 'busy' })
})
