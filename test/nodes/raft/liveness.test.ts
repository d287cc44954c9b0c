import { describe, expect, test } from 'vitest'
import type { ClusterView, NodeView } from '../../../checks/property.ts'
import { followersCatchUp } from '../../../nodes/raft/liveness.ts'
import { emptyState } from '../../../nodes/raft/state.ts'

/** A leader and a follower that answers it, as they are at one moment. */
function moment(committed: { readonly leader: number; readonly follower: number }): ClusterView {
  const blank = emptyState({ path: 'journal', length: 0, syncedLength: 0 }, new Map(), ['n1', 'n2'])
  const leader = {
    ...blank,
    role: 'leader',
    term: 1,
    commitIndex: committed.leader,
    leadership: { followers: [{ id: 'n2', ackedRound: 7 }], round: 7 },
  }
  const nodes: NodeView[] = [leader, { ...blank, term: 1, commitIndex: committed.follower }].map((state, place) => ({
    id: `n${place + 1}`,
    role: 'server',
    up: true,
    incarnation: 1,
    state,
  }))
  return { nowMs: 0, nodes, node: (id) => nodes.find((node) => node.id === id) }
}

describe('followers catch up', () => {
  const looks = (...seen: { leader: number; follower: number }[]) => {
    const goals = followersCatchUp.memory!()
    return seen.map((committed) => followersCatchUp.check(moment(committed), [], goals))
  }

  test('where each is an entry behind a leader that goes on, whenever it is looked at', () => {
    expect(looks({ leader: 10, follower: 9 }, { leader: 20, follower: 19 }).at(-1)).toBeUndefined()
  })

  test('not where one stays where it was', () => {
    expect(looks({ leader: 10, follower: 9 }, { leader: 20, follower: 9 }).at(-1)).toBe(
      'n2 has come to entry 9 of 10 that are committed',
    )
  })
})
