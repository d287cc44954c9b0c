import { describe, expect, test } from 'vitest'
import { entryAt, lastIndex } from '../../../nodes/raft/log.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import type { RaftOptions } from '../../../nodes/raft/raft.ts'
import { raftServer } from '../../../nodes/raft/server.ts'
import { dictionary } from '../../../nodes/dictionary/dictionary.ts'
import { SimulatedDisk, type WriteFate } from '../../../sim/disk.ts'
import type { Disk } from '../../../sim/machine.ts'
import { HandDriven } from '../support/hand-driven.ts'
import { appendEntries, durable, entry, leader, type Server, SERVERS, set, success, to } from '../support/raft.ts'

/**
 * The power fails after every single thing that a server says while it takes or installs a snapshot, and what was not
 * durable by then is kept and lost in every combination. Whatever it had acknowledged must be there afterwards.
 */

const OPTIONS: Partial<RaftOptions> = { snapshotAfterEntries: 3, snapshotTrailingEntries: 1 }
const machine = (bug?: string) => raftServer({ servers: SERVERS, stateMachine: dictionary, bug, ...OPTIONS })

/** What is said, in order: an operation of the disk, or the acknowledgement of entries up to an index, in a term. */
type Said =
  | { readonly operation: (disk: Disk) => void; readonly syncs: boolean }
  | { readonly acknowledged: number; readonly term: number }

/** A follower whose every word is written down. */
class Recorded {
  readonly server: Server
  said: Said[] = []
  private image: ReadonlyMap<string, Uint8Array> = formatServer('n1')

  constructor(bug?: string) {
    this.server = new HandDriven(machine(bug), 'n1', this.image)
    const { disk } = this.server.ctx
    for (const name of ['append', 'truncate', 'rename', 'remove', 'sync'] as const) {
      const perform = disk[name].bind(disk) as (...given: unknown[]) => void
      Object.assign(disk, {
        [name]: (...given: unknown[]) => {
          const kept = given.map((one) => (one instanceof Uint8Array ? one.slice() : one))
          const operation = (other: Disk) => (other[name] as (...all: unknown[]) => void)(...kept)
          this.said.push({ operation, syncs: name === 'sync' })
          perform(...given)
        },
      })
    }
    const { ctx } = this.server
    const send = ctx.send.bind(ctx)
    ctx.send = (id, message) => {
      const {
        type,
        term,
        success: agreed,
        matchIndex,
        installed,
        lastIndex: last,
      } = message as unknown as Record<string, unknown>
      if (type === 'AppendEntriesReply' && agreed === true) this.acknowledge(matchIndex, term)
      if (type === 'InstallSnapshotReply' && installed === true) this.acknowledge(last, term)
      send(id, message)
    }
  }

  private acknowledge(index: unknown, term: unknown): void {
    this.said.push({ acknowledged: index as number, term: term as number })
  }

  /** All of this was durable long ago; the power may fail from now on. */
  beginHere(): void {
    this.image = new Map([...this.server.ctx.disk.files].map(([path, bytes]) => [path, bytes.slice()]))
    this.said = []
  }

  /** Every disk that a power loss may leave after the first `count` things said, and what had been acknowledged. */
  *disksAfter(count: number): Generator<{
    readonly files: Map<string, Uint8Array>
    readonly acknowledged: number
    readonly term: number
  }> {
    const answers = this.said.slice(0, count).flatMap((one) => ('acknowledged' in one ? [one] : []))
    const acknowledged = Math.max(0, ...answers.map((answer) => answer.acknowledged))
    const term = Math.max(0, ...answers.map((answer) => answer.term))
    const pending = this.replayed(count).pending
    for (let kept = 0; kept < 1 << pending; kept++) {
      for (const torn of [false, true]) {
        const { disk } = this.replayed(count)
        disk.losePower((write, index): WriteFate => {
          if ((kept & (1 << index)) !== 0) return 'kept'
          return torn && write.kind === 'append' ? { tornAt: write.bytes.length >> 1 } : 'lost'
        })
        yield { files: new Map(disk.list().map((path) => [path, disk.read(path)!])), acknowledged, term }
      }
    }
  }

  private replayed(count: number): { readonly disk: SimulatedDisk; readonly pending: number } {
    let pending = 0
    const disk: SimulatedDisk = new SimulatedDisk(this.image, {
      gate: () => {},
      wrote: () => {
        pending++
        disk.carryOut()
      },
      synced: () => {
        pending = 0
        disk.beginSync()
        disk.completeSync(false)
      },
      misdirected: () => {},
    })
    for (const one of this.said.slice(0, count)) if ('operation' in one) one.operation(disk)
    return { disk, pending }
  }
}

/** Entry by entry, the values that every log in these tests must agree on. */
const value = (index: number) => `v${index}`
const entries = (from: number, last: number, term = 1) =>
  Array.from({ length: last - from + 1 }, (_, place) => entry(term, from + place, value(from + place)))

