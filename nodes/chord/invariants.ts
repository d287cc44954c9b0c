import { always, type AlwaysProperty, behind } from '../../checks/property.ts'
import { underAssumptions } from './assumptions.ts'
import { powerOfTwo, distance, MAX_BITS } from './identifiers.ts'
import { nodeState } from './node-state.ts'
import { isPrincipal, liveSuccessor, membersOf, type Member } from './ring-view.ts'

/**
 * What holds of the ring at all times (Zave 2017, section 4), watched from outside: a member's successor here is the
 * first of its list that is one. All but the first hold under the assumptions of the proof.
 */

/** A node's successors follow it, one after the other, and none of them is the node itself. */
const orderedLists: AlwaysProperty<Map<string, unknown>> = always(
  'successor lists are in order',
  (_view, seen: Map<string, unknown>, changed) => {
    const state = nodeState(changed)
    if (state === undefined || seen.get(changed.id) === state.successors) return undefined
    seen.set(changed.id, state.successors)
    const size = powerOfTwo(MAX_BITS)
    let last = 0
    for (const { node, id } of state.successors) {
      const far = distance(state.self.id, id, size)
      if (far <= last) return `${changed.id} has ${node} for a successor in the wrong place`
      last = far
    }
    return undefined
  },
  () => new Map(),
  { nodeByNode: true },
)

/** Each member can reach another one. */
const liveSuccessors: AlwaysProperty = always('every member has a live successor', (view) => {
  const members = membersOf(view)
  const byName = named(members)
  const lost = members.find((member) => liveSuccessor(member, byName) === undefined)
  return lost === undefined ? undefined : `none of ${lost.self.node}'s successors is a member`
})

/** From wherever one follows the successors, one comes to the same ring: so no member is cut off. */
const oneRing: AlwaysProperty = always('there is one ring', (view) => {
  const rings = ringsOf(membersOf(view))
  if (rings.length < 2) return undefined
  return `there are ${rings.length} rings: ${rings.map(inWords).join(' and ')}`
})

/** The ring leads round the identifiers once. */
const orderedRing: AlwaysProperty = always('the ring is ordered', (view) => {
  for (const ring of ringsOf(membersOf(view))) {
    let descents = 0
    for (let place = 0; place < ring.length; place++) {
      if (ring[(place + 1) % ring.length]!.self.id <= ring[place]!.self.id) descents++
    }
    if (descents > 1) return `the ring leads round ${descents} times: ${inWords(ring)}`
  }
  return undefined
})

/** More members than a list is long are skipped by no list: on these the ring rests. */
const principals: AlwaysProperty = always('enough members are skipped by none', (view) => {
  const members = membersOf(view)
  const first = view.nodes.map(nodeState).find((state) => state !== undefined)
  const needed = (first?.redundancy ?? 0) + 1
  const count = members.filter(({ self }) => isPrincipal(self, members)).length
  return count >= needed ? undefined : `${count} members are skipped by no list of successors, and it takes ${needed}`
})

function named(members: readonly Member[]): ReadonlyMap<string, Member> {
  return new Map(members.map((member) => [member.self.node, member]))
}

/** The cycles of the successors, each from its first member by place. */
function ringsOf(members: readonly Member[]): readonly (readonly Member[])[] {
  const byName = named(members)
  const seen = new Map<Member, Member>()
  const rings: Member[][] = []
  for (const start of members) {
    let member: Member | undefined = start
    while (member !== undefined && !seen.has(member)) {
      seen.set(member, start)
      member = liveSuccessor(member, byName)
    }
    // Met again on the way that began here: a cycle that was not known.
    if (member === undefined || seen.get(member) !== start) continue
    const ring: Member[] = []
    for (let next: Member | undefined = member; next !== ring[0] && next !== undefined;) {
      ring.push(next)
      next = liveSuccessor(next, byName)
    }
    rings.push(ring)
  }
  return rings
}

function inWords(ring: readonly Member[]): string {
  return ring.map(({ self }) => self.node).join(' → ')
}

export const chordInvariants: readonly AlwaysProperty[] = [
  orderedLists,
  ...behind<AlwaysProperty>(underAssumptions, [liveSuccessors, oneRing, orderedRing, principals]),
]
