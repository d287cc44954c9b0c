import { type ClusterView, eventually, type EventuallyProperty } from '../../checks/property.ts'
import { isClusterChange } from './cluster-change.ts'
import { serverState } from './server-state.ts'
import type { RaftState } from './state.ts'

/** A server leads, and more than half of the cluster's servers, as it knows them, know it. */
export const leaderKnown: EventuallyProperty = eventually('a leader is known to a majority', (view) => {
  let missing = 'no server leads'
  for (const node of view.nodes) {
    const leader = serverState(node)
    if (leader?.role !== 'leader') continue
    const { servers } = leader.configuration
    let followers = 0
    for (const id of servers) {
      const state = serverOf(view, id)
      if (state?.leaderId === node.id && state.term === leader.term) followers++
    }
    if (followers * 2 > servers.length) return undefined
    missing = `${node.id} leads and is known to ${followers} of ${servers.length} servers`
  }
  return missing
})

function serverOf(view: ClusterView, id: string): RaftState | undefined {
  const node = view.node(id)
  return node === undefined ? undefined : serverState(node)
}

/** A leader has committed an entry of its own term, and so all that its predecessors left (section 5.4.2). */
export const leaderCommits: EventuallyProperty = eventually('a leader commits in its term', (view) => {
  let missing = 'no server leads'
  for (const node of view.nodes) {
    const state = serverState(node)
    if (state === undefined || state.leadership === null) continue
    const { noOpIndex } = state.leadership
    if (state.commitIndex >= noOpIndex) return undefined
    missing = `${node.id} leads and has committed up to ${state.commitIndex}, its term begins at ${noOpIndex}`
  }
  return missing
})

/**
 * Who answers the leader comes to hold what was committed when it was first looked at, by entries or by a snapshot. Not
 * all that is committed at one moment: while clients go on asking, some follower is always an entry behind.
 */
export const followersCatchUp: EventuallyProperty<Map<string, number>> = eventually(
  'followers catch up',
  (view, _history, goals: Map<string, number>) => {
    let leader: RaftState | undefined
    for (const node of view.nodes) {
      const state = serverState(node)
      if (state?.role === 'leader' && state.term > (leader?.term ?? 0)) leader = state
    }
    if (leader === undefined) return 'no server leads'
    const { followers, round } = leader.leadership!
    let missing: string | undefined
    for (const { id, ackedRound } of followers) {
      const state = serverOf(view, id)
      if (state === undefined || round - ackedRound > ROUNDS_IN_TOUCH) continue
      const goal = goals.get(id) ?? leader.commitIndex
      goals.set(id, goal)
      if (state.commitIndex < goal)
        missing ??= `${id} has come to entry ${state.commitIndex} of ${goal} that are committed`
    }
    return missing
  },
  { memory: () => new Map() },
)

/** A follower that has answered none of so many rounds is out of touch. */
const ROUNDS_IN_TOUCH = 5

/** How long an election may take once all is well, and how long a request is given then. */
const GRACE_MS = 1_500

/**
 * Whoever asks the state machine in the calm is served: an operation that began in it has ended ok. Nothing is missing where nobody has
 * asked for long enough after the calm had begun.
 */
export function clientsServed(calmAtMs: number): EventuallyProperty {
  const check: EventuallyProperty['check'] = (view, history) => {
    let asked = 0
    for (let place = history.length - 1; place >= 0; place--) {
      const { invokedAtMs, outcome, input } = history[place]!
      if (invokedAtMs < calmAtMs) break
      if (isClusterChange(input as object)) continue
      if (outcome === 'ok') return undefined
      if (invokedAtMs >= calmAtMs + GRACE_MS && invokedAtMs <= view.nowMs - GRACE_MS) asked++
    }
    return asked === 0 ? undefined : `${asked} operations began in the calm and none has ended ok`
  }
  return eventually('clients are served in the calm', check, { clientVisible: true })
}
