import { describe, expect, test } from 'vitest'
import type { ClusterChange } from '../../../nodes/raft/cluster-change.ts'
import type { Entry, RaftMessage } from '../../../nodes/raft/messages.ts'
import type { Message } from '../support/hand-driven.ts'
import {
  appendEntries,
  durable,
  elected,
  entry,
  get,
  leader,
  newServer,
  refusal,
  requestVote,
  restarted,
  type Server,
  set,
  success,
  to,
} from '../support/raft.ts'

/**
 * What Ongaro's dissertation demands of leadership transfer (section 3.10) and of a cluster that changes its servers one
 * at a time (chapter 4), sentence by sentence. n1 leads n2 to n5 here; n6 is a server that waits to be added.
 */

const TIMEOUT_MS = 150
const TIMES = { electionTimeoutMs: [TIMEOUT_MS, 300] as const }
const FIVE = ['n1', 'n2', 'n3', 'n4', 'n5']
const SIX = [...FIVE, 'n6']
const WITHOUT_N1 = ['n2', 'n3', 'n4', 'n5']

function ask(action: ClusterChange['action'], server: string, serial = 1): RaftMessage {
  return { type: 'ClusterRequest', session: 'admin', serial, change: { action, server } }
}

function configuration(term: number, servers: readonly string[]): Entry {
  return { ...entry(term, 0), session: '', command: null, servers }
}

/** What the administrator is told. */
function told(sent: ReturnType<Server['receive']>): Message[] {
  return to(sent, 'admin')
}

function lastServers(server: Server): readonly string[] | null | undefined {
  return server.state.log.entries.at(-1)?.servers
}

/** A leader that has appended the configuration without itself, as entry 2. */
function leavingLeader(): Server {
  const server = leader(TIMES)
  server.receive('admin', ask('remove server', 'n1'))
  expect(lastServers(server)).toEqual(WITHOUT_N1)
  return server
}

describe('leadership transfer (section 3.10)', () => {
  test('the leader stops taking commands', () => {
    const server = leader(TIMES)
    server.receive('admin', ask('transfer leadership', 'n4'))
    expect(to(server.receive('c1', set(1)), 'c1')).toMatchObject([{ status: 'busy' }])
    expect(server.state.log.entries).toHaveLength(1)
  })

  test('the target is brought up to date first, then told to hold an election', () => {
    const server = leader(TIMES)
    const sent = server.receive('admin', ask('transfer leadership', 'n4'))
    expect(to(sent, 'n4')).toMatchObject([{ type: 'AppendEntries' }])
    expect(to(server.receive('n4', success(1, 1)), 'n4')).toMatchObject([{ type: 'TimeoutNow', term: 1 }])
  })

  test('a target that is up to date is told at once', () => {
    const server = leader(TIMES)
    expect(to(server.receive('admin', ask('transfer leadership', 'n2')), 'n2')).toMatchObject([
      { type: 'TimeoutNow', term: 1 },
    ])
  })

  test('the target does not wait for its timeout and asks for votes without asking whether it may', () => {
    const server = newServer({ ...TIMES, preVote: true, checkQuorum: true })
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1)]))
    expect(to(server.receive('n2', { type: 'TimeoutNow', term: 1 }), 'n3')).toMatchObject([
      { type: 'RequestVote', term: 2, lastLogIndex: 1, leadershipTransfer: true },
    ])
  })

  test('such a request is heeded by who hears the leader, and by the leader itself', () => {
    const wish: RaftMessage = { ...requestVote(2, 9, 9), leadershipTransfer: true } as RaftMessage
    const follower = newServer({ ...TIMES, checkQuorum: true })
    follower.receive('n2', appendEntries(1, 0, 0, []))
    for (const server of [follower, leader({ ...TIMES, checkQuorum: true })]) {
      expect(server.receive('n3', wish)).toMatchObject([{ message: { term: 2, granted: true } }])
    }
  })

  test('a wish of another term, or to one that is no follower, is ignored', () => {
    const server = newServer(TIMES)
    server.receive('n2', appendEntries(3, 0, 0, []))
    expect(server.receive('n2', { type: 'TimeoutNow', term: 2 })).toEqual([])
    expect(leader().receive('n2', { type: 'TimeoutNow', term: 1 })).toEqual([])
  })

  test('that has not come about after an election timeout is given up, and commands are taken again', () => {
    const server = leader(TIMES)
    server.receive('admin', ask('transfer leadership', 'n4'))
    server.ctx.now += TIMEOUT_MS - 1
    expect(told(server.fire('election'))).toEqual([])
    server.ctx.now += 1
    expect(told(server.fire('election'))).toMatchObject([{ status: 'refused', reason: 'n4 did not take over in time' }])
    server.receive('c1', set(1))
    expect(server.state.log.entries).toHaveLength(2)
  })

  test('to the leader itself is done; to a stranger it never will be', () => {
    const server = leader(TIMES)
    expect(told(server.receive('admin', ask('transfer leadership', 'n1')))).toMatchObject([{ status: 'ok' }])
    expect(told(server.receive('admin', ask('transfer leadership', 'n9')))).toMatchObject([{ status: 'refused' }])
  })
})

