import { describe, expect, test } from 'vitest'
import { entryAt, lastIndex } from '../../../nodes/raft/log.ts'
import type { InstallSnapshot } from '../../../nodes/raft/messages.ts'
import {
  appendEntries,
  durable,
  entry,
  leader,
  newServer,
  requestVote,
  restarted,
  type Server,
  set,
  success,
  terms,
  to,
} from '../support/raft.ts'

/** What section 7 and figure 13 of the paper demand, sentence by sentence. */

const SMALL = { snapshotAfterEntries: 3, snapshotTrailingEntries: 0 }

/** A leader of term 1 with a snapshot up to entry 3 (x=v2, where nothing else is said), entry 4 behind it, and n4 and n5 that lag. */
function compactedLeader(options: object = {}, value = 'v2'): Server {
  const server = leader({ ...SMALL, ...options })
  for (const serial of [1, 2, 3]) server.receive('c1', set(serial, value))
  durable(server)
  for (const id of ['n2', 'n3']) server.receive(id, success(1, 4))
  expect(server.state.log).toMatchObject({ baseIndex: 3, baseTerm: 1 })
  return server
}

/** The pieces of its snapshot, each acknowledged, as n4 would hear them. */
function pieces(maxBytesPerMessage = 40, value = 'v2'): InstallSnapshot[] {
  const server = compactedLeader({ maxBytesPerMessage }, value)
  const heard: InstallSnapshot[] = []
  server.ctx.now += 1_000
  let sent = to(server.fire('heartbeat'), 'n4')
  while (sent[0]?.type === 'InstallSnapshot') {
    const piece = sent[0] as unknown as InstallSnapshot
    heard.push(piece)
    sent = to(server.receive('n4', acknowledgement(piece, piece.offset + piece.bytes.length)), 'n4')
  }
  return heard
}

function acknowledgement(
  { term, round, lastIndex: last, offset, done }: InstallSnapshot,
  receivedBytes: number,
): object {
  return {
    type: 'InstallSnapshotReply',
    term,
    requestTerm: term,
    round,
    lastIndex: last,
    offset,
    receivedBytes,
    installed: done,
  }
}

function hearAll(server: Server, heard: readonly object[]): void {
  for (const piece of heard) server.receive('n2', piece)
}

describe('taking a snapshot (section 7)', () => {
  test('covers what is committed and applied, and nothing else', () => {
    const server = newServer(SMALL)
    server.receive(
      'n2',
      appendEntries(
        1,
        0,
        0,
        [1, 2, 3, 4].map((serial) => entry(1, serial)),
        2,
      ),
    )
    expect(server.state.snapshot).toBeNull()
    server.receive('n2', appendEntries(1, 4, 1, [], 3))
    expect(server.state.snapshot).toMatchObject({ lastIndex: 3, lastTerm: 1 })
    expect(terms(server)).toEqual([1])
  })

  test('is done by each server by itself, follower or leader', () => {
    expect(compactedLeader().state.snapshot).toMatchObject({ lastIndex: 3 })
  })

  test('remembers index and term of the last entry it covers, for the check of the entry behind it', () => {
    const server = newServer(SMALL)
    server.receive('n2', appendEntries(2, 0, 0, [entry(1, 1), entry(1, 2), entry(2, 3)], 3))
    expect(server.receive('n2', appendEntries(2, 3, 1, [entry(2, 4)]))).toMatchObject([{ message: { success: false } }])
    expect(server.receive('n2', appendEntries(2, 3, 2, [entry(2, 4)]))).toMatchObject([
      { message: { success: true, matchIndex: 4 } },
    ])
  })

  test('changes nothing about who is up to date: an empty log behind a snapshot ends where the snapshot does', () => {
    const server = newServer(SMALL)
    server.receive('n2', appendEntries(2, 0, 0, [entry(1, 1), entry(1, 2), entry(2, 3)], 3))
    expect(server.receive('n3', requestVote(3, 2, 2))).toMatchObject([{ message: { granted: false } }])
    expect(server.receive('n4', requestVote(3, 3, 2))).toMatchObject([{ message: { granted: true } }])
  })

  test('the new snapshot is durable before entries go, and takes the place of the old one', () => {
    const server = newServer(SMALL)
    const entries = [1, 2, 3, 4, 5, 6].map((serial) => entry(1, serial))
    server.receive('n2', appendEntries(1, 0, 0, entries, 3))
    server.receive('n2', appendEntries(1, 6, 1, [], 6))
    const said = server.ctx.said.filter((one) => one.startsWith('rename') || one === 'sync')
    expect(said.slice(-4)).toEqual([
      'sync',
      expect.stringContaining('raft/snapshot'),
      'sync',
      expect.stringContaining('raft/journal'),
    ])
    expect(restarted(server).state).toMatchObject({ commitIndex: 6, lastApplied: 6, log: { baseIndex: 6 } })
  })
})

