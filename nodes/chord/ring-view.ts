import type { ClusterView } from '../../checks/property.ts'
import type { NodeId } from '../../sim/machine.ts'
import { isBetween, type Peer } from './identifiers.ts'
import { isMember } from './neighbours.ts'
import { nodeState } from './node-state.ts'

/** A member of the ring as who watches from outside sees it. */
export interface Member {
  readonly self: Peer
  readonly predecessor: Peer | null
  readonly successors: readonly Peer[]
}

/** Those that are up and in the ring, in the order of their places. */
export function membersOf(view: ClusterView): readonly Member[] {
  const members: Member[] = []
  for (const node of view.nodes) {
    const state = nodeState(node)
    if (state !== undefined && isMember(state)) members.push(state)
  }
  return inRingOrder(members)
}

export function inRingOrder(members: readonly Member[]): readonly Member[] {
  return [...members].sort((one, other) => one.self.id - other.self.id)
}

/**
 * What is not as it should be in a ring in which nothing goes on any more, in a sentence: each member has its
 * predecessor, and so many of those that follow it for successors. Members in the order of their places.
 */
export function flawOf(members: readonly Member[], redundancy: number): string | undefined {
  const count = members.length
  const kept = Math.min(redundancy, count - 1)
  for (let place = 0; place < count; place++) {
    const { self, predecessor, successors } = members[place]!
    for (let step = 0; step < kept; step++) {
      const { node } = members[(place + step + 1) % count]!.self
      const has = successors[step]?.node
      if (has !== node) return `${self.node} has ${has ?? 'nobody'} for successor ${step + 1}, which is ${node}`
    }
    if (successors.length > kept) return `${self.node} has ${successors.length} successors in a ring of ${count}`
    const before = members[(place + count - 1) % count]!.self.node
    if (count > 1 && predecessor?.node !== before) {
      return `${self.node} has ${predecessor?.node ?? 'nobody'} for predecessor, which is ${before}`
    }
  }
  return undefined
}

/** The first of its successors that is a member; undefined where none is. */
export function liveSuccessor(member: Member, members: ReadonlyMap<NodeId, Member>): Member | undefined {
  for (const { node } of member.successors) {
    const successor = members.get(node)
    if (successor !== undefined) return successor
  }
  return undefined
}

/**
 * True where no member's list leads past this one: somebody has it as a successor wherever it should be one (Zave
 * 2017, section 4, calls it a principal).
 */
export function isPrincipal({ id }: Peer, members: readonly Member[]): boolean {
  return members.every(({ self, successors }) => {
    let last = self.id
    for (const peer of successors) {
      if (isBetween(last, id, peer.id)) return false
      last = peer.id
    }
    return true
  })
}
