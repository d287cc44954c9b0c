import { describe, expect, test } from 'vitest'
import {
  appendEntries,
  durable,
  elected,
  entry,
  newServer,
  requestVote,
  restarted,
  terms,
  to,
} from '../support/raft.ts'

const granted = (term: number) => ({ type: 'RequestVoteReply' as const, term, granted: true })

describe('an election (RK-3, RK-4, RK-8)', () => {
  test('every incarnation begins as a follower with a timeout drawn from the interval', () => {
    const server = newServer({ electionTimeoutMs: [200, 400] })
    expect(server.state.role).toBe('follower')
    expect(server.ctx.timers.get('election')).toEqual([200, 400])
  })

  test('a follower that hears of no leader makes its term and own vote durable before it asks for votes (RK-14)', () => {
    const server = newServer()
    const sent = server.fire('election')
    expect(server.state).toMatchObject({ role: 'candidate', term: 1, votedFor: 'n1' })
    expect(sent.filter(({ message }) => message.type === 'RequestVote').map(({ to: id }) => id)).toEqual([
      'n2',
      'n3',
      'n4',
      'n5',
    ])
    expect(server.ctx.said.slice(0, 2)).toEqual(['append raft/journal', 'sync'])
  })

  test('a candidate counts its own vote once it is durable, and a vote that comes twice once', () => {
    const server = newServer()
    server.fire('election')
    server.receive('n2', granted(1))
    server.receive('n2', granted(1))
    server.receive('n2', granted(1))
    expect(server.state.role).toBe('candidate')
    server.fire('heartbeat')
    server.receive('n1', { type: 'Durable', term: 1, index: 0 })
    expect(server.state.role).toBe('candidate')
    server.receive('n3', granted(1))
    expect(server.state.role).toBe('leader')
  })

  test('half of the votes elect nobody', () => {
    const server = newServer({ servers: ['n1', 'n2', 'n3', 'n4'] })
    server.fire('election')
    durable(server)
    server.receive('n2', granted(1))
    expect(server.state.role).toBe('candidate')
  })

  test('votes of an earlier term, of strangers, and refusals count for nothing', () => {
    const server = newServer()
    server.fire('election')
    durable(server)
    server.fire('election')
    durable(server)
    for (const id of ['n2', 'n3', 'n4']) server.receive(id, granted(1))
    for (const id of ['x1', 'x2', 'x3']) server.receive(id, granted(2))
    for (const id of ['n2', 'n3']) server.receive(id, { type: 'RequestVoteReply', term: 2, granted: false })
    expect(server.state.role).toBe('candidate')
  })

  test('a candidate asks again those who have not granted their vote', () => {
    const server = newServer()
    server.fire('election')
    durable(server)
    server.receive('n2', granted(1))
    expect(server.fire('heartbeat').map(({ to: id }) => id)).toEqual(['n3', 'n4', 'n5'])
  })

  test('the winner tells everyone at once with a no-op of its term', () => {
    const server = newServer()
    const sent = elected(server)
    expect(terms(server)).toEqual([1])
    expect(to(sent, 'n4')).toMatchObject([
      { type: 'AppendEntries', term: 1, prevLogIndex: 0, entries: [{ command: null }] },
    ])
    expect(server.ctx.timers.has('heartbeat')).toBe(true)
    server.fire('election')
    expect(server.state.role).toBe('leader')
  })

  test('an election that nobody wins is tried again in a later term', () => {
    const server = newServer()
    server.fire('election')
    server.fire('election')
    expect(server.state).toMatchObject({ role: 'candidate', term: 2 })
  })
})

