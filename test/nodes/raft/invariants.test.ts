import { describe, expect, test } from 'vitest'
import type { AlwaysProperty, ClusterView, NodeView } from '../../../checks/property.ts'
import {
  electionSafety,
  leaderAppendOnly,
  leaderCompleteness,
  logMatching,
  stateMachineSafety,
} from '../../../nodes/raft/invariants.ts'
import { emptyLog } from '../../../nodes/raft/log.ts'
import type { Entry } from '../../../nodes/raft/messages.ts'
import { emptyState, type RaftState } from '../../../nodes/raft/state.ts'
import { entry } from '../support/raft.ts'

interface Shape extends Partial<Omit<RaftState, 'log'>> {
  readonly log?: readonly Entry[]
}

/** A cluster whose servers change as told, one at a time, under the eyes of one property. */
class Watched {
  readonly nodes = new Map<string, NodeView>()
  private readonly property: AlwaysProperty
  private readonly memory: unknown

  constructor(property: AlwaysProperty) {
    this.property = property
    this.memory = property.memory()
  }

  becomes(id: string, { log = [], ...shape }: Shape, incarnation = 1): string | undefined {
    const journal = { path: '', length: 0, syncedLength: 0 }
    const state = { ...emptyState(journal, {}, []), log: { ...emptyLog(), entries: [...log] }, ...shape }
    const changed = { id, role: 'server', up: true, incarnation, state }
    this.nodes.set(id, changed)
    const view: ClusterView = { nowMs: 0, nodes: [...this.nodes.values()], node: (name) => this.nodes.get(name) }
    return this.property.check(view, this.memory, changed)
  }
}

const a = entry(1, 1)
const b = entry(1, 2)
const c = entry(2, 3)

describe('the five invariants (RK-9)', () => {
  test('election safety: two leaders of one term, though not at one time', () => {
    const watched = new Watched(electionSafety)
    expect(watched.becomes('n1', { role: 'leader', term: 1 })).toBeUndefined()
    expect(watched.becomes('n1', { role: 'follower', term: 1 })).toBeUndefined()
    expect(watched.becomes('n2', { role: 'leader', term: 2 })).toBeUndefined()
    expect(watched.becomes('n3', { role: 'leader', term: 1 })).toBe('n1 and n3 both lead in term 1')
  })

  test('leader append-only: a leader that shortens or overwrites its log, but not a follower that later leads', () => {
    const watched = new Watched(leaderAppendOnly)
    expect(watched.becomes('n1', { role: 'leader', term: 2, log: [a, b] })).toBeUndefined()
    expect(watched.becomes('n1', { role: 'leader', term: 2, log: [a, b, c] })).toBeUndefined()
    expect(watched.becomes('n1', { role: 'follower', term: 3, log: [a] })).toBeUndefined()
    expect(watched.becomes('n1', { role: 'leader', term: 4, log: [a] })).toBeUndefined()
    expect(watched.becomes('n1', { role: 'leader', term: 4, log: [c] })).toContain('n1 changed entry 1')
  })

  test('log matching: the same index and term, and another command there or another term before', () => {
    const commands = new Watched(logMatching)
    expect(commands.becomes('n1', { log: [a, b] })).toBeUndefined()
    expect(commands.becomes('n2', { log: [{ ...a }, { ...b }] })).toBeUndefined()
    expect(commands.becomes('n3', { log: [a, entry(1, 9)] })).toContain('the logs of n1 and n3 differ')
    const terms = new Watched(logMatching)
    expect(terms.becomes('n1', { log: [a, c] })).toBeUndefined()
    expect(terms.becomes('n2', { log: [entry(2, 8), c] })).toContain('entry 2 of term 2')
  })

  test('log matching: a log that was rewritten is looked at anew', () => {
    const watched = new Watched(logMatching)
    expect(watched.becomes('n1', { log: [a, b] })).toBeUndefined()
    expect(watched.becomes('n2', { log: [a, c] })).toBeUndefined()
    expect(watched.becomes('n2', { log: [entry(1, 7), b] })).toContain('differ')
  })

  test('leader completeness: a later leader without a committed entry', () => {
    const watched = new Watched(leaderCompleteness)
    expect(watched.becomes('n1', { role: 'leader', term: 1, log: [a, b], commitIndex: 2 })).toBeUndefined()
    expect(watched.becomes('n2', { role: 'leader', term: 2, log: [a, b, c] })).toBeUndefined()
    expect(watched.becomes('n3', { role: 'leader', term: 3, log: [a] })).toBe(
      'n3 leads term 3 without the committed entry 2',
    )
  })

  test('leader completeness: an old leader commits what a later one, already at work, has not', () => {
    const watched = new Watched(leaderCompleteness)
    expect(watched.becomes('n1', { role: 'leader', term: 1, log: [a] })).toBeUndefined()
    expect(watched.becomes('n2', { role: 'leader', term: 2, log: [] })).toBeUndefined()
    expect(watched.becomes('n1', { role: 'leader', term: 1, log: [a], commitIndex: 1 })).toContain(
      'n2 leads term 2 without',
    )
  })

  test('state machine safety: different entries applied at one index, also by an incarnation that applies anew', () => {
    const watched = new Watched(stateMachineSafety)
    expect(watched.becomes('n1', { log: [a, b], lastApplied: 2 })).toBeUndefined()
    expect(watched.becomes('n2', { log: [{ ...a }], lastApplied: 1 })).toBeUndefined()
    expect(watched.becomes('n1', { log: [a, b], lastApplied: 1 }, 2)).toBeUndefined()
    expect(watched.becomes('n1', { log: [a, c], lastApplied: 2 }, 2)).toBe(
      'n1 and n1 applied different entries at index 2',
    )
  })
})