describe('sending a snapshot (section 7)', () => {
  test('only to followers whose next entry the log no longer has', () => {
    const server = compactedLeader()
    server.ctx.now += 1_000
    const sent = server.fire('heartbeat')
    expect(sent.map(({ to: id, message }) => `${id} ${message.type}`)).toEqual([
      'n2 AppendEntries',
      'n3 AppendEntries',
      'n4 InstallSnapshot',
      'n5 InstallSnapshot',
    ])
  })

  test('in pieces that follow each other, the last one marked as such', () => {
    const heard = pieces()
    expect(heard.length).toBeGreaterThan(2)
    let offset = 0
    for (const piece of heard) {
      expect(piece).toMatchObject({ term: 1, lastIndex: 3, lastTerm: 1, offset, done: piece === heard.at(-1) })
      offset += piece.bytes.length
    }
  })

  test('a piece is repeated until it is acknowledged, and nothing beyond it is sent', () => {
    const server = compactedLeader({ maxBytesPerMessage: 40 })
    for (let beat = 0; beat < 3; beat++) {
      server.ctx.now += 1_000
      expect(to(server.fire('heartbeat'), 'n4')).toMatchObject([{ type: 'InstallSnapshot', offset: 0 }])
    }
  })

  test('a follower that has it all is sent the entries behind it', () => {
    const server = compactedLeader()
    server.ctx.now += 1_000
    const [piece] = to(server.fire('heartbeat'), 'n4') as unknown as InstallSnapshot[]
    expect(to(server.receive('n4', acknowledgement(piece!, piece!.bytes.length)), 'n4')).toMatchObject([
      { type: 'AppendEntries', prevLogIndex: 3, prevLogTerm: 1, entries: [{ serial: 3 }] },
    ])
  })
})