describe('a configuration (section 4.1)', () => {
  test('counts as soon as it is in the log, committed or not', () => {
    const server = newServer({ servers: ['n1', 'n2', 'n3'] })
    server.receive('n2', appendEntries(1, 0, 0, [configuration(1, FIVE)]))
    server.fire('election')
    durable(server)
    server.receive('n2', { type: 'RequestVoteReply', term: 2, granted: true })
    expect(server.state.role).toBe('candidate')
    server.receive('n5', { type: 'RequestVoteReply', term: 2, granted: true })
    expect(server.state.role).toBe('leader')
  })

  test('counts no longer when it is overwritten', () => {
    const server = newServer({ servers: ['n1', 'n2', 'n3'] })
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1), configuration(1, FIVE)]))
    server.receive('n3', appendEntries(2, 1, 1, [entry(2, 2)]))
    expect(server.state.configuration).toEqual({ index: 0, servers: ['n1', 'n2', 'n3'] })
  })

  test('outlives a restart', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1), configuration(1, SIX)]))
    expect(restarted(server).state.configuration).toEqual({ index: 2, servers: SIX })
  })

  test('outlives the compaction of the entry that said so', () => {
    const options = { snapshotAfterEntries: 3, snapshotTrailingEntries: 0 }
    const server = newServer(options)
    server.receive('n2', appendEntries(1, 0, 0, [configuration(1, SIX), entry(1, 1), entry(1, 2)], 3))
    expect(server.state.log.baseIndex).toBe(3)
    expect(restarted(server, options).state.configuration).toEqual({ index: 1, servers: SIX })
  })

  test('is no reason not to hear a leader, or to refuse a candidate, that is not in it', () => {
    const server = newServer()
    expect(server.receive('n6', appendEntries(1, 0, 0, [entry(1, 1)]))).toMatchObject([{ message: { success: true } }])
    expect(server.receive('n7', requestVote(2, 1, 1))).toMatchObject([{ message: { granted: true } }])
  })

  test('is committed by a majority of itself', () => {
    const server = leader({ ...TIMES, servers: ['n1', 'n2', 'n3', 'n4'] })
    server.receive('admin', ask('remove server', 'n4'))
    durable(server)
    server.receive('n4', success(1, 2))
    expect(server.state.commitIndex).toBe(1)
    expect(told(server.receive('n2', success(1, 2)))).toMatchObject([{ status: 'ok' }])
    expect(server.state.commitIndex).toBe(2)
  })

  test('is followed by no other before it is committed', () => {
    const server = leader(TIMES)
    server.receive('admin', ask('remove server', 'n5'))
    durable(server)
    expect(told(server.receive('admin', ask('remove server', 'n4', 2)))).toMatchObject([{ status: 'busy' }])
    for (const id of ['n2', 'n3']) server.receive(id, success(1, 2))
    expect(told(server.receive('admin', ask('remove server', 'n4', 2)))).toEqual([])
    expect(lastServers(server)).toEqual(['n1', 'n2', 'n3'])
  })

  test('is not changed by a leader that has committed nothing in its term (Ongaro, raft-dev, 2015)', () => {
    const server = newServer(TIMES)
    elected(server)
    durable(server)
    for (const change of [ask('remove server', 'n5'), ask('add server', 'n6')]) {
      expect(told(server.receive('admin', change))).toMatchObject([{ status: 'busy' }])
    }
    for (const id of ['n2', 'n3']) server.receive(id, success(1, 1))
    server.receive('admin', ask('remove server', 'n5'))
    expect(lastServers(server)).toEqual(['n1', 'n2', 'n3', 'n4'])
  })

  test('that is as asked for already is answered once it is committed', () => {
    const server = leader(TIMES)
    expect(told(server.receive('admin', ask('add server', 'n2')))).toMatchObject([{ status: 'ok' }])
    server.receive('admin', ask('remove server', 'n5', 2))
    durable(server)
    expect(told(server.receive('admin', ask('remove server', 'n5', 2)))).toEqual([])
    expect(told([...server.receive('n2', success(1, 2)), ...server.receive('n3', success(1, 2))])).toMatchObject([
      { serial: 2, status: 'ok' },
    ])
  })
})

