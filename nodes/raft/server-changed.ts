import type { Gate } from '../../checks/property.ts'
import { entryAt, lastIndex } from './log.ts'
import type { Entry } from './messages.ts'
import { serverState } from './server-state.ts'
import type { RaftState } from './state.ts'
import { hasStanding, type Standing, standingOf } from './standing.ts'

/** All of a server that its invariants and sightings look at. */
interface Look {
  readonly standing: Standing
  readonly length: number
  readonly last: Entry | undefined
  readonly commitIndex: number
  readonly lastApplied: number
  readonly waiting: number
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
    const standing = look !== undefined && hasStanding(look.standing, changed, state) ? look.standing : undefined
    if (standing !== undefined && isAsBefore(look!, state)) return false
    looks.set(changed.id, lookAt(standing ?? standingOf(changed, state), state))
    return true
  },
}

/** Opens where the standing of a server changed, for properties that look at nothing else. */
export const standingChanged: Gate<Map<string, Standing>> = {
  within: serverChanged,
  memory: () => new Map(),
  opens: (standings, changed) => {
    const state = serverState(changed)
    if (state === undefined) return true
    const before = standings.get(changed.id)
    if (before !== undefined && hasStanding(before, changed, state)) return false
    standings.set(changed.id, standingOf(changed, state))
    return true
  },
}

function isAsBefore(look: Look, state: RaftState): boolean {
  const length = lastIndex(state.log)
  return (
    look.commitIndex === state.commitIndex &&
    look.length === length &&
    look.last === entryAt(state.log, length) &&
    look.lastApplied === state.lastApplied &&
    look.waiting === state.waiting.size
  )
}

function lookAt(standing: Standing, state: RaftState): Look {
  const length = lastIndex(state.log)
  return {
    standing,
    length,
    last: entryAt(state.log, length),
    commitIndex: state.commitIndex,
    lastApplied: state.lastApplied,
    waiting: state.waiting.size,
  }
}