describe('figure 13, receiving a snapshot', () => {
  test('1. of an earlier term is refused at once, and puts off no election', () => {
    const server = newServer()
    server.receive('n3', requestVote(2))
    server.ctx.timers.clear()
    expect(server.receive('n2', pieces(1_000)[0]!)).toMatchObject([{ message: { term: 2, installed: false } }])
    expect(server.state).toMatchObject({ lastApplied: 0, snapshot: null })
    expect(server.ctx.timers.size).toBe(0)
  })

  test('of this or a later term comes from the leader: it is followed, and the election put off', () => {
    const server = newServer()
    server.fire('election')
    server.ctx.timers.clear()
    server.receive('n2', pieces()[0]!)
    expect(server.state).toMatchObject({ role: 'follower', leaderId: 'n2' })
    expect(server.ctx.timers.has('election')).toBe(true)
  })

  test('2. to 4. puts pieces together, answers each, and changes nothing until the last', () => {
    const server = newServer()
    const heard = pieces()
    for (const piece of heard.slice(0, -1)) {
      expect(server.receive('n2', piece)).toMatchObject([
        { message: { offset: piece.offset, receivedBytes: piece.offset + piece.bytes.length, installed: false } },
      ])
    }
    expect(server.state).toMatchObject({ commitIndex: 0, snapshot: null })
    expect(server.receive('n2', heard.at(-1)!)).toMatchObject([{ message: { installed: true, lastIndex: 3 } }])
    expect(server.state).toMatchObject({ commitIndex: 3, lastApplied: 3 })
  })

  test('pieces that come twice, or before their turn, do no harm', () => {
    const server = newServer()
    const heard = pieces()
    const [first, second] = heard
    expect(server.receive('n2', second!)).toMatchObject([{ message: { receivedBytes: 0 } }])
    hearAll(server, [first!, first!, second!, first!, ...heard.slice(2)])
    expect(server.state).toMatchObject({ commitIndex: 3, data: new Map([['x', 'v2']]) })
  })

  test('5. replaces a partial one of an earlier leader', () => {
    const server = newServer()
    const heard = pieces(40, 'v9')
    server.receive('n2', pieces()[0]!)
    hearAll(
      server,
      heard.map((piece) => ({ ...piece, term: 2 })),
    )
    expect(server.state).toMatchObject({ term: 2, commitIndex: 3, data: new Map([['x', 'v9']]) })
  })

  test('6. keeps what lies behind it where the log has its last entry, and acknowledges', () => {
    const server = newServer()
    server.receive(
      'n2',
      appendEntries(
        1,
        0,
        0,
        [1, 2, 3, 4, 5].map((serial) => entry(1, serial)),
        1,
      ),
    )
    hearAll(server, pieces())
    expect(lastIndex(server.state.log)).toBe(5)
    expect(entryAt(server.state.log, 5)).toMatchObject({ serial: 5 })
    expect(server.state).toMatchObject({ commitIndex: 3, lastApplied: 3 })
  })

  test('7. discards the whole log where that entry is another one', () => {
    const server = newServer()
    server.receive('n3', appendEntries(1, 0, 0, [entry(1, 1)]))
    server.receive(
      'n3',
      appendEntries(
        2,
        1,
        1,
        [2, 3, 4, 5].map((serial) => entry(2, serial)),
      ),
    )
    hearAll(
      server,
      pieces().map((piece) => ({ ...piece, term: 3 })),
    )
    expect(lastIndex(server.state.log)).toBe(3)
    expect(server.state.log).toMatchObject({ baseIndex: 3, baseTerm: 1, entries: [] })
  })

  test('8. the state machine becomes what the snapshot holds, sessions and all, and nothing of what it was', () => {
    const server = newServer()
    const stray = { ...entry(1, 1, 'old', 'other'), command: { action: 'set', key: 'gone', value: 'old' } }
    server.receive('n2', appendEntries(1, 0, 0, [stray], 1))
    hearAll(server, pieces())
    expect(server.state.data).toEqual(new Map([['x', 'v2']]))
    expect([...server.state.sessions.keys()]).toEqual(['s'])
  })

  test('is on the disk before it is acknowledged', () => {
    const server = newServer()
    hearAll(server, pieces())
    const renamed = server.ctx.said.findIndex((one) => one.startsWith('rename') && one.endsWith('raft/journal'))
    expect(renamed).toBeGreaterThan(-1)
    expect(server.ctx.said.slice(renamed + 1)).toEqual(['sync', 'send InstallSnapshotReply n2'])
    expect(restarted(server).state).toMatchObject({ commitIndex: 3, data: new Map([['x', 'v2']]) })
  })

  test('of no more than what is committed here changes nothing, and is acknowledged', () => {
    const server = newServer()
    server.receive(
      'n2',
      appendEntries(
        1,
        0,
        0,
        [1, 2, 3, 4].map((serial) => entry(1, serial)),
        4,
      ),
    )
    for (const piece of pieces()) {
      expect(server.receive('n2', piece)).toMatchObject([{ message: { installed: true } }])
    }
    expect(server.state).toMatchObject({ commitIndex: 4, lastApplied: 4, snapshot: null })
  })

  test('a term does not go back to that of the entry the snapshot ends with', () => {
    const server = newServer()
    hearAll(
      server,
      pieces().map((piece) => ({ ...piece, term: 7 })),
    )
    expect(server.state.term).toBe(7)
    expect(restarted(server).state.term).toBe(7)
  })
})
