import type { ClusterView, NodeView } from '../../checks/property.ts'
import { mix } from '../../sim/hash.ts'
import { serverState } from './server-state.ts'
import { lastIndex, lastTerm } from './log.ts'
import type { RaftState } from './state.ts'

/** More entries than this apart is far. */
const NEAR = 3

/**
 * What of a cluster's state tells one situation from another, seen from one server: how it stands to each of the
 * others, by role, term, log and what is committed; and how many there are of which role. Names and absolute numbers
 * are left out, so that the same situation is the same in every run and under every renaming.
 */
export function raftAbstraction(view: ClusterView, node: NodeView): readonly number[] {
  const own = serverState(node)
  if (own === undefined) return []
  const hashes: number[] = []
  let [leaders, candidates, down] = [0, 0, 0]
  for (const other of view.nodes) {
    if (other.role !== 'server') continue
    const state = serverState(other)
    if (state === undefined) down++
    else {
      if (state.role === 'leader') leaders++
      else if (state.role !== 'follower') candidates++
      if (other !== node) hashes.push(relation(own, state))
    }
  }
  hashes.push(mix(mix(mix(1, leaders), candidates), down))
  return hashes
}

function relation(one: RaftState, other: RaftState): number {
  let hash = mix(2, one.role.length * 16 + other.role.length)
  hash = mix(hash, Math.sign(one.term - other.term))
  hash = mix(hash, Math.sign(lastTerm(one.log) - lastTerm(other.log)))
  hash = mix(hash, distance(lastIndex(one.log), lastIndex(other.log)))
  hash = mix(hash, Math.sign(one.commitIndex - other.commitIndex))
  return mix(hash, distance(one.commitIndex, lastIndex(other.log)))
}

/** −2, −1, 0, 1, 2: far behind, behind, equal, before, far before. */
function distance(one: number, other: number): number {
  const gap = one - other
  return Math.sign(gap) * (Math.abs(gap) > NEAR ? 2 : 1)
}
