import { describe, expect, test } from 'vitest'
import { leaderCommits } from '../../nodes/raft/liveness.ts'
import { lastIndex } from '../../nodes/raft/log.ts'
import { between, HandCluster, ofType, type OnTheWay } from './support/hand-cluster.ts'
import { get, set, Stage } from './support/stage.ts'

/** For each planted bug of replication a script that shows it; on the right machine the same script shows nothing. */

/** Figure 8 of the paper: n1 commits an entry of term 1 in term 3 by counting, and n5 overwrites it in term 4. */
function figure8(bug?: string): HandCluster {
  const cluster = new HandCluster({ bug, maxEntriesPerMessage: 1 })
  cluster.elect('n1', 'n2', 'n3')
  cluster.deliver()
  cluster.ask('n1', 'a')
  cluster.take()
  cluster.elect('n5', 'n3', 'n4')
  cluster.take()
  cluster.elect('n1', 'n2', 'n3')
  cluster.take()
  // To n2 and n3 comes the entry of term 1, once they have refused what lies behind it, and not the no-op of term 3.
  cluster.heartbeat('n1')
  cluster.deliver(({ from, to }) => {
    const among = [from, to].every((id) => ['n1', 'n2', 'n3'].includes(id))
    return among && (to === 'n1' || lastIndex(cluster.state(to).log) < 2)
  })
  cluster.take()
  cluster.elect('n5', 'n2', 'n3', 'n4')
  cluster.deliver(({ from, to }) => from !== 'n1' || to !== 'n1')
  return cluster
}

/** n2 begins its term with an entry of n1's that is on a majority and not known to be committed. */
function uncommittedTail(bug?: string): HandCluster {
  const cluster = new HandCluster({ bug })
  cluster.elect('n1', 'n2', 'n3')
  cluster.deliver()
  cluster.ask('n1', 'a')
  cluster.deliver(({ from, to }) => from === 'n1' && (to === 'n2' || to === 'n3'))
  cluster.take()
  cluster.elect('n2', 'n3', 'n4')
  cluster.deliver()
  cluster.heartbeat('n2')
  cluster.deliver()
  return cluster
}

/** n2 holds three entries of n1's that nobody else has, and answers a heartbeat of n3's that covers only the first entry. */
function staleTail(bug?: string): HandCluster {
  const cluster = new HandCluster({ bug })
  cluster.elect('n1', 'n2', 'n3')
  cluster.deliver()
  for (const value of ['a', 'b', 'c']) cluster.ask('n1', value)
  cluster.deliver(({ from, to }) => from === 'n1' && to === 'n2')
  cluster.take()
  cluster.elect('n3', 'n4', 'n5')
  cluster.deliver(between('n3', 'n4'))
  cluster.take()
  cluster.heartbeat('n3')
  cluster.deliver(({ from, to, message }) =>
    from === 'n3' ? to === 'n2' && isHeartbeat(message) : from === 'n2' && to === 'n3',
  )
  cluster.take()
  cluster.elect('n1', 'n2', 'n5')
  return cluster
}

/** n2 holds an entry of term 2 and one of term 3, both its own, where n1 writes others in term 4. */
function alternatingTerms(bug?: string): HandCluster {
  const cluster = new HandCluster({ bug })
  cluster.elect('n1', 'n2', 'n3')
  cluster.deliver()
  for (let lead = 0; lead < 2; lead++) {
    cluster.elect('n2', 'n4', 'n5')
    cluster.take()
  }
  cluster.elect('n1', 'n3', 'n4')
  cluster.take(({ to }) => to !== 'n3')
  // n2 agrees with the first entry; of what follows only the last message comes to it.
  cluster.heartbeat('n1')
  cluster.deliver(({ from, to, message }) => (from === 'n1' ? to === 'n2' && isHeartbeat(message) : from === 'n2'))
  cluster.ask('n1', 'a')
  cluster.ask('n1', 'b')
  const last = cluster.take(({ from, to }) => from === 'n1' && to === 'n2').at(-1)!
  cluster.give(last)
  cluster.deliver(({ from }) => from === 'n2')
  cluster.take(({ to }) => to === 'n2')
  cluster.deliver(between('n1', 'n3'))
  cluster.take()
  cluster.elect('n2', 'n4', 'n5')
  return cluster
}

