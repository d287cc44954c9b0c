import { describe, expect, test } from 'vitest'
import { raftClient } from '../../../nodes/raft/client.ts'
import type { Entry, RaftMessage } from '../../../nodes/raft/messages.ts'
import { dictionary } from '../../../nodes/dictionary/dictionary.ts'
import { HandDriven } from '../support/hand-driven.ts'
import {
  appendEntries,
  durable,
  elected,
  entry,
  leader,
  newServer,
  type Server,
  set,
  success,
  to,
} from '../support/raft.ts'

/** Sessions that expire, and what keeps a repeated command from being executed a second time (RK-11; dissertation, section 6.3). */
const TTL = { sessionTtlMs: 1_000 }

function opening(stampMs: number, term = 1): Entry {
  return { term, session: 'alice', serial: 1, command: null, servers: null, stampMs }
}

function at(stampMs: number, serial: number, value: string, session = 'alice.1'): Entry {
  return { ...entry(1, serial, value, session), stampMs }
}

/** A follower that has applied these entries. */
function applied(...entries: readonly Entry[]): Server {
  const server = newServer(TTL)
  server.receive('n2', appendEntries(1, 0, 0, entries, entries.length))
  return server
}

/** Has what it wrote acknowledged by two followers; what the client was told. */
function commit(server: Server): ReturnType<typeof to> {
  durable(server)
  const { length } = server.state.log.entries
  return ['n2', 'n3'].flatMap((id) => to(server.receive(id, success(server.state.term, length)), 'alice'))
}

describe('sessions that expire, at a server', () => {
  test('are opened by an entry and named after its index', () => {
    const server = leader(TTL)
    server.receive('alice', { type: 'OpenSession', session: 'alice', serial: 1 } satisfies RaftMessage)
    expect(commit(server)).toMatchObject([{ session: 'alice', serial: 1, status: 'session opened', opened: 'alice.2' }])
    expect([...server.state.sessions.keys()]).toEqual(['alice.2'])
  })

  test('are opened by the leader only', () => {
    const server = newServer(TTL)
    expect(to(server.receive('alice', { type: 'OpenSession', session: 'alice', serial: 1 }), 'alice')).toMatchObject([
      { status: 'not leader', leader: null },
    ])
  })

  test('a command of a session that nobody opened is not executed, and its client hears so', () => {
    const server = leader(TTL)
    server.receive('alice', set(1, 'a', 'alice.9'))
    expect(commit(server)).toMatchObject([{ status: 'session expired' }])
    expect(server.state.data.size).toBe(0)
  })

  test('live as long as they are used often enough, by the stamps of the entries', () => {
    const server = applied(opening(0), at(900, 1, 'a'), at(1_900, 2, 'b'), at(2_901, 3, 'c'))
    expect(server.state.data.get('x')).toBe('b')
    expect(server.state.sessions.size).toBe(0)
  })

  test('a repeat counts as use', () => {
    const server = applied(opening(0), at(900, 1, 'a'), at(1_800, 1, 'a'), at(2_700, 2, 'b'))
    expect(server.state.data.get('x')).toBe('b')
  })

  test('expire on every server at the same entry, whatever clock it has', () => {
    const entries = [opening(0), at(100, 1, 'a'), at(1_100, 2, 'b'), at(2_101, 3, 'c')]
    const early = applied(...entries)
    const late = newServer(TTL)
    late.ctx.now = 60_000
    late.ctx.wallClock = -3_600_000
    for (const [place, one] of entries.entries()) {
      late.ctx.now += 5_000
      late.receive('n2', appendEntries(1, place, place === 0 ? 0 : 1, [one], place + 1))
    }
    expect(late.state.sessions).toEqual(early.state.sessions)
    expect(late.state.data).toEqual(early.state.data)
    expect(late.state.data.get('x')).toBe('b')
  })

  test('a repeat of an executed command is not executed again once its session has expired, also behind a late opening', () => {
    const other = at(1_500, 1, 'b', 'bob.3')
    const server = applied(
      opening(0),
      at(10, 1, 'a'),
      { ...opening(1_400), session: 'bob' },
      other,
      opening(1_600),
      at(1_700, 1, 'a'),
    )
    expect(server.state.data.get('x')).toBe('b')
    expect([...server.state.sessions.keys()]).toEqual(['bob.3', 'alice.5'])
  })
})

describe("the log's time", () => {
  test("runs as the leader's clock does, from where the log had left it", () => {
    const server = newServer(TTL)
    server.receive('n2', appendEntries(1, 0, 0, [{ ...entry(1, 1), stampMs: 70_000 }]))
    server.ctx.now = 500
    elected(server)
    server.ctx.now = 740.9
    server.receive('alice', set(1))
    expect(server.state.log.entries.map(({ stampMs }) => stampMs)).toEqual([70_000, 70_000, 70_240])
  })
})

describe('sessions that expire, at a client', () => {
  const operations = [0, 1, 2].map((id) => ({
    id,
    atMs: id * 400,
    input: { action: 'set', key: 'x', value: `v${id}` } as const,
  }))

  function newClient() {
    const machine = raftClient({ servers: ['n1'], operations, stateMachine: dictionary, ...TTL })
    return new HandDriven<{ name: string }>(machine, 'c1')
  }

  const reply = (session: string, serial: number, rest: object) => ({ type: 'ClientReply', session, serial, ...rest })

  test('opens one for its first command, and keeps it while it is used', () => {
    const client = newClient()
    const { name } = client.state
    expect(client.ctx.sent).toMatchObject([{ message: { type: 'OpenSession', session: name, serial: 1 } }])
    const asked = client.receive('n1', reply(name, 1, { status: 'session opened', opened: 's.7' }))
    expect(asked).toMatchObject([{ to: 'n1', message: { type: 'ClientRequest', session: 's.7', serial: 1 } }])
    client.receive('n1', reply('s.7', 1, { status: 'ok', answer: null }))
    client.ctx.now = 400
    expect(client.fire('next')).toMatchObject([{ message: { type: 'ClientRequest', session: 's.7', serial: 2 } }])
  })

  test('does not trust one that nobody has answered in for half of its life', () => {
    const client = newClient()
    client.receive('n1', reply(client.state.name, 1, { status: 'session opened', opened: 's.7' }))
    client.receive('n1', reply('s.7', 1, { status: 'ok', answer: null }))
    client.ctx.now = 501
    expect(client.fire('next')).toMatchObject([{ message: { type: 'OpenSession', serial: 2 } }])
  })

  test('does not know what came of a command whose session has expired, and goes on in a new one', () => {
    const client = newClient()
    client.receive('n1', reply(client.state.name, 1, { status: 'session opened', opened: 's.7' }))
    client.receive('n1', reply('s.7', 1, { status: 'session expired' }))
    expect(client.ctx.histories).toEqual(['invoke 0', 'info 0 the session expired'])
    client.ctx.now = 400
    expect(client.fire('next')).toMatchObject([{ message: { type: 'OpenSession', serial: 2 } }])
  })

  test('knows that nothing came of a command that never had a session', () => {
    const client = newClient()
    client.fire('give up')
    expect(client.ctx.histories).toEqual(['invoke 0', 'fail 0 no session in time'])
  })

  test('takes only the first of several sessions that one wish has opened', () => {
    const client = newClient()
    const { name } = client.state
    client.receive('n1', reply(name, 1, { status: 'session opened', opened: 's.7' }))
    expect(client.receive('n1', reply(name, 1, { status: 'session opened', opened: 's.8' }))).toEqual([])
    expect(client.fire('retry')).toMatchObject([{ message: { session: 's.7', serial: 1 } }])
  })
})
