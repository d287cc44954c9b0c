import { hashPlain } from '../../sim/hash.ts'
import { always, type AlwaysProperty } from '../../checks/property.ts'
import { serverState } from './server-state.ts'
import type { Snapshot } from './state.ts'

interface Known {
  /** Of the data and the sessions. */
  readonly hash: number
  readonly by: string
}

interface SnapshotMemory {
  /** The snapshot that each server was last seen with, and in which incarnation. */
  readonly seen: Map<string, { incarnation: number; snapshot: Snapshot | null }>
  /** By the index of a snapshot's last entry: what the state machine is there. */
  readonly known: Map<number, Known>
  /** By the same: the snapshot. */
  readonly taken: Map<number, { readonly bytesHash: number; readonly by: string }>
}

/**
 * State machine safety across snapshots (figure 3): a state that came out of a snapshot equals the one that applying the
 * entries gives, and all snapshots up to one index are the same. Looked at where a server has a new snapshot.
 */
export const snapshotSafety: AlwaysProperty<SnapshotMemory> = always(
  'snapshot safety',
  (_view, { seen, known, taken }: SnapshotMemory, changed) => {
    const state = serverState(changed)
    if (state === undefined || state.snapshot === null) return undefined
    const { id, incarnation } = changed
    const { snapshot } = state
    const last = seen.get(id)
    if (last?.snapshot === snapshot && last.incarnation === incarnation) return undefined
    seen.set(id, { incarnation, snapshot })
    const { lastIndex, bytes } = snapshot
    const bytesHash = hashPlain(bytes, 0)
    const first = taken.get(lastIndex)
    if (first === undefined) taken.set(lastIndex, { bytesHash, by: id })
    else if (first.bytesHash !== bytesHash)
      return `the snapshots of ${first.by} and ${id} up to entry ${lastIndex} differ`
    // Where more was applied at once, the state is that of a later entry.
    if (state.lastApplied !== lastIndex) return undefined
    const hash = hashPlain([state.data, state.sessions], 0)
    const there = known.get(lastIndex)
    if (there === undefined) known.set(lastIndex, { hash, by: id })
    else if (there.hash !== hash) return `${there.by} and ${id} are in different states at entry ${lastIndex}`
    return undefined
  },
  () => ({ seen: new Map(), known: new Map(), taken: new Map() }),
)