describe('a new server (section 4.2.1)', () => {
  function joining(): Server {
    const server = leader(TIMES)
    const sent = server.receive('admin', ask('add server', 'n6'))
    expect(to(sent, 'n6')).toMatchObject([{ type: 'AppendEntries', prevLogIndex: 1, entries: [] }])
    return server
  }

  test('first receives the log, and is not in the configuration yet', () => {
    const server = joining()
    expect(to(server.receive('n6', refusal(1, 1, 0, 1)), 'n6')).toMatchObject([{ prevLogIndex: 0 }])
    expect(server.state.configuration.servers).toEqual(FIVE)
  })

  test('counts for nothing meanwhile', () => {
    const server = joining()
    server.receive('c1', set(1))
    durable(server)
    server.receive('n2', success(1, 2))
    server.ctx.now += TIMEOUT_MS
    server.receive('n6', success(1, 1))
    server.receive('n6', success(1, 2))
    expect(server.state.commitIndex).toBe(1)
  })

  test('is added when a round has taken less than an election timeout', () => {
    const server = joining()
    server.ctx.now += TIMEOUT_MS - 1
    server.receive('n6', success(1, 1))
    expect(lastServers(server)).toEqual(SIX)
  })

  test('goes through another round when the last took longer, as entries came meanwhile', () => {
    const server = joining()
    server.receive('c1', set(1))
    server.ctx.now += TIMEOUT_MS
    server.receive('n6', success(1, 1))
    expect(server.state.configuration.servers).toEqual(FIVE)
    server.receive('n6', success(1, 2))
    expect(lastServers(server)).toEqual(SIX)
  })

  test('that does not answer, or never catches up, is not added', () => {
    const silent = joining()
    silent.fire('election')
    expect(told(silent.fire('election'))).toMatchObject([{ status: 'refused', reason: 'n6 does not answer' }])
    const slow = joining()
    const answers: Message[] = []
    for (let index = 1; index <= 10; index++) {
      slow.receive('c1', set(index))
      slow.ctx.now += TIMEOUT_MS
      answers.push(...told(slow.receive('n6', success(1, index))))
    }
    expect(answers).toMatchObject([{ status: 'refused', reason: 'n6 is slower than the log grows' }])
    expect(slow.state.configuration.servers).toEqual(FIVE)
  })

  test('that knows of no cluster it belongs to begins no election', () => {
    const server = newServer({ servers: ['n2', 'n3', 'n4'] })
    expect(server.fire('election')).toEqual([])
    expect(server.state).toMatchObject({ role: 'follower', term: 0 })
  })
})

describe('a leader that is removed (section 4.2.2)', () => {
  test('does not count itself towards the majority, and leads until the configuration without it is committed', () => {
    const server = leavingLeader()
    durable(server)
    for (const id of ['n2', 'n3']) server.receive(id, success(1, 2))
    expect(server.state).toMatchObject({ role: 'leader', commitIndex: 1 })
    expect(told(server.receive('n4', success(1, 2)))).toMatchObject([{ status: 'ok' }])
    expect(server.state).toMatchObject({ role: 'follower', commitIndex: 2 })
  })

  test('leads on when only what lies before that configuration is committed', () => {
    const server = leader(TIMES)
    server.receive('c1', set(1))
    server.receive('admin', ask('remove server', 'n1'))
    durable(server)
    for (const id of ['n2', 'n3', 'n4']) server.receive(id, success(1, 2))
    expect(server.state).toMatchObject({ role: 'leader', commitIndex: 2 })
  })

  test('does not count itself in a round of heartbeats either', () => {
    const server = leavingLeader()
    for (const id of ['n2', 'n3', 'n4']) server.receive(id, success(1, 1, server.state.leadership!.round))
    server.receive('c1', get(1))
    const { round } = server.state.leadership!
    for (const id of ['n2', 'n3']) expect(to(server.receive(id, success(1, 1, round)), 'c1')).toEqual([])
    expect(to(server.receive('n4', success(1, 1, round)), 'c1')).toMatchObject([{ status: 'ok' }])
  })

  test('hands over as it goes, to one that has the whole log', () => {
    const server = leavingLeader()
    durable(server)
    for (const id of ['n2', 'n3']) server.receive(id, success(1, 2))
    const wished = server.receive('n4', success(1, 2)).filter(({ message }) => message.type === 'TimeoutNow')
    expect(wished.map(({ to: id }) => id)).toEqual(['n2'])
  })

  test('begins no election when it is out for good, but may while that is not known', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [configuration(1, WITHOUT_N1)]))
    const sent = server.fire('election').filter(({ message }) => message.type === 'RequestVote')
    expect(sent.map(({ to: id }) => id)).toEqual(WITHOUT_N1)
    server.receive('n2', appendEntries(3, 1, 1, [], 1))
    expect(server.fire('election')).toEqual([])
    expect(server.state).toMatchObject({ role: 'follower', term: 3 })
  })

  test('gives itself no vote that counts', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [configuration(1, WITHOUT_N1)]))
    server.fire('election')
    durable(server)
    for (const id of ['n2', 'n3']) server.receive(id, { type: 'RequestVoteReply', term: 2, granted: true })
    expect(server.state.role).toBe('candidate')
    server.receive('n4', { type: 'RequestVoteReply', term: 2, granted: true })
    expect(server.state.role).toBe('leader')
  })

  test('leaves at least one server, or as many as it is told to keep', () => {
    const server = leader({ ...TIMES, minServers: 5 })
    expect(told(server.receive('admin', ask('remove server', 'n5')))).toMatchObject([
      { status: 'refused', reason: 'the cluster keeps at least 5 servers' },
    ])
  })
})

test('a server that is not the leader sends who asks for a change to the leader it knows', () => {
  const server = newServer()
  server.receive('n2', appendEntries(1, 0, 0, []))
  expect(told(server.receive('admin', ask('add server', 'n6')))).toMatchObject([{ status: 'not leader', leader: 'n2' }])
})