/** Crashes everywhere; gives back how many different crashes there were. */
function crashEverywhere(recorded: Recorded): number {
  let crashes = 0
  for (let count = 0; count <= recorded.said.length; count++) {
    for (const { files, acknowledged, term: answeredIn } of recorded.disksAfter(count)) {
      crashes++
      const again: Server = new HandDriven(machine(), 'n1', files)
      expect(again.ctx.exited).toBeUndefined()
      const { log } = again.state
      expect(lastIndex(log)).toBeGreaterThanOrEqual(acknowledged)
      expect(again.state.term).toBeGreaterThanOrEqual(answeredIn)
      const kept = entryAt(log, acknowledged)
      if (kept !== undefined) expect(kept.serial).toBe(acknowledged)
      // It goes on from there: told that all this is committed, it comes to the same data, and can crash once more.
      const term = acknowledged === log.baseIndex ? log.baseTerm : (kept?.term ?? 0)
      if (acknowledged > 0) again.receive('n2', appendEntries(9, acknowledged, term, [], acknowledged))
      const { lastApplied, data } = again.state
      expect(lastApplied).toBeGreaterThanOrEqual(acknowledged)
      expect(data.get('x')).toBe(lastApplied === 0 ? undefined : value(lastApplied))
      const { state } = again.restarted(machine())
      expect(lastIndex(state.log)).toBe(lastIndex(log))
    }
  }
  return crashes
}

/** The pieces of the snapshot of a leader of term 3 up to entry 6. */
function pieces(): object[] {
  const server = leader({ ...OPTIONS, snapshotAfterEntries: 6, snapshotTrailingEntries: 0, maxBytesPerMessage: 90 })
  // Its no-op is the first entry, and as good as any: what counts is the sixth.
  for (let index = 2; index <= 6; index++) server.receive('c1', set(index, value(index)))
  durable(server)
  for (const id of ['n2', 'n3']) server.receive(id, success(1, 6))
  const heard: object[] = []
  server.ctx.now += 1_000
  let sent = to(server.fire('heartbeat'), 'n4')
  while (sent[0]?.type === 'InstallSnapshot') {
    const { term, round, lastIndex: last, offset, bytes, done } = sent[0]
    heard.push({ ...sent[0], term: 3 })
    const received = Number(offset) + (bytes as Uint8Array).length
    const reply = { type: 'InstallSnapshotReply', term, requestTerm: term, round, lastIndex: last, offset }
    sent = to(server.receive('n4', { ...reply, receivedBytes: received, installed: done }), 'n4')
  }
  return heard
}

function takingSnapshots(bug?: string): Recorded {
  const recorded = new Recorded(bug)
  recorded.server.receive('n2', appendEntries(1, 0, 0, entries(1, 2), 0))
  recorded.server.receive('n2', appendEntries(1, 2, 1, entries(3, 5), 4))
  recorded.server.receive('n2', appendEntries(1, 5, 1, entries(6, 7), 7))
  expect(recorded.server.state.snapshot!.lastIndex).toBe(6)
  return recorded
}

describe('a crash at every step (RK-14, RK-20)', () => {
  test('of taking snapshots loses nothing that was acknowledged', () => {
    expect(crashEverywhere(takingSnapshots())).toBeGreaterThan(100)
  })

  test('of taking a snapshot at the word of a new leader that sends no entries keeps the term of the answer', () => {
    const recorded = takingSnapshots()
    recorded.server.receive('n2', appendEntries(1, 7, 1, entries(8, 9), 8))
    recorded.beginHere()
    recorded.server.receive('n3', appendEntries(2, 9, 1, [], 9))
    expect(recorded.server.state.snapshot!.lastIndex).toBe(9)
    expect(crashEverywhere(recorded)).toBeGreaterThan(10)
  })

  test('of taking snapshots, where files take their names too early, makes a server that stays away', () => {
    for (const bug of ['S01', 'S02']) expect(() => crashEverywhere(takingSnapshots(bug))).toThrow('undefined')
  })

  test('of installing a snapshot in place of a log that lags loses nothing that was acknowledged', () => {
    const recorded = new Recorded()
    recorded.server.receive('n2', appendEntries(1, 0, 0, entries(1, 2), 2))
    for (const piece of pieces()) recorded.server.receive('n2', piece)
    expect(recorded.server.state).toMatchObject({ restoredIndex: 6, log: { baseIndex: 6 } })
    expect(crashEverywhere(recorded)).toBeGreaterThan(30)
  })

  test('of installing a snapshot over a log that goes another way leaves the one or the other', () => {
    const recorded = new Recorded()
    recorded.server.receive('n2', appendEntries(1, 0, 0, entries(1, 2), 2))
    recorded.server.receive('n3', appendEntries(2, 2, 1, entries(3, 8, 2), 2))
    recorded.beginHere()
    for (const piece of pieces()) recorded.server.receive('n2', piece)
    expect(recorded.server.state.log).toMatchObject({ baseIndex: 6, entries: [] })
    expect(crashEverywhere(recorded)).toBeGreaterThan(20)
    const lasts = new Set<number>()
    for (let count = 0; count <= recorded.said.length; count++) {
      for (const { files } of recorded.disksAfter(count)) {
        lasts.add(lastIndex((new HandDriven(machine(), 'n1', files) as Server).state.log))
      }
    }
    expect([...lasts]).toEqual([8, 6])
  })

  test('of installing a snapshot that the log goes on behind keeps what lies behind it', () => {
    const recorded = new Recorded()
    recorded.server.receive('n2', appendEntries(1, 0, 0, entries(1, 8), 2))
    for (const piece of pieces()) recorded.server.receive('n2', piece)
    expect(lastIndex(recorded.server.state.log)).toBe(8)
    recorded.server.receive('n2', appendEntries(3, 8, 1, [], 8))
    expect(crashEverywhere(recorded)).toBeGreaterThan(30)
  })
})
