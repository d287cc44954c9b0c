import { describe, expect, test } from 'vitest'
import { clientsServed } from '../../nodes/raft/liveness.ts'
import type { Fault } from '../../sim/faults.ts'
import { HandCluster, ofType } from './support/hand-cluster.ts'
import { SERVERS, set, Stage } from './support/stage.ts'

/** For each planted bug of elections a script that shows it; on the right machine the same script shows nothing. */
const LATE = 5_000

/** n1 wins with its own vote and those of n3 and n4, and loses its power while its disk is slow. */
function ownVoteForgotten(bug?: string): Stage {
  // With this seed, of what was not synced nothing is left.
  const stage = new Stage({ bug, seed: 3, timeoutsMs: [100, 100, LATE, LATE, LATE] })
  stage.rule(({ message }) => (message.type === 'AppendEntries' ? 'drop' : 'pass'))
  stage.rule(({ from, to, message }) => {
    if (message.type !== 'RequestVote') return 'pass'
    return (from === 'n1' ? ['n3', 'n4'] : ['n1', 'n5']).includes(to) ? 'pass' : 'drop'
  })
  stage.world.run(95)
  stage.world.inject({ kind: 'slow-sync', node: 'n1', byMs: 60, forMs: 32 })
  stage.world.run(125)
  stage.world.inject({ kind: 'power-loss', node: 'n1', restartAfterMs: 5 })
  stage.world.run(190)
  return stage
}

/** n2's vote for n1 arrives twice; n3 has those of n4 and n5. */
function voteTwice(bug?: string, servers = ['n1', 'n2', 'n3', 'n4', 'n5']): HandCluster {
  const cluster = new HandCluster({ bug, servers })
  cluster.timeout('n1')
  cluster.timeout('n3')
  cluster.deliver(({ from, to, message }) => message.type === 'RequestVote' && from === 'n1' && to === 'n2')
  const [vote] = cluster.take(ofType('RequestVoteReply'))
  cluster.give(vote!)
  cluster.give(vote!)
  cluster.deliver(({ from, to, message }) => (from === 'n3' || to === 'n3') && message.type.startsWith('RequestVote'))
  return cluster
}

/** The leader is heard by all and hears nobody, for good. */
function heardAndDeaf(bug?: string): { stage: Stage; goesOn: boolean } {
  const stage = new Stage({
    bug,
    timeoutsMs: [],
    options: { electionTimeoutMs: [150, 300] },
    operations: [
      { client: 'c1', at: 2_000, server: 'n2', input: set('a') },
      { client: 'c2', at: 2_500, server: 'n3', input: set('b') },
    ],
  })
  stage.world.run(600)
  const leader = SERVERS.find((id) => stage.leads(id))!
  const deaf: Omit<Extract<Fault, { kind: 'one-way-partition' }>, 'id' | 'atMs'> = {
    kind: 'one-way-partition',
    from: SERVERS.filter((id) => id !== leader),
    to: [leader],
    forMs: Infinity,
  }
  stage.world.inject(deaf)
  stage.world.run(6_000)
  return { stage, goesOn: stage.leads(leader) }
}

describe('each planted bug of elections shows in its script, and the right machine shows nothing', () => {
  test('R02: a candidate that won forgets its own vote, and helps another to win in the same term', () => {
    expect(ownVoteForgotten('R02').broken).toContain('election safety')
    expect(ownVoteForgotten().broken).toEqual([])
  })

  test('R04: a vote that comes twice elects a second leader, with five servers', () => {
    expect(voteTwice('R04').broken).toContain('election safety')
    expect(voteTwice().broken).toEqual([])
    expect(voteTwice().leaders).toEqual(['n3'])
  })

  test('R24: a leader that hears nobody leads for good, and nobody is served', () => {
    const missing = ({ stage }: { stage: Stage }) =>
      clientsServed(400).check(stage.view, stage.world.history.operations, undefined)
    const stuck = heardAndDeaf('R24')
    expect(stuck.goesOn).toBe(true)
    expect(stuck.stage.answers).toEqual(['info', 'info'])
    expect(missing(stuck)).toContain('none has ended ok')
    const well = heardAndDeaf()
    expect(well.goesOn).toBe(false)
    expect(well.stage.answers).toEqual([null, 'a'])
    expect(missing(well)).toBeUndefined()
  })
})
