import { describe, expect, test } from 'vitest'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import {
  appendEntries,
  durable,
  elected,
  entry,
  leader,
  newServer,
  requestVote,
  type Server,
  success,
  to,
} from '../support/raft.ts'

/**
 * What Ongaro's dissertation, "Consensus: Bridging Theory and Practice" (2014), adds to the paper, sentence by sentence.
 * Here each server is alone; the transcripts beside this test tell the same of whole clusters.
 */

const MIN_TIMEOUT_MS = 150
const TIMES = { electionTimeoutMs: [MIN_TIMEOUT_MS, 300] as const }
const preVote = (term: number, lastLogIndex = 0, lastLogTerm = 0): RaftMessage => ({
  type: 'PreVote',
  term,
  lastLogIndex,
  lastLogTerm,
})
const agreed = (term: number): RaftMessage => ({ type: 'PreVoteReply', term, granted: true })
const asking = (): Server => newServer({ ...TIMES, preVote: true })

/** A follower that heard its leader, n2, in term 3, and then nothing for so long. */
function follower(silentMs: number, options: object = {}): Server {
  const server = newServer({ ...TIMES, preVote: true, checkQuorum: true, ...options })
  server.receive('n2', appendEntries(3, 0, 0, [entry(2, 1), entry(3, 2)]))
  server.ctx.now += silentMs
  return server
}

describe('PreVote (section 9.6)', () => {
  test('a server whose timeout passes asks whether it could win, in the term it would enter, and stays in its own', () => {
    const server = asking()
    expect(server.fire('election').map(({ to: id, message }) => [id, message.type, message.term])).toEqual(
      ['n2', 'n3', 'n4', 'n5'].map((id) => [id, 'PreVote', 1]),
    )
    expect(server.state).toMatchObject({ term: 0, votedFor: null })
  })

  test('nothing is written down for it, by who asks or who agrees', () => {
    const server = asking()
    server.fire('election')
    expect(server.ctx.said.filter((one) => !one.startsWith('send'))).toEqual([])
    const voter = asking()
    expect(voter.receive('n2', preVote(1))).toMatchObject([{ message: { type: 'PreVoteReply', granted: true } }])
    expect(voter.ctx.said).toEqual(['send PreVoteReply n2'])
    expect(voter.state).toMatchObject({ term: 0, votedFor: null })
  })

  test('only with the agreement of a majority it increments its term and begins the election', () => {
    const server = asking()
    server.fire('election')
    server.receive('n2', agreed(1))
    server.receive('n2', agreed(1))
    expect(server.state).toMatchObject({ role: 'pre-candidate', term: 0 })
    expect(to(server.receive('n3', agreed(1)), 'n4')).toMatchObject([{ type: 'RequestVote', term: 1 }])
    expect(server.state).toMatchObject({ role: 'candidate', term: 1, votedFor: 'n1' })
  })

  test('an agreement is no vote: each is asked for that again, and several may be agreed with', () => {
    const server = asking()
    server.fire('election')
    for (const id of ['n2', 'n3', 'n4', 'n5']) server.receive(id, agreed(1))
    durable(server)
    expect(server.state.role).toBe('candidate')
    const voter = asking()
    for (const id of ['n2', 'n3']) expect(voter.receive(id, preVote(1))).toMatchObject([{ message: { granted: true } }])
  })

  test('who agrees would also vote so: the log must be up to date and the term a later one', () => {
    const server = follower(MIN_TIMEOUT_MS)
    expect(server.receive('n3', preVote(4, 9, 2))).toMatchObject([{ message: { granted: false } }])
    expect(server.receive('n3', preVote(3, 9, 3))).toMatchObject([{ message: { granted: false, term: 3 } }])
    expect(server.receive('n3', preVote(4, 2, 3))).toMatchObject([{ message: { granted: true, term: 4 } }])
  })

  test('who has heard of a leader within the shortest timeout agrees to nothing', () => {
    const server = follower(MIN_TIMEOUT_MS - 1)
    expect(server.receive('n3', preVote(9, 9, 9))).toMatchObject([{ message: { granted: false, term: 3 } }])
    expect(server.state).toMatchObject({ term: 3, leaderId: 'n2' })
  })

  test('a leader agrees to nothing', () => {
    const server = leader({ ...TIMES, preVote: true })
    server.ctx.now += 10 * MIN_TIMEOUT_MS
    expect(server.receive('n3', preVote(9, 9, 9))).toMatchObject([{ message: { granted: false, term: 1 } }])
    expect(server.state.role).toBe('leader')
  })

  test('a refusal in a later term is taken over; agreements of another attempt count for nothing', () => {
    const server = asking()
    server.fire('election')
    server.receive('n2', { type: 'PreVoteReply', term: 6, granted: false })
    expect(server.state).toMatchObject({ role: 'follower', term: 6 })
    server.fire('election')
    for (const id of ['n2', 'n3', 'n4']) server.receive(id, agreed(1))
    expect(server.state).toMatchObject({ role: 'pre-candidate', term: 6 })
  })

  test('whoever asks while a leader is there follows as soon as it hears of it', () => {
    const server = follower(MIN_TIMEOUT_MS)
    server.fire('election')
    server.receive('n2', appendEntries(3, 2, 3, []))
    expect(server.state).toMatchObject({ role: 'follower', term: 3, leaderId: 'n2' })
    expect(server.ctx.timers.has('heartbeat')).toBe(false)
  })
})

