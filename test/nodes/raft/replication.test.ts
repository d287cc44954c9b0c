import { describe, expect, test } from 'vitest'
import {
  appendEntries,
  durable,
  elected,
  entry,
  leader,
  newServer,
  refusal,
  requestVote,
  restarted,
  set,
  success,
  terms,
  to,
} from '../support/raft.ts'

describe('a follower (RK-6, RK-7)', () => {
  test('appends, makes durable, then acknowledges what it was asked (RK-14)', () => {
    const server = newServer()
    const sent = server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1), entry(1, 2)], 1, 6))
    expect(sent).toMatchObject([
      { to: 'n2', message: { success: true, term: 1, requestTerm: 1, round: 6, prevLogIndex: 0, matchIndex: 2 } },
    ])
    expect(server.ctx.said.slice(-2)).toEqual(['sync', 'send AppendEntriesReply n2'])
    expect(server.state.commitIndex).toBe(1)
    expect(server.state.data.get('x')).toBe('v1')
  })

  test('needs no sync for a heartbeat that changes nothing', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, []))
    server.receive('n2', appendEntries(1, 0, 0, []))
    expect(server.ctx.said).toEqual(['send AppendEntriesReply n2'])
  })

  test('refuses entries behind a gap, and says where its log ends', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1)]))
    expect(server.receive('n2', appendEntries(1, 5, 1, [entry(1, 6)]))).toMatchObject([
      { message: { success: false, prevLogIndex: 5, conflictTerm: 0, conflictIndex: 2 } },
    ])
  })

  test("refuses entries behind another entry, and names that one's term and its first index of it", () => {
    const server = newServer()
    server.receive('n2', appendEntries(4, 0, 0, [entry(1, 1), entry(4, 2), entry(4, 3), entry(4, 4)]))
    expect(server.receive('n3', appendEntries(5, 4, 3, [entry(5, 5)]))).toMatchObject([
      { message: { success: false, conflictTerm: 4, conflictIndex: 2 } },
    ])
  })

  test('overwrites from the first conflict on, and remembers that after a crash', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1), entry(1, 2), entry(1, 3)]))
    server.receive('n3', appendEntries(2, 1, 1, [entry(2, 9)]))
    expect(terms(server)).toEqual([1, 2])
    const again = restarted(server)
    expect(again.state.log).toEqual(server.state.log)
    expect(again.state.term).toBe(2)
  })

  test('keeps what lies behind entries that it already has: the message may be late', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1), entry(1, 2), entry(1, 3)]))
    const late = server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1)]))
    expect(terms(server)).toEqual([1, 1, 1])
    expect(late).toMatchObject([{ message: { success: true, matchIndex: 1 } }])
  })

  test("takes for committed only what the message proves to be the leader's", () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1), entry(1, 2), entry(1, 3)]))
    server.receive('n3', appendEntries(2, 1, 1, [], 3))
    expect(server.state.commitIndex).toBe(1)
  })

  test('never lowers its commit index', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1), entry(1, 2)], 2))
    server.receive('n2', appendEntries(1, 0, 0, [], 0))
    expect(server.state.commitIndex).toBe(2)
  })

  test('takes entries from a leader that is no member as far as it knows (dissertation, section 4.1)', () => {
    const server = newServer()
    expect(server.receive('n9', appendEntries(9, 0, 0, []))).toMatchObject([{ to: 'n9', message: { success: true } }])
    expect(server.state.term).toBe(9)
  })
})

