import type { History } from '../../checks/history.ts'
import { type ClusterView, eventually, type EventuallyProperty } from '../../checks/property.ts'
import { powerOfTwo } from './identifiers.ts'
import { nodeState } from './node-state.ts'
import { acknowledgedWrites } from './operations.ts'
import { flawOf, type Member, membersOf } from './ring-view.ts'
import type { ChordState } from './state.ts'

/** What becomes of ring and pairs once nothing goes wrong any more. */

/** Every node that is to be in the ring is, and all their pointers are right. */
export const ringIdeal: EventuallyProperty = eventually('the ring becomes ideal', (view) => {
  const seeking = view.nodes.find((node) => nodeState(node)?.phase === 'joining')
  if (seeking !== undefined) return `${seeking.id} has not found its place`
  const members = membersOf(view) as readonly ChordState[]
  return members.length === 0 ? 'nobody is in the ring' : flawOf(members, members[0]!.redundancy)
})

/** Every finger is the first member at or behind its place (Stoica et al. 2003, figure 3); a node is no finger of its own. */
export const fingersRight: EventuallyProperty = eventually('fingers become right', (view) => {
  const members = membersOf(view) as readonly ChordState[]
  for (const { self, fingers } of members) {
    const size = powerOfTwo(fingers.length)
    for (let index = 0, start = 1; index < fingers.length; index++, start *= 2) {
      const { node } = ownerOf(members, (self.id + start) % size).self
      const has = fingers[index]?.node ?? self.node
      if (has !== node) return `finger ${index} of ${self.node} is ${has}, and should be ${node}`
    }
  }
  return undefined
})

/** Every pair whose write was acknowledged lies with its owner and the members behind it, as many as there are copies. */
export const pairsInPlace: EventuallyProperty = eventually(
  'acknowledged pairs lie where they belong',
  (view, history) => misplaced(view, history),
)

function misplaced(view: ClusterView, history: History): string | undefined {
  const members = membersOf(view) as readonly ChordState[]
  for (const [key, { version }] of acknowledgedWrites(history)) {
    const place = placeOf(view, key)
    if (place === undefined) return `${key} was written with version ${version}, and nobody holds it`
    for (const { self, pairs } of holdersOf(members, place)) {
      const held = pairs.get(key)?.version
      if (held !== undefined && held >= version) continue
      const holds = held === undefined ? 'does not hold it' : `holds version ${held}`
      return `${key} was written with version ${version}, and ${self.node} ${holds}`
    }
  }
  return undefined
}

/** The owner of a place, and who follows it. */
function holdersOf(members: readonly ChordState[], place: number): readonly ChordState[] {
  const owner = members.indexOf(ownerOf(members, place))
  const count = Math.min(members[0]?.copies ?? 0, members.length)
  return Array.from({ length: count }, (_, step) => members[(owner + step) % members.length]!)
}

function ownerOf<Each extends Member>(members: readonly Each[], place: number): Each {
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (members[middle]!.self.id < place) low = middle + 1
    else high = middle
  }
  return members[low % members.length]!
}

/** Where a key lies, as those tell that hold it. */
function placeOf(view: ClusterView, key: string): number | undefined {
  for (const node of view.nodes) {
    const place = nodeState(node)?.pairs.get(key)?.place
    if (place !== undefined) return place
  }
  return undefined
}
