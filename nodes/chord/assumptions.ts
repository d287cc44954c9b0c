import type { Gate, NodeView } from '../../checks/property.ts'
import type { NodeId } from '../../sim/machine.ts'
import { isMember } from './neighbours.ts'
import { NODE_ROLE, nodeState } from './node-state.ts'
import { flawOf, inRingOrder, type Member } from './ring-view.ts'

/** What of a node the ring consists of, as it was last seen. */
interface Seen extends Member {
  readonly incarnation: number
  readonly dropped: number
}

/** Plain memory of a gate. */
export interface Assumptions {
  /** Members by name. */
  readonly members: Map<NodeId, Seen>
  hold: boolean
  /** Those that have been members ever since the ring was last ideal. */
  readonly base: Set<NodeId>
  /** Members that failed or left since then. */
  failures: number
  redundancy: number
}

/**
 * Opens where the ring changed while it is under the assumptions of Zave's proof (2017, section 2): who is taken for
 * dead is no member, so that nobody begins a second ring; and since the ring was last ideal, so few members have failed or left that each list of successors
 * has a live one left, and more have stayed than a list is long. Once they are broken nothing is claimed until the ring
 * is ideal again, which a later property sees to.
 */
export const underAssumptions: Gate<Assumptions> = {
  memory: () => ({ members: new Map(), hold: false, base: new Set(), failures: 0, redundancy: 1 }),
  opens: (memory, changed, view) => {
    if (changed.role !== NODE_ROLE) return false
    // A crash is no event of the node that crashed, so all are looked at.
    let anyChanged = false
    for (const node of view.nodes) if (node.role === NODE_ROLE && update(memory, node)) anyChanged = true
    if (!anyChanged) return false
    const members = inRingOrder([...memory.members.values()])
    if (members.length > Math.max(1, memory.redundancy) && flawOf(members, memory.redundancy) === undefined) {
      memory.hold = true
      memory.failures = 0
      for (const { self } of members) memory.base.add(self.node)
    } else if (memory.failures >= memory.redundancy || memory.base.size <= memory.redundancy) memory.hold = false
    return memory.hold
  },
}

/** Takes over what changed of a node; false where nothing did. */
function update(memory: Assumptions, node: NodeView): boolean {
  const state = nodeState(node)
  const before = memory.members.get(node.id)
  if (before !== undefined && (before.incarnation !== node.incarnation || state === undefined || !isMember(state))) {
    memory.members.delete(node.id)
    memory.base.delete(node.id)
    memory.failures++
    update(memory, node)
    return true
  }
  if (state === undefined || !isMember(state)) return false
  const { self, predecessor, successors, counts, redundancy, lastDropped } = state
  const { dropped } = counts
  if (before?.successors === successors && before.predecessor === predecessor && before.dropped === dropped)
    return false
  const mistaken = dropped > (before?.dropped ?? 0) && memory.members.has(lastDropped!)
  if (mistaken || (before === undefined && successors.length === 0)) memory.hold = false
  memory.redundancy = redundancy
  memory.members.set(node.id, { self, predecessor, successors, incarnation: node.incarnation, dropped })
  return true
}
