import { describe, expect, test } from 'vitest'
import type { Message, Sent } from '../support/hand-driven.ts'
import {
  appendEntries,
  durable,
  elected,
  entry,
  get,
  leader,
  newServer,
  set,
  success,
  to,
  type Server,
} from '../support/raft.ts'

function commitAll(server: Server): Message[] {
  const { log, term } = server.state
  durable(server)
  return ['n2', 'n3'].flatMap((id) => to(server.receive(id, success(term, log.entries.length)), 'c1'))
}

/** Followers answer the latest round. */
function acknowledgeRound(server: Server, ids: readonly string[]): Sent[] {
  const { round } = server.state.leadership!
  return ids.flatMap((id) => [
    ...server.receive(id, success(server.state.term, server.state.log.entries.length, round)),
  ])
}

/** Two followers answer the latest round and say up to where they have the log; what clients are told then. */
function confirm(server: Server, matchIndex: number): Message[] {
  const { round } = server.state.leadership!
  return ['n2', 'n3'].flatMap((id) => to(server.receive(id, success(server.state.term, matchIndex, round)), 'c1'))
}

describe('sessions (RK-11)', () => {
  test('a repeat of the last command is answered as before, without executing it again', () => {
    const server = leader()
    server.receive('c1', set(1, 'a'))
    commitAll(server)
    expect(to(server.receive('c1', set(1, 'a')), 'c1')).toMatchObject([{ status: 'ok', answer: null }])
    expect(server.state.log.entries).toHaveLength(2)
  })

  test('a command twice in the log is executed once, and both times answered the same', () => {
    const server = leader()
    server.receive('c1', set(1, 'a'))
    server.receive('c2', set(1, 'b', 'other'))
    server.receive('c1', set(1, 'a'))
    expect(server.state.log.entries).toHaveLength(4)
    expect(commitAll(server)).toMatchObject([
      { status: 'ok', answer: null },
      { status: 'ok', answer: null },
    ])
    expect(server.state.data.get('x')).toBe('b')
  })

  test('R19: a command twice in the log is executed twice', () => {
    const server = leader({ bug: 'R19' })
    server.receive('c1', set(1, 'a'))
    server.receive('c2', set(1, 'b', 'other'))
    server.receive('c1', set(1, 'a'))
    commitAll(server)
    expect(server.state.data.get('x')).toBe('a')
  })

  test('a number below the last is never executed and never answered', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 5, 'new'), entry(1, 4, 'old')], 2))
    expect(server.state.data.get('x')).toBe('new')
    elected(server)
    durable(server)
    expect(to(server.receive('c1', set(3, 'older')), 'c1')).toEqual([])
    expect(server.state.log.entries).toHaveLength(3)
  })

  test('the table comes out of the log on every server, so that the next leader knows it too', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1, 'a')], 1))
    expect(server.state.sessions).toEqual(new Map([['s', { serial: 1, answer: null, usedMs: 0 }]]))
  })

  test('a client is not answered for an entry that another leader has overwritten', () => {
    const server = leader()
    server.receive('c1', set(1, 'a'))
    const sent = server.receive('n2', appendEntries(2, 1, 1, [entry(2, 7, 'b', 'other')], 2))
    expect(to(sent, 'c1')).toEqual([])
    expect(server.state.data.get('x')).toBe('b')
  })

  test('a deposed leader still answers when the entry is committed after all', () => {
    const server = leader()
    server.receive('c1', set(1, 'a'))
    expect(to(server.receive('n2', appendEntries(2, 2, 1, [entry(2, 7, 'b', 'other')], 2)), 'c1')).toMatchObject([
      { status: 'ok' },
    ])
  })
})

describe('requests at the wrong place (RK-10)', () => {
  test('a follower names the leader it knows, or nobody', () => {
    const server = newServer()
    expect(server.receive('c1', set(1))).toMatchObject([{ to: 'c1', message: { status: 'not leader', leader: null } }])
    server.receive('n3', appendEntries(1, 0, 0, []))
    expect(server.receive('c1', set(1))).toMatchObject([{ message: { status: 'not leader', leader: 'n3' } }])
  })

  test('a value too long is refused by any server, for good', () => {
    expect(newServer().receive('c1', set(1, 'x'.repeat(8_193)))).toMatchObject([{ message: { status: 'refused' } }])
  })
})

