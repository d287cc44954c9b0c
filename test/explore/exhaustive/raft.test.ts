import { describe, expect, test } from 'vitest'
import type { ClusterView } from '../../../checks/property.ts'
import { exploreAll } from '../../../explore/exhaustive/search.ts'
import { smallSystem } from '../../../explore/exhaustive/small-scenario.ts'
import type { SmallSystem } from '../../../explore/exhaustive/world.ts'
import { serverState } from '../../../nodes/raft/server-state.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'
import { countElectionStates } from './systems/election-by-hand.ts'

function raft(nodes: number, bug?: string, operations = 0): SmallSystem {
  const settings = { nodes, clients: 1, operations, durationMs: 1_000 }
  return smallSystem(raftKv, bug === undefined ? settings : { ...settings, bug })
}

const ELECTIONS = { timers: ['election'], timeouts: 1 }
const inFirstTerm = (view: ClusterView): boolean => view.nodes.every((node) => (serverState(node)?.term ?? 0) <= 1)
const words = (path: readonly { readonly kind: string; readonly node: string }[]): readonly string[] =>
  path.map(({ kind, node }) => `${kind} ${node}`)

describe('elections of Raft, every behaviour', () => {
  test.each([
    [2, 3],
    [2, 4],
    [3, 3],
    [3, 4],
    [4, 4],
  ])('%i servers have as many states within %i steps as the paper has them by hand', (nodes, depth) => {
    const { states, verdict } = exploreAll(raft(nodes), { ...ELECTIONS, depth })
    expect({ verdict, states }).toEqual({ verdict: 'ok', states: countElectionStates(nodes, depth) })
  })

  test('two servers that time out once each elect at most one leader a term, whatever happens', () => {
    expect(exploreAll(raft(2), ELECTIONS)).toMatchObject({ verdict: 'ok', explored: 'all' })
  })

  test('three servers of which one crashes elect at most one leader in the first term', { timeout: 120_000 }, () => {
    const bounds = { ...ELECTIONS, kills: 1, within: inFirstTerm, partialOrder: true, depth: 8 }
    expect(exploreAll(raft(3), bounds)).toMatchObject({ verdict: 'ok', explored: 'depth' })
  })

  test.each([2, 3])('R14: where half of %i servers are a majority, four steps elect two leaders', (nodes) => {
    const { violation, path } = exploreAll(raft(nodes, 'R14'), ELECTIONS)
    expect(violation).toMatchObject({
      property: 'election safety',
      summary: 'n1 and n2 both lead in term 1',
      nodes: ['n2'],
    })
    expect(words(path)).toEqual(['timeout n1', 'deliver n1', 'timeout n2', 'deliver n2'])
    expect(path.flatMap(({ notes }) => notes.map(({ event }) => event))).toContain('became leader')
  })

  test('R14: of four servers, two pairs elect a leader each', () => {
    const { violation, depth } = exploreAll(raft(4, 'R14'), { ...ELECTIONS, symmetry: true, within: inFirstTerm })
    expect({ property: violation?.property, depth }).toEqual({ property: 'election safety', depth: 8 })
  })

  test(
    'R01: a voter that forgets its vote with its power votes twice, and there are two leaders',
    { timeout: 120_000 },
    () => {
      const bounds = { ...ELECTIONS, powerLosses: 1, within: inFirstTerm, partialOrder: true }
      // That the vote is forgotten breaks durability already; here what comes of it is looked for.
      const { properties, ...rest } = raft(3, 'R01')
      const system = { ...rest, properties: properties.filter(({ name }) => name !== 'durability') }
      const { violation, path } = exploreAll(system, bounds)
      expect(violation?.property).toBe('election safety')
      expect(words(path)).toHaveLength(10)
      expect(words(path)).toEqual(expect.arrayContaining(['power loss n2', 'restart n2']))
    },
  )

  test(
    'R02: a candidate that wins before its own vote is written forgets it and votes again',
    { timeout: 120_000 },
    () => {
      const bounds = {
        ...ELECTIONS,
        powerLosses: 1,
        syncs: 'pending',
        within: inFirstTerm,
        partialOrder: true,
      } as const
      const { violation, path } = exploreAll(raft(3, 'R02'), bounds)
      expect(violation?.property).toBe('election safety')
      expect(words(path)).toHaveLength(10)
      expect(words(path)).toEqual(expect.arrayContaining(['power loss n1', 'restart n1']))
    },
  )

  test('R04: where a vote that comes twice counts twice, four servers have two leaders', { timeout: 120_000 }, () => {
    // Of all worlds only those in which n1 and n2 are the candidates, n3 votes for n1 and n4 for n2.
    const votes = new Map([
      ['n1', 'n1'],
      ['n2', 'n2'],
      ['n3', 'n1'],
      ['n4', 'n2'],
    ])
    const within = (view: ClusterView): boolean =>
      inFirstTerm(view) &&
      view.nodes.every((node) => [undefined, null, votes.get(node.id)].includes(serverState(node)?.votedFor))
    const bounds = { ...ELECTIONS, within, duplicates: 2, partialOrder: true }
    const { violation, path } = exploreAll(raft(4, 'R04'), bounds)
    expect(violation?.property).toBe('election safety')
    expect(words(path)).toHaveLength(10)
    expect(words(path).filter((step) => step.startsWith('duplicate'))).toEqual(['duplicate n1', 'duplicate n2'])
  })
})

describe('operations of Raft, every behaviour', () => {
  test('one server that never sends a message keeps what clients wrote, through crashes', () => {
    const bounds = { timeouts: 3, timers: ['election', 'next'], kills: 1, powerLosses: 1, partialOrder: true }
    expect(exploreAll(raft(1, undefined, 2), bounds)).toMatchObject({ verdict: 'ok', explored: 'all', neverSeen: [] })
  })

  test('a client that may ask any server is served in every order of what it hears', () => {
    const bounds = { timeouts: 1, timers: ['election', 'next'], depth: 6 }
    expect(exploreAll(raft(2, undefined, 1), bounds)).toMatchObject({ verdict: 'ok', explored: 'depth' })
  })
})
