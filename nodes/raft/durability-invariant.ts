import { always, type AlwaysProperty, type NodeView } from '../../checks/property.ts'
import { lastIndex } from './log.ts'
import { serverState } from './server-state.ts'
import type { RaftState } from './state.ts'

/**
 * What a server answered outlives its crash (figure 2: "updated on stable storage before responding to RPCs"): it has
 * the entries that a leader counts on, and the vote that a candidate counts on. Asked of a server that was started
 * again, until it knows of something committed; one that is about to exit has read nothing. Others change meanwhile,
 * so it stands behind no gate.
 */
export const durability: AlwaysProperty = always('durability', (view, _memory, changed) => {
  if (changed.incarnation === 1) return undefined
  const state = serverState(changed)
  if (state === undefined || state.journal.length === 0 || state.commitIndex > state.restoredIndex) return undefined
  for (const node of view.nodes) {
    const other = serverState(node)
    if (other === undefined || other.term < state.term || node.id === changed.id) continue
    const forgotten = forgottenOf(changed, state, node.id, other)
    if (forgotten !== undefined) return `${changed.id} has forgotten ${forgotten}`
  }
  return undefined
})

/** What a server counts on in its present term that this one has not, though its term is no later. */
function forgottenOf({ id }: NodeView, state: RaftState, by: string, other: RaftState): string | undefined {
  const earlier = state.term < other.term
  if (other.role === 'candidate' && other.votes.includes(id) && (earlier || state.votedFor !== by)) {
    return `its vote for ${by} in term ${other.term}`
  }
  if (other.leadership === null) return undefined
  for (const follower of other.leadership.followers) {
    if (follower.id !== id || follower.matchIndex === 0) continue
    if (earlier || lastIndex(state.log) < follower.matchIndex) {
      return `entry ${follower.matchIndex}, which ${by}, leader of term ${other.term}, counts on`
    }
  }
  return undefined
}
