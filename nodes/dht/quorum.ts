import { ownersAt, type Position } from '../ring/ring.ts'
import type { Dht } from './dht.ts'
import type { Member } from './member.ts'
import { presentRing } from './settle.ts'
import type { DhtState, Homes, RingInForce, WriteOperation } from './state.ts'

/**
 * While a change of the ring spreads, some write and read by the ring as it was and some by the ring as it will be. So a
 * quorum is needed in each ring that may be in use: in the last one that everyone is known to have come to, in each
 * that this node has told others it has come to, as they may have taken it for everyone's, and in the newest. Any two
 * quorums then meet, as in joint consensus (Ongaro's dissertation, section 4.3), without anyone to decide the order
 * of changes: views are sets of events, and a replica answers only who has the same view as it has.
 */
export function ringsToAsk(state: DhtState): readonly RingInForce[] {
  const { inForce, history } = state
  return inForce.some(({ view }) => view === history.view) ? inForce : [...inForce, presentRing(state)]
}

/** The members that keep a key, once for each ring to ask. */
export function homesOf(dht: Dht, state: DhtState, position: Position): Homes {
  const homes = dht.rules.ringsToAsk(state).map(({ ring, members }) => {
    const ids = ownersAt(ring, position, dht.options.replicas)
    return ids.map((id) => members.find((member) => member.id === id)!)
  })
  const isRepeated = (one: readonly Member[], place: number): boolean =>
    homes.findIndex((other) => other.length === one.length && other.every(({ id }, at) => id === one[at]!.id)) < place
  return homes.filter((members, place) => !isRepeated(members, place))
}

/** All of them once. */
export function everyHome(homes: Homes): readonly Member[] {
  const byId = new Map<string, Member>()
  for (const members of homes) for (const member of members) byId.set(member.id, member)
  return [...byId.values()]
}

/** True where enough keep a write in each ring, and enough of these for themselves. */
export function isWritten({ options }: Dht, { homes, kept, stoodIn }: WriteOperation): boolean {
  return homes.every((members) => {
    const own = members.filter(({ id }) => kept.has(id)).length
    const all = members.filter(({ id }) => kept.has(id) || stoodIn.has(id)).length
    return own >= Math.min(options.ownWrites, members.length) && all >= Math.min(options.writeQuorum, members.length)
  })
}

/** True where so many as a read needs have answered in each ring. */
export function isRead({ options }: Dht, homes: Homes, answered: ReadonlyMap<string, unknown>): boolean {
  return homes.every((members) => answersOf(members, answered) >= Math.min(options.readQuorum, members.length))
}

/** True where every acknowledged write must be in one of the answers: enough have answered to meet any quorum of writers. */
export function seesEverything({ options }: Dht, homes: Homes, answered: ReadonlyMap<string, unknown>): boolean {
  return homes.every((members) => {
    const writers = Math.min(options.ownWrites, members.length)
    return answersOf(members, answered) > members.length - writers
  })
}

function answersOf(members: readonly Member[], answered: ReadonlyMap<string, unknown>): number {
  return members.filter(({ id }) => answered.has(id)).length
}
