import { behind, sometimes, type NodeView, type SometimesProperty } from '../../checks/property.ts'
import { serverChanged, standingChanged } from './server-changed.ts'
import { serverState } from './server-state.ts'
import { entryAt, lastIndex } from './log.ts'
import type { Entry } from './messages.ts'

/** What a sweep must have seen, or its silence on the invariants means little. Each counts once a happening. */

const leaderChanged: SometimesProperty<{ term: number }> = sometimes(
  'leader changed',
  (_view, last: { term: number }, changed) => {
    const state = serverState(changed)
    if (state === undefined || state.role !== 'leader' || state.term <= last.term) return false
    const isFirst = last.term === 0
    last.term = state.term
    return !isFirst
  },
  () => ({ term: 0 }),
)

const twoCandidates: SometimesProperty<{ term: number; id: string }> = sometimes(
  'two candidates in one term',
  (_view, last: { term: number; id: string }, changed) => {
    const state = serverState(changed)
    if (state === undefined || state.role !== 'candidate' || state.term < last.term) return false
    const rival = state.term === last.term && last.id !== '' && last.id !== changed.id
    if (state.term > last.term) last.id = changed.id
    if (rival) last.id = ''
    last.term = state.term
    return rival
  },
  () => ({ term: 0, id: '' }),
)

interface LogEnd {
  incarnation: number
  length: number
  last: Entry | undefined
}

const conflictOverwritten: SometimesProperty<Map<string, LogEnd>> = sometimes(
  'log conflict overwritten',
  (_view, ends: Map<string, LogEnd>, changed) => {
    const state = serverState(changed)
    if (state === undefined) return false
    const end = ends.get(changed.id)
    const length = lastIndex(state.log)
    const last = entryAt(state.log, length)
    if (end?.length === length && end.last === last) return false
    const overwritten =
      end !== undefined &&
      end.incarnation === changed.incarnation &&
      end.length > state.log.baseIndex &&
      entryAt(state.log, end.length) !== end.last
    ends.set(changed.id, { incarnation: changed.incarnation, length, last })
    return overwritten
  },
  () => new Map(),
)

const followerRead: SometimesProperty<Map<string, number>> = sometimes(
  'read served by a follower',
  (_view, counts: Map<string, number>, changed) => rose(counts, changed, serverState(changed)?.followerReads ?? 0),
  () => new Map(),
)

const deposedWithUncommitted: SometimesProperty<Map<string, number>> = sometimes(
  'a deposed leader kept clients waiting',
  (_view, counts: Map<string, number>, changed) => {
    const state = serverState(changed)
    return rose(counts, changed, state === undefined || state.role === 'leader' ? 0 : state.waiting.size)
  },
  () => new Map(),
)

const logCompacted: SometimesProperty<Map<string, number>> = sometimes(
  'log compacted',
  (_view, bases: Map<string, number>, changed) => rose(bases, changed, serverState(changed)?.log.baseIndex ?? 0),
  () => new Map(),
)

const snapshotInstalled: SometimesProperty<Map<string, { incarnation: number; index: number }>> = sometimes(
  'snapshot installed',
  (_view, restored: Map<string, { incarnation: number; index: number }>, changed) => {
    const index = serverState(changed)?.restoredIndex
    if (index === undefined) return false
    const { id, incarnation } = changed
    const before = restored.get(id)
    if (before?.incarnation === incarnation && before.index === index) return false
    restored.set(id, { incarnation, index })
    // What an incarnation has from its start it has from its own disk.
    return before?.incarnation === incarnation
  },
  () => new Map(),
)

const sessionExpired: SometimesProperty<Map<string, number>> = sometimes(
  'session expired',
  (_view, counts: Map<string, number>, changed) => rose(counts, changed, serverState(changed)?.expiredSessions ?? 0),
  () => new Map(),
)

/** A change of the cluster's servers was committed, as a server that is up saw it. */
const membersChanged: SometimesProperty<{ index: number }> = sometimes(
  'members changed',
  (_view, last: { index: number }, changed) => {
    const state = serverState(changed)
    if (state === undefined) return false
    const { index } = state.configuration
    if (index <= last.index || index > state.commitIndex) return false
    last.index = index
    return true
  },
  () => ({ index: 0 }),
)

const leadershipTransferred: SometimesProperty<{ term: number }> = sometimes(
  'leadership transferred',
  (_view, last: { term: number }, changed) => {
    const state = serverState(changed)
    if (state?.role !== 'leader' || !state.isSuccessor || state.term <= last.term) return false
    last.term = state.term
    return true
  },
  () => ({ term: 0 }),
)

const preVoteRefused: SometimesProperty<Map<string, number>> = sometimes(
  'pre-vote refused',
  (_view, counts: Map<string, number>, changed) => rose(counts, changed, serverState(changed)?.preVotesRefused ?? 0),
  () => new Map(),
)

const steppedDown: SometimesProperty<Map<string, number>> = sometimes(
  'a leader without a quorum stepped down',
  (_view, counts: Map<string, number>, changed) => rose(counts, changed, serverState(changed)?.stepDowns ?? 0),
  () => new Map(),
)

/** True where a node's count is higher than it was after its last event. Most counts are 0, most of the time. */
function rose(counts: Map<string, number>, { id }: NodeView, count: number): boolean {
  if (count === 0) {
    if (counts.size > 0) counts.delete(id)
    return false
  }
  const before = counts.get(id) ?? 0
  if (count !== before) counts.set(id, count)
  return count > before
}

export const raftSightings: readonly SometimesProperty[] = [
  ...behind<SometimesProperty>(serverChanged, [conflictOverwritten, deposedWithUncommitted, membersChanged]),
  ...behind<SometimesProperty>(standingChanged, [
    leaderChanged,
    twoCandidates,
    followerRead,
    logCompacted,
    snapshotInstalled,
    sessionExpired,
    leadershipTransferred,
    preVoteRefused,
    steppedDown,
  ]),
]
