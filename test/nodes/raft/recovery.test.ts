import { describe, expect, test } from 'vitest'
import { dictionary } from '../../../nodes/dictionary/dictionary.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import { raftServer } from '../../../nodes/raft/server.ts'
import { HandDriven } from '../support/hand-driven.ts'
import { appendEntries, entry, newServer, requestVote, restarted, SERVERS, terms } from '../support/raft.ts'

const machine = () => raftServer({ servers: SERVERS, stateMachine: dictionary })

describe('a server after a crash (RK-14)', () => {
  test('has its term, vote and log, and nothing else', () => {
    const server = newServer()
    server.receive('n2', appendEntries(2, 0, 0, [entry(1, 1), entry(2, 2)], 2))
    server.receive('n3', requestVote(3, 2, 2))
    const again = restarted(server)
    expect(again.state).toMatchObject({ role: 'follower', term: 3, votedFor: 'n3', commitIndex: 0, lastApplied: 0 })
    expect(again.state.log).toEqual(server.state.log)
    expect(again.state.data.size).toBe(0)
  })

  test('has a prefix of what it wrote, wherever its journal was torn, and never fails to start', () => {
    const server = newServer()
    server.receive('n2', appendEntries(2, 0, 0, [entry(1, 1)]))
    const durableBytes = server.ctx.disk.read('raft/journal')!.length
    server.receive('n2', appendEntries(2, 1, 1, [entry(2, 2)]))
    const bytes = server.ctx.disk.read('raft/journal')!
    for (let cut = durableBytes; cut <= bytes.length; cut++) {
      const torn = new HandDriven<typeof server.state>(
        machine(),
        'n1',
        new Map([['raft/journal', bytes.slice(0, cut)]]),
      )
      expect(torn.ctx.exited).toBeUndefined()
      expect(terms(torn)).toEqual(cut < bytes.length ? [1] : [1, 2])
    }
  })

  test("stays away when its journal is missing, damaged, or another's", () => {
    const exits = (image: ReadonlyMap<string, Uint8Array>) => {
      const server = new HandDriven(machine(), 'n1', image)
      expect(server.ctx.timers.size).toBe(0)
      return server.ctx.exited
    }
    const server = newServer()
    server.receive('n2', appendEntries(2, 0, 0, [entry(1, 1)]))
    const bytes = server.ctx.disk.read('raft/journal')!
    bytes[3]! ^= 1
    expect(exits(new Map())).toContain('missing')
    expect(exits(new Map([['raft/journal', bytes]]))).toContain('damaged at byte 0')
    expect(exits(formatServer('n2'))).toBe('the journal belongs to n2')
  })
})
