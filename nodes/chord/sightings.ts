import { type NodeView, sometimes, type SometimesProperty } from '../../checks/property.ts'
import { nodeState } from './node-state.ts'
import { underAssumptions } from './assumptions.ts'
import { membersOf, flawOf } from './ring-view.ts'
import type { ChordState, Counts } from './state.ts'

/** What a sweep must have seen, or its silence on the invariants means little. Each counts once a happening. */

function counted(name: string, count: keyof Counts): SometimesProperty<Map<string, number>> {
  return sometimes(
    name,
    (_view, counts: Map<string, number>, changed) => rose(counts, changed, nodeState(changed)?.counts[count] ?? 0),
    () => new Map(),
  )
}

/** True where a node's count is higher than it was after its last event. */
function rose(counts: Map<string, number>, { id }: NodeView, count: number): boolean {
  if (count === 0) {
    if (counts.size > 0) counts.delete(id)
    return false
  }
  const before = counts.get(id) ?? 0
  if (count !== before) counts.set(id, count)
  return count > before
}

/** The ring is not ideal, and yet the invariants are held against it: members come and go right now. */
const checkedWhileChanging: SometimesProperty = {
  ...sometimes('the ring changes under the assumptions', (view) => {
    const members = membersOf(view) as readonly ChordState[]
    return members.length > 0 && flawOf(members, members[0]!.redundancy) !== undefined
  }),
  gate: underAssumptions,
}

export const chordSightings: readonly SometimesProperty[] = [
  checkedWhileChanging,
  counted('node joined', 'joined'),
  counted('node left', 'left'),
  counted('ring founded', 'founded'),
  counted('rings reunited', 'reunited'),
  counted('pairs handed over', 'handedOver'),
  counted('neighbour dropped', 'dropped'),
]
