import type { NodeView } from '../../checks/property.ts'
import type { RaftState, Snapshot } from './state.ts'

/** What of a server stays as it is while entries come in, are committed and applied: it changes rarely. */
export interface Standing {
  readonly incarnation: number
  readonly role: RaftState['role']
  readonly term: number
  readonly baseIndex: number
  readonly restoredIndex: number
  readonly snapshot: Snapshot | null
  readonly followerReads: number
  readonly expiredSessions: number
  readonly preVotesRefused: number
}

export function hasStanding(standing: Standing, { incarnation }: NodeView, state: RaftState): boolean {
  return (
    standing.term === state.term &&
    standing.role === state.role &&
    standing.incarnation === incarnation &&
    standing.baseIndex === state.log.baseIndex &&
    standing.restoredIndex === state.restoredIndex &&
    standing.snapshot === state.snapshot &&
    standing.followerReads === state.followerReads &&
    standing.expiredSessions === state.expiredSessions &&
    standing.preVotesRefused === state.preVotesRefused
  )
}

export function standingOf({ incarnation }: NodeView, state: RaftState): Standing {
  const { role, term, restoredIndex, snapshot, followerReads, expiredSessions, preVotesRefused } = state
  const { baseIndex } = state.log
  return {
    incarnation,
    role,
    term,
    baseIndex,
    restoredIndex,
    snapshot,
    followerReads,
    expiredSessions,
    preVotesRefused,
  }
}