describe('a leader (RK-6)', () => {
  test('sends while it writes, and counts itself only when its own write is durable', () => {
    const server = newServer()
    elected(server)
    expect(server.ctx.said.filter((one) => !one.includes('n4') && !one.includes('n5'))).toEqual([
      'append raft/journal',
      'send AppendEntries n2',
      'send AppendEntries n3',
      'sync',
      'send Durable n1',
    ])
    const own = server.ctx.sent.find(({ to: id }) => id === 'n1')!.message
    server.receive('n2', success(1, 1))
    server.receive('n2', success(1, 1))
    expect(server.state.commitIndex).toBe(0)
    server.receive('n1', own)
    expect(server.state.commitIndex).toBe(0)
    server.receive('n3', success(1, 1))
    expect(server.state.commitIndex).toBe(1)
  })

  test('commits on a majority without itself', () => {
    const server = newServer()
    elected(server)
    for (const id of ['n2', 'n3', 'n4']) server.receive(id, success(1, 1))
    expect(server.state.commitIndex).toBe(1)
  })

  test('answers the client when the entry is applied, not before', () => {
    const server = leader()
    expect(to(server.receive('c1', set(1)), 'c1')).toEqual([])
    durable(server)
    server.receive('n2', success(1, 2))
    expect(to(server.receive('n3', success(1, 2)), 'c1')).toEqual([
      { type: 'ClientReply', session: 's', serial: 1, status: 'ok', answer: null },
    ])
  })

  test('does not commit an entry of an earlier term by counting (figure 8)', () => {
    const server = newServer()
    server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1)]))
    elected(server)
    durable(server)
    for (const id of ['n2', 'n3', 'n4', 'n5']) server.receive(id, success(2, 1))
    expect(server.state.commitIndex).toBe(0)
    for (const id of ['n2', 'n3']) server.receive(id, success(2, 2))
    expect(server.state.commitIndex).toBe(2)
  })

  test('sends the same message to all who need the same', () => {
    const server = leader()
    const sent = server.receive('c1', set(1)).filter(({ message }) => message.type === 'AppendEntries')
    // n4 and n5 have not yet said where their logs agree with the leader's.
    expect(
      sent.map(({ to: id, message }) => [id, message.prevLogIndex, (message.entries as unknown[]).length]),
    ).toEqual([
      ['n2', 1, 1],
      ['n3', 1, 1],
      ['n4', 0, 0],
      ['n5', 0, 0],
    ])
    expect(sent[0]!.message).toBe(sent[1]!.message)
    expect(sent[2]!.message).toBe(sent[3]!.message)
    expect(to(server.receive('n4', success(1, 1)), 'n4')).toMatchObject([{ prevLogIndex: 1, entries: [{ serial: 1 }] }])
  })

  test('sends entries one behind the other, and so many messages before one is acknowledged (RK-23)', () => {
    const server = leader({ maxInFlightMessages: 2 })
    const toN2 = (serial: number) => to(server.receive('c1', set(serial)), 'n2')
    expect(toN2(1)).toMatchObject([{ prevLogIndex: 1, entries: [{ serial: 1 }] }])
    expect(toN2(2)).toMatchObject([{ prevLogIndex: 2, entries: [{ serial: 2 }] }])
    expect(toN2(3)).toMatchObject([{ prevLogIndex: 1, entries: [] }])
    expect(toN2(4)).toMatchObject([{ prevLogIndex: 1, entries: [] }])
    // What had to wait goes together.
    expect(to(server.receive('n2', success(1, 2)), 'n2')).toMatchObject([{ entries: [{ serial: 3 }, { serial: 4 }] }])
  })

  test('goes back to one message at a time where a follower refuses one behind a gap (RK-23)', () => {
    const server = leader()
    for (const serial of [1, 2, 3]) server.receive('c1', set(serial))
    const again = to(server.receive('n2', refusal(1, 3, 0, 2)), 'n2')
    expect(again).toMatchObject([{ prevLogIndex: 1, entries: [{ serial: 1 }, { serial: 2 }, { serial: 3 }] }])
    expect(to(server.receive('n2', refusal(1, 3, 0, 2)), 'n2')).toEqual([])
    expect(to(server.receive('c1', set(4)), 'n2')).toMatchObject([{ prevLogIndex: 1, entries: [] }])
    expect(to(server.receive('n2', success(1, 4)), 'n2')).toMatchObject([{ prevLogIndex: 4, entries: [{ serial: 4 }] }])
  })

  test('sends again what a follower has not acknowledged though it answered a later round, a heartbeat later (RK-23)', () => {
    const server = leader()
    server.receive('c1', set(1))
    server.receive('c1', set(2))
    const { round } = server.state.leadership!
    server.receive('n2', success(1, 1, round))
    expect(to(server.fire('heartbeat'), 'n2')).toMatchObject([{ entries: [] }])
    server.ctx.now += 50
    expect(to(server.fire('heartbeat'), 'n2')).toMatchObject([
      { prevLogIndex: 1, entries: [{ serial: 1 }, { serial: 2 }] },
    ])
    // n3 has answered nothing: it is slow or down.
    expect(to(server.fire('heartbeat'), 'n3')).toMatchObject([{ prevLogIndex: 1, entries: [] }])
  })

  test('backs off by a whole term of its own where it has the conflicting term (RK-7)', () => {
    const server = newServer()
    server.receive('n2', appendEntries(5, 0, 0, [entry(1, 1), entry(2, 2), entry(2, 3), entry(5, 4), entry(5, 5)]))
    elected(server)
    expect(to(server.receive('n2', refusal(6, 5, 2, 2)), 'n2')).toMatchObject([{ prevLogIndex: 3, prevLogTerm: 2 }])
  })

  test("backs off to the follower's first index of a term that it has not, or to its end", () => {
    const server = newServer()
    server.receive('n2', appendEntries(5, 0, 0, [entry(1, 1), entry(3, 2), entry(5, 3), entry(5, 4)]))
    elected(server)
    expect(to(server.receive('n2', refusal(6, 4, 4, 3)), 'n2')).toMatchObject([{ prevLogIndex: 2 }])
    expect(to(server.receive('n3', refusal(6, 4, 0, 1)), 'n3')).toMatchObject([{ prevLogIndex: 0 }])
  })

  test('does not back off for a refusal of an earlier guess, of an earlier term, or below what is known to match', () => {
    const server = leader()
    server.receive('n2', refusal(1, 7, 0, 1))
    server.receive('n2', refusal(1, 1, 0, 1, 0))
    server.receive('n2', refusal(1, 1, 0, 1))
    expect(server.state.leadership!.followers[0]).toMatchObject({ id: 'n2', matchIndex: 1, nextIndex: 2 })
  })

  test('credits nothing to a late reply of an earlier leadership', () => {
    const server = leader()
    server.receive('n2', requestVote(2))
    elected(server)
    expect(server.state.term).toBe(3)
    server.receive('n2', { ...success(1, 2), term: 3 })
    expect(server.state.leadership!.followers[0]!.matchIndex).toBe(0)
  })

  test('cuts a message to so many entries, and sends the rest when those are acknowledged', () => {
    const server = leader({ maxEntriesPerMessage: 2, maxInFlightMessages: 1 })
    for (const serial of [1, 2, 3, 4, 5]) server.receive('c1', set(serial))
    const next = (matchIndex: number) => to(server.receive('n2', success(1, matchIndex)), 'n2')
    expect(next(2)).toMatchObject([{ prevLogIndex: 2, entries: [{ serial: 2 }, { serial: 3 }] }])
    expect(next(4)).toMatchObject([{ prevLogIndex: 4, entries: [{ serial: 4 }, { serial: 5 }] }])
  })

  test('sends nothing more for a reply that tells of no progress: doubled answers would double without end', () => {
    const server = leader({ maxEntriesPerMessage: 2, maxInFlightMessages: 1 })
    for (const serial of [1, 2, 3, 4, 5]) server.receive('c1', set(serial))
    expect(to(server.receive('n2', success(1, 2)), 'n2')).toHaveLength(1)
    expect(to(server.receive('n2', success(1, 2)), 'n2')).toEqual([])
    expect(to(server.receive('n2', success(1, 1)), 'n2')).toEqual([])
  })

  test('cuts a message to so many bytes, but never below one entry', () => {
    const server = leader({ maxBytesPerMessage: 1_000, maxInFlightMessages: 1 })
    for (const serial of [1, 2, 3]) server.receive('c1', set(serial, 'long '.repeat(100)))
    expect(to(server.receive('n2', success(1, 2)), 'n2')).toMatchObject([{ entries: [{ serial: 2 }] }])
  })

  test('tells clients that it is busy when too much is uncommitted', () => {
    const server = leader({ maxUncommittedEntries: 2 })
    server.receive('c1', set(1))
    server.receive('c1', set(2))
    expect(to(server.receive('c1', set(3)), 'c1')).toMatchObject([{ status: 'busy' }])
  })

  test('alone in its cluster commits what it has written', () => {
    const server = newServer({ servers: ['n1'] })
    server.fire('election')
    durable(server)
    durable(server)
    server.receive('c1', set(1))
    expect(to(durable(server), 'c1')).toMatchObject([{ status: 'ok' }])
  })
})

test('R15: a follower acknowledges what is not yet on its disk', () => {
  const server = newServer({ bug: 'R15' })
  server.receive('n2', appendEntries(1, 0, 0, [entry(1, 1)]))
  expect(server.ctx.said.slice(-2)).toEqual(['send AppendEntriesReply n2', 'sync'])
})
