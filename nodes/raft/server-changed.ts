import type { Gate, NodeView } from '../../checks/property.ts'
import { entryAt, lastIndex } from './log.ts'
import type { Entry } from './messages.ts'
import { serverState } from './server-state.ts'
import type { RaftState, Snapshot } from './state.ts'

/** All of a server that its invariants and sightings look at. */
interface Look {
  incarnation: number
  role: RaftState['role']
  term: number
  baseIndex: number
  length: number
  last: Entry | undefined
  commitIndex: number
  lastApplied: number
  restoredIndex: number
  snapshot: Snapshot | null
  waiting: number
  followerReads: number
  expiredSessions: number
  preVotesRefused: number
}

/**
 * Opens where something of a server changed that the properties behind it look at. A heartbeat and its answer change
 * nothing of it, and they are most of what happens. A property that looks at more must not stand behind this gate.
 */
export const serverChanged: Gate<Map<string, Look>> = {
  memory: () => new Map(),
  opens: (looks, changed) => {
    if (changed.role !== 'server') return false
    const state = serverState(changed)
    // Down: some properties look at how it ended.
    if (state === undefined) return true
    const look = looks.get(changed.id)
    if (look === undefined) looks.set(changed.id, lookAt(changed, state))
    else if (isAsBefore(look, changed, state)) return false
    else lookAgain(look, changed, state)
    return true
  },
}

function isAsBefore(look: Look, { incarnation }: NodeView, state: RaftState): boolean {
  const { log } = state
  const length = lastIndex(log)
  return (
    look.commitIndex === state.commitIndex &&
    look.length === length &&
    look.term === state.term &&
    look.role === state.role &&
    look.lastApplied === state.lastApplied &&
    look.incarnation === incarnation &&
    look.baseIndex === log.baseIndex &&
    look.last === entryAt(log, length) &&
    look.restoredIndex === state.restoredIndex &&
    look.snapshot === state.snapshot &&
    look.waiting === state.waiting.size &&
    look.followerReads === state.followerReads &&
    look.expiredSessions === state.expiredSessions &&
    look.preVotesRefused === state.preVotesRefused
  )
}

/** In place: it happens after every third event. */
function lookAgain(look: Look, { incarnation }: NodeView, state: RaftState): void {
  const { log } = state
  look.incarnation = incarnation
  look.role = state.role
  look.term = state.term
  look.baseIndex = log.baseIndex
  look.length = lastIndex(log)
  look.last = entryAt(log, look.length)
  look.commitIndex = state.commitIndex
  look.lastApplied = state.lastApplied
  look.restoredIndex = state.restoredIndex
  look.snapshot = state.snapshot
  look.waiting = state.waiting.size
  look.followerReads = state.followerReads
  look.expiredSessions = state.expiredSessions
}

function lookAt({ incarnation }: NodeView, state: RaftState): Look {
  const length = lastIndex(state.log)
  return {
    incarnation,
    role: state.role,
    term: state.term,
    baseIndex: state.log.baseIndex,
    length,
    last: entryAt(state.log, length),
    commitIndex: state.commitIndex,
    lastApplied: state.lastApplied,
    restoredIndex: state.restoredIndex,
    snapshot: state.snapshot,
    waiting: state.waiting.size,
    followerReads: state.followerReads,
    expiredSessions: state.expiredSessions,
    preVotesRefused: state.preVotesRefused,
  }
}