describe('who hears a leader heeds no candidate (sections 4.2.3 and 6.2)', () => {
  test('within the shortest timeout a request for a vote changes nothing, the term neither', () => {
    const server = follower(MIN_TIMEOUT_MS - 1)
    expect(server.receive('n3', requestVote(9, 9, 9))).toEqual([])
    expect(server.state).toMatchObject({ term: 3, leaderId: 'n2' })
  })

  test('after it the request is heeded as ever', () => {
    expect(follower(MIN_TIMEOUT_MS).receive('n3', requestVote(9, 9, 9))).toMatchObject([
      { message: { term: 9, granted: true } },
    ])
  })

  test('also a leader stays what it is', () => {
    const server = leader({ ...TIMES, checkQuorum: true })
    expect(server.receive('n3', requestVote(9, 9, 9))).toEqual([])
    expect(server.state).toMatchObject({ role: 'leader', term: 1 })
  })

  test('a server that has come back has heard of no leader yet', () => {
    const server = newServer({ ...TIMES, checkQuorum: true })
    expect(server.receive('n3', requestVote(1))).toMatchObject([{ message: { granted: true } }])
  })
})

describe('a leader without a majority (section 6.2)', () => {
  const ack = (server: Server, ids: readonly string[]): void => {
    const { round } = server.state.leadership!
    for (const id of ids) server.receive(id, success(1, 1, round))
  }

  test('steps down when an election timeout passes without a round that a majority has answered', () => {
    const server = leader({ ...TIMES, checkQuorum: true })
    server.fire('election')
    server.fire('heartbeat')
    ack(server, ['n2'])
    server.fire('election')
    expect(server.state).toMatchObject({ role: 'follower', term: 1, leaderId: null, leadership: null })
    expect(server.ctx.timers.has('election')).toBe(true)
  })

  test('leads on as long as one is answered in each', () => {
    const server = leader({ ...TIMES, checkQuorum: true })
    for (let look = 0; look < 5; look++) {
      server.fire('heartbeat')
      ack(server, look % 2 === 0 ? ['n2', 'n3'] : ['n4', 'n5'])
      server.fire('election')
      expect(server.state.role).toBe('leader')
    }
  })

  test('a round that began since the last look is enough, though a later one is under way', () => {
    const server = leader({ ...TIMES, checkQuorum: true })
    server.fire('election')
    server.fire('heartbeat')
    ack(server, ['n2', 'n3'])
    server.fire('heartbeat')
    server.fire('election')
    expect(server.state.role).toBe('leader')
  })

  test('sends its clients away, and names nobody', () => {
    const server = leader({ ...TIMES, checkQuorum: true })
    server.fire('election')
    server.fire('heartbeat')
    server.fire('election')
    const sent = server.receive('c1', {
      type: 'ClientRequest',
      session: 's',
      serial: 1,
      command: { action: 'delete', key: 'x' },
    })
    expect(to(sent, 'c1')).toMatchObject([{ status: 'not leader', leader: null }])
  })

  test('alone in its cluster is a majority by itself', () => {
    const server = newServer({ ...TIMES, servers: ['n1'], checkQuorum: true })
    elected(server)
    durable(server)
    for (let look = 0; look < 3; look++) server.fire('election')
    expect(server.state.role).toBe('leader')
  })
})