function isHeartbeat(message: OnTheWay['message']): boolean {
  return message.type === 'AppendEntries' && (message['entries'] as unknown[]).length === 0
}

/** n2's acknowledgement of what n1 sent in term 1 comes when n1 leads again, in term 3, and n2 has lost all that. */
function lateReply(bug?: string): HandCluster {
  const cluster = new HandCluster({ bug })
  cluster.elect('n1', 'n2', 'n3')
  cluster.deliver()
  cluster.ask('n1', 'a')
  cluster.ask('n1', 'b')
  cluster.deliver(({ from, to }) => from === 'n1' && to === 'n2')
  const late = cluster.take(ofType('AppendEntriesReply'))
  cluster.take()
  cluster.elect('n3', 'n4', 'n5')
  cluster.deliver()
  cluster.elect('n1', 'n2', 'n3')
  cluster.deliver(between('n1', 'n4'))
  cluster.take()
  for (const letter of late) cluster.give(letter)
  cluster.take()
  cluster.elect('n5', 'n2', 'n3')
  return cluster
}

/** n1, cut off, took two writes that n2's entries overwrite while the clients still wait. */
function overwritten(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: [100, 200, 5_000, 5_000, 5_000],
    operations: [
      { client: 'c1', at: 320, server: 'n1', input: set('a') },
      { client: 'c1', at: 330, server: 'n1', input: set('b') },
      { client: 'c2', at: 900, server: 'n2', input: set('c') },
      { client: 'c2', at: 3_000, server: 'n2', input: get },
    ],
  })
  stage.world.run(300)
  stage.world.inject({
    kind: 'partition',
    groups: [
      ['n1', 'c1.1', 'c1.2'],
      ['n2', 'n3', 'n4', 'n5', 'c2.3', 'c2.4'],
    ],
    forMs: 700,
  })
  // n1's clients ask no second time: an answer to the first is what they wait for.
  stage.rule(({ from, message, atMs }) =>
    message.type === 'ClientRequest' && from.startsWith('c1') && atMs > 400 ? 'drop' : 'pass',
  )
  stage.world.run(4_000)
  return stage
}

describe('each planted bug of replication shows in its script, and the right machine shows nothing', () => {
  test('R06: an entry of an earlier term, committed by counting, is overwritten (figure 8)', () => {
    const cluster = figure8('R06')
    expect(cluster.broken).toContain('leader completeness')
    expect(cluster.broken).toContain('state machine safety')
    expect(figure8().broken).toEqual([])
    expect(figure8().leaders).toContain('n5')
  })

  test('R07: a leader with an uncommitted entry of its predecessor never commits again', () => {
    const stuck = uncommittedTail('R07')
    expect(leaderCommits.check(stuck.view, [], undefined)).toBe(
      'n2 leads and has committed up to 1, its term begins at 3',
    )
    expect(leaderCommits.check(uncommittedTail().view, [], undefined)).toBeUndefined()
  })

  test('R09: a follower acknowledges a stale tail, and the leader takes that for its own entry', () => {
    expect(staleTail('R09').broken).toContain('leader completeness')
    expect(staleTail().broken).toEqual([])
    expect(staleTail().leaders).toContain('n1')
  })

  test('R10: a guess below two terms of others counts as a copy of an entry that is not there', () => {
    expect(alternatingTerms('R10').broken).toContain('leader completeness')
    expect(alternatingTerms().broken).toEqual([])
    expect(alternatingTerms().leaders).toContain('n2')
  })

  test('R12: a reply to an earlier leadership commits what only two of five servers hold', () => {
    expect(lateReply('R12').broken).toContain('leader completeness')
    expect(lateReply().broken).toEqual([])
    expect(lateReply().leaders).toContain('n5')
  })

  test("R20: a client whose entry was overwritten is told that it was executed, with another's answer", () => {
    expect(overwritten('R20').answers).toEqual(['info', null, null, 'c'])
    expect(overwritten('R20').contradiction).toBeDefined()
    expect(overwritten().answers).toEqual(['info', 'info', null, 'c'])
    expect(overwritten().contradiction).toBeUndefined()
  })
})