describe('reads (RK-12)', () => {
  test('write nothing, and are served when a majority has confirmed the leader in a later round', () => {
    const server = leader()
    server.receive('c1', set(1, 'a'))
    commitAll(server)
    const early = server.state.leadership!.round
    expect(to(server.receive('c1', get(2)), 'c1')).toEqual([])
    expect(server.ctx.said.some((one) => one.startsWith('append'))).toBe(false)
    // Late replies to the round before prove nothing about now.
    for (const id of ['n2', 'n3', 'n4', 'n5']) expect(to(server.receive(id, success(1, 2, early)), 'c1')).toEqual([])
    const served = acknowledgeRound(server, ['n2', 'n3'])
    expect(served.filter(({ to: id }) => id === 'c1')).toMatchObject([{ message: { status: 'ok', answer: 'a' } }])
  })

  test('wait for the round under way and share the next one', () => {
    const server = leader()
    acknowledgeRound(server, ['n2', 'n3'])
    server.receive('c1', get(1, 's1'))
    const before = server.state.leadership!.round
    server.receive('c2', get(1, 's2'))
    server.receive('c3', get(1, 's3'))
    expect(server.state.leadership!.round).toBe(before)
    acknowledgeRound(server, ['n2', 'n3'])
    expect(server.state.leadership!.round).toBe(before + 1)
    const served = acknowledgeRound(server, ['n2', 'n3'])
    expect(served.filter(({ message }) => message.type === 'ClientReply').map(({ to: id }) => id)).toEqual(['c2', 'c3'])
  })

  test('wait until a new leader has committed an entry of its own term', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1, 'a')]))
    elected(server)
    durable(server)
    server.receive('c1', get(2, 'reader'))
    expect(confirm(server, 1)).toEqual([])
    expect(confirm(server, 1)).toEqual([])
    expect(confirm(server, 2)).toMatchObject([{ status: 'ok', answer: 'a' }])
  })

  test('R21: a new leader serves what it has applied so far', () => {
    const server = newServer({ bug: 'R21' })
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1, 'a')]))
    elected(server)
    durable(server)
    server.receive('c1', get(2, 'reader'))
    confirm(server, 1)
    expect(confirm(server, 1)).toMatchObject([{ status: 'ok', answer: null }])
  })

  test('R23: a leader serves at once, whoever leads by now', () => {
    const server = leader({ bug: 'R23' })
    expect(to(server.receive('c1', get(1)), 'c1')).toMatchObject([{ status: 'ok', answer: null }])
  })

  test('are refused when the leader is deposed before it was confirmed', () => {
    const server = leader()
    server.receive('c1', get(1))
    const sent = server.receive('n2', appendEntries(2, 1, 1, []))
    expect(to(sent, 'c1')).toMatchObject([{ status: 'not leader', leader: 'n2' }])
  })

  test('are served by a follower at the index that its leader confirms, once applied', () => {
    const follower = newServer()
    follower.receive('n2', appendEntries(1, 0, 0, [entry(1, 1, 'a'), entry(1, 2, 'b')], 1))
    expect(follower.receive('c1', get(1, 'reader'))).toEqual([
      { to: 'n2', message: { type: 'ReadIndex', session: 'reader', serial: 1 } },
    ])
    follower.receive('n2', { type: 'ReadIndexReply', session: 'reader', serial: 0, readIndex: 0 })
    expect(follower.receive('n2', { type: 'ReadIndexReply', session: 'reader', serial: 1, readIndex: 2 })).toEqual([])
    expect(to(follower.receive('n2', appendEntries(1, 2, 1, [], 2)), 'c1')).toMatchObject([
      { status: 'ok', answer: 'b' },
    ])
  })

  test('a leader confirms itself before it tells a follower its read index', () => {
    const server = leader()
    acknowledgeRound(server, ['n2', 'n3'])
    expect(
      to(server.receive('n4', { type: 'ReadIndex', session: 'reader', serial: 3 }), 'n4').filter(
        ({ type }) => type === 'ReadIndexReply',
      ),
    ).toEqual([])
    expect(acknowledgeRound(server, ['n2', 'n3']).filter(({ to: id }) => id === 'n4')).toMatchObject([
      { message: { type: 'ReadIndexReply', session: 'reader', serial: 3, readIndex: 1 } },
    ])
  })

  test('that a follower has asked for in vain are forgotten, the oldest first, when there are too many', () => {
    const follower = newServer({ maxWaitingReads: 2 })
    follower.receive('n2', appendEntries(1, 0, 0, []))
    for (const session of ['s1', 's2', 's1', 's3']) follower.receive('c1', get(1, session))
    expect([...follower.state.forwarded.keys()]).toEqual(['s1', 's3'])
  })

  test('beyond what a leader can hold are answered as such', () => {
    const server = leader({ maxWaitingReads: 1 })
    server.receive('c1', get(1, 's1'))
    expect(to(server.receive('c2', get(1, 's2')), 'c2')).toMatchObject([{ status: 'busy' }])
  })

  test('of a follower told not to serve them go to the leader', () => {
    const follower = newServer({ followerReads: false })
    follower.receive('n2', appendEntries(1, 0, 0, []))
    expect(follower.receive('c1', get(1))).toMatchObject([{ message: { status: 'not leader', leader: 'n2' } }])
  })
})
