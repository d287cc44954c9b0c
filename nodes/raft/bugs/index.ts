import type { Rules } from '../raft.ts'
import type { RaftBug } from './bug.ts'
import { clientBugs } from './clients.ts'
import { raftControls } from './controls.ts'
import { electionBugs } from './elections.ts'
import { membershipBugs } from './membership.ts'
import { replicationBugs } from './replication.ts'
import { snapshotBugs } from './snapshots.ts'
import { storageBugs } from './storage.ts'

export type { RaftBug } from './bug.ts'
export { raftControls } from './controls.ts'

/** In the order of their ids. */
export const raftBugs: readonly RaftBug[] = [
  ...electionBugs,
  ...replicationBugs,
  ...membershipBugs,
  ...clientBugs,
  ...snapshotBugs,
  ...storageBugs,
].sort((one, other) => (one.id < other.id ? -1 : 1))

/** The rules that the bug, or the control, changes; none without one or with one of another system. */
export function bugRules(id: string | undefined): Partial<Rules> {
  return [...raftBugs, ...raftControls].find((variant) => variant.id === id)?.rules ?? {}
}
