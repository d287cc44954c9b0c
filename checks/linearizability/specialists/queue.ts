import { coreOfStays, partsOf } from './collection-core.ts'
import { verdictOf } from './earliest.ts'
import type { Outcome } from './earliest.ts'
import type { Entry } from '../entry.ts'
import type { Collection } from '../../model.ts'
import { Presence } from './presence.ts'
import { NOBODY } from './reads-from.ts'
import type { Specialist } from '../specialist.ts'
import { sortedBy } from '../sorting.ts'
import { staysOf } from './stays.ts'
import type { Stay, Stays } from './stays.ts'
import { inBothOrders } from './two-orders.ts'
import type { Windows } from './two-orders.ts'

/**
 * A first-in-first-out queue into which no value that anybody took was inserted twice. There is an order unless one of
 * these is found: a value taken twice, before it was inserted, or without that; two values of which one was certainly
 * inserted first and the other certainly taken first; an operation that found the queue empty while at each moment some
 * value was certainly in it. Compare T. Henzinger, A. Sezgin and V. Vafeiadis, "Aspect-oriented linearizability proofs",
 * 2013, section 3, and A. Bouajjani, M. Emmi, C. Enea and J. Hamza, "On reducing linearizability to state reachability",
 * 2015. That no more is needed, {@link orderOf} shows by making an order. Time: that of sorting.
 *
 * What a crashed operation took is not known; {@link assignCrashedTakes} shows how that is settled.
 */
export const fifoQueue: Specialist = (entries, { collection }) => {
  if (collection?.kind !== 'queue') return undefined
  return verdictOf(
    entries,
    (some) => decide(some, collection),
    (core) => partsOf(core, collection),
  )
}

function decide<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  collection: Collection<Input, Output>,
): Outcome<Input, Output> {
  const stays = staysOf(entries, collection)
  if (stays === undefined) return undefined
  if ('contradiction' in stays) return { core: stays.contradiction.map((operation) => entries[operation]!) }
  assignCrashedTakes(stays, entries)
  const inverted = invertedPair(stays.list)
  if (inverted !== undefined) return { core: coreOfStays(inverted, [], stays, entries) }
  const presence = new Presence(stays.list)
  const moments: number[] = []
  for (const empty of stays.empties) {
    const { invoked, returned } = entries[empty]!
    const moment = presence.gapBetween(invoked, returned)
    if (moment === undefined) {
      return { core: coreOfStays(presence.chainBetween(invoked, returned), [empty], stays, entries) }
    }
    moments.push(moment)
  }
  if (stays.isPartial) return undefined
  return { order: () => orderOf(stays, moments).map((operation) => entries[operation]!) }
}

/**
 * Crashed takings, the first invoked first, get the values that nobody else took, the first certainly inserted first;
 * what is left over stays. If any choice leaves room for an order, this one does. The choice only decides when the taking
 * of each value can begin, and what stays is taken at the very end. Let x be certainly inserted before y is, and the
 * taking of x begin later than that of y; now let them change places. What must not be taken before y, as it was inserted
 * after it, was inserted after x too, and so was not taken before x's former beginning, which is now y's. And something
 * is certainly in the queue at no more moments than before, as they were all x's.
 *
 * They are taken to have returned when all others had, and what stays is taken later still.
 */
function assignCrashedTakes({ staying, crashedTakes, end }: Stays, entries: readonly Entry[]): void {
  const byInsertion = sortedBy(staying, ({ insertTo }) => insertTo)
  for (const [index, stay] of byInsertion.entries()) {
    const taken = crashedTakes[index]
    if (taken === undefined) {
      stay.takeFrom = end + 1
      stay.takeTo = end + 2
    } else {
      stay.taken = taken
      stay.takeFrom = Math.max(stay.insertFrom, entries[taken]!.invoked)
      stay.takeTo = end
    }
  }
}

/** Two values: the first certainly inserted before the second was, and the second certainly taken before the first. */
function invertedPair(stays: readonly Stay[]): readonly [Stay, Stay] | undefined {
  const byBeginning = sortedBy(stays, ({ insertFrom }) => insertFrom)
  const byEnd = sortedBy(stays, ({ insertTo }) => insertTo)
  let latest: Stay | undefined
  let next = 0
  for (const stay of byBeginning) {
    for (; next < byEnd.length && byEnd[next]!.insertTo < stay.insertFrom; next++) {
      if (latest === undefined || byEnd[next]!.takeFrom > latest.takeFrom) latest = byEnd[next]
    }
    if (latest !== undefined && stay.takeTo < latest.takeFrom) return [latest, stay]
  }
  return undefined
}

/**
 * An order, where there is no contradiction. An operation that found nothing is put at a moment at which no value is
 * certainly there; to both windows it is that moment. So it contradicts no value: one that it follows by insertion and
 * precedes by taking would certainly be there, and the other way round, a value would be taken before it was inserted.
 *
 * In the order of both windows, each insertion is done as soon as it and those before it have been invoked, each taking
 * when it or one after it is about to return. So both are done in this order and within their windows. And each value is
 * inserted before it is taken: else the taking of a later value z (or its own) would be over before the insertion of an
 * earlier value w (or its own) had begun, and so would be over before the taking of w begins: z would not come later.
 */
function orderOf({ list, empties }: Stays, moments: readonly number[]): number[] {
  const things: Windows[] = [...list, ...moments.map(atMoment)]
  const sequence = inBothOrders(things)
  const takeAt = new Float64Array(sequence.length)
  let latest = Infinity
  for (let place = sequence.length - 1; place >= 0; place--) {
    latest = Math.min(latest, things[sequence[place]!]!.takeTo)
    takeAt[place] = latest
  }
  const order: number[] = []
  let taken = 0
  const takeUntil = (moment: number, place: number) => {
    for (
      ;
      taken < sequence.length && (takeAt[taken]! < moment || (takeAt[taken] === moment && taken < place));
      taken++
    ) {
      const stay = list[sequence[taken]!]
      if (stay !== undefined && stay.taken !== NOBODY) order.push(stay.taken)
    }
  }
  let insertAt = -Infinity
  for (const [place, thing] of sequence.entries()) {
    insertAt = Math.max(insertAt, things[thing]!.insertFrom)
    takeUntil(insertAt, place)
    order.push(thing < list.length ? list[thing]!.inserted : empties[thing - list.length]!)
  }
  takeUntil(Infinity, sequence.length)
  return order
}

function atMoment(moment: number): Windows {
  return { insertFrom: moment, insertTo: moment, takeFrom: moment, takeTo: moment }
}