describe('a vote', () => {
  test("is durable before it is told, and puts off one's own candidacy (RK-14)", () => {
    const server = newServer()
    server.ctx.timers.clear()
    expect(server.receive('n2', requestVote(1))).toMatchObject([{ to: 'n2', message: { term: 1, granted: true } }])
    expect(server.ctx.said.slice(-2)).toEqual(['sync', 'send RequestVoteReply n2'])
    expect(server.ctx.timers.has('election')).toBe(true)
  })

  test('is given once a term, first come first served; who asks again hears the same', () => {
    const server = newServer()
    server.receive('n2', requestVote(1))
    expect(server.receive('n3', requestVote(1))).toMatchObject([{ message: { granted: false } }])
    expect(server.receive('n2', requestVote(1))).toMatchObject([{ message: { granted: true } }])
    expect(server.receive('n3', requestVote(2))).toMatchObject([{ message: { granted: true } }])
  })

  test('outlives a crash', () => {
    const server = newServer()
    server.receive('n2', requestVote(7))
    const again = restarted(server)
    expect(again.state).toMatchObject({ role: 'follower', term: 7, votedFor: 'n2' })
    expect(again.receive('n3', requestVote(7))).toMatchObject([{ message: { granted: false } }])
  })

  test('is refused to a stale term, which learns of the present one', () => {
    const server = newServer()
    server.receive('n2', requestVote(5))
    expect(server.receive('n3', requestVote(4))).toMatchObject([{ message: { term: 5, granted: false } }])
  })

  test('is refused to a log with an earlier last term, however long, and to a shorter one of the same term (RK-8)', () => {
    const server = newServer()
    server.receive('n2', appendEntries(3, 0, 0, [entry(1, 1), entry(3, 2)]))
    expect(server.receive('n3', requestVote(4, 9, 2))).toMatchObject([{ message: { granted: false } }])
    expect(server.receive('n3', requestVote(5, 1, 3))).toMatchObject([{ message: { granted: false } }])
    expect(server.receive('n3', requestVote(6, 2, 3))).toMatchObject([{ message: { granted: true } }])
    expect(server.receive('n4', requestVote(7, 1, 4))).toMatchObject([{ message: { granted: true } }])
  })

  test('that is refused leaves the election timer alone, so that a hopeless candidate starves nobody', () => {
    const server = newServer()
    server.receive('n2', appendEntries(3, 0, 0, [entry(3, 1)]))
    server.ctx.timers.clear()
    server.receive('n3', requestVote(9, 0, 0))
    expect(server.state.term).toBe(9)
    expect(server.ctx.timers.has('election')).toBe(false)
  })
})

describe('terms (RK-3, RK-5)', () => {
  test('a leader that sees a later term becomes a follower and waits for an election again', () => {
    const server = newServer()
    elected(server)
    server.receive('n5', requestVote(8))
    expect(server.state).toMatchObject({ role: 'follower', term: 8, leadership: null })
    expect(server.ctx.timers.has('election')).toBe(true)
    expect(server.ctx.timers.has('heartbeat')).toBe(false)
  })

  test('a candidate follows a leader of its own term, and refuses one of an earlier term', () => {
    const server = newServer()
    server.fire('election')
    server.fire('election')
    expect(server.receive('n2', appendEntries(1, 0, 0, []))).toMatchObject([{ message: { term: 2, success: false } }])
    expect(server.state.role).toBe('candidate')
    server.receive('n2', appendEntries(2, 0, 0, []))
    expect(server.state).toMatchObject({ role: 'follower', leaderId: 'n2', votedFor: 'n1' })
  })
})

describe('planted bugs', () => {
  test('R01: the vote is told before it is durable', () => {
    const server = newServer({ bug: 'R01' })
    server.receive('n2', requestVote(7))
    expect(server.ctx.said).toEqual(['append raft/journal', 'send RequestVoteReply n2'])
  })

  test('R05: a long log of an earlier term gets the vote', () => {
    const server = newServer({ bug: 'R05' })
    server.receive('n2', appendEntries(3, 0, 0, [entry(3, 1)]))
    expect(server.receive('n3', requestVote(4, 9, 2))).toMatchObject([{ message: { granted: true } }])
  })

  test('R14: two of five elect a leader', () => {
    const server = newServer({ bug: 'R14' })
    server.fire('election')
    durable(server)
    server.receive('n2', granted(1))
    expect(server.state.role).toBe('leader')
  })
})
