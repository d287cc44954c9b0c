import { coreOfStays, partsOf } from './collection-core.ts'
import { withCrashedTakes } from './crashed-takes.ts'
import type { Attempt, Conflict } from './crashed-takes.ts'
import { verdictOf } from './earliest.ts'
import type { Outcome } from './earliest.ts'
import type { Entry } from '../entry.ts'
import type { Collection } from '../../model.ts'
import { nest } from './nesting.ts'
import type { Move } from './nesting.ts'
import { Presence } from './presence.ts'
import { NOBODY } from './reads-from.ts'
import type { Specialist } from '../specialist.ts'
import { numbersBy } from '../sorting.ts'
import { staysOf } from './stays.ts'
import type { Stay, Stays } from './stays.ts'

/**
 * A last-in-first-out stack into which no value that anybody took was inserted twice. There is an order if and only if
 * the values can be nested (see {@link nest}), and each operation that found the stack empty has a moment at which no
 * value is certainly in it; for nesting leaves the stack empty at every such moment. Time: that of sorting.
 */
export const lifoStack: Specialist = (entries, { collection }) => {
  if (collection?.kind !== 'stack') return undefined
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
  const attempt = withCrashedTakes(stays, entries, () => attemptOf(stays, entries))
  if (attempt === undefined) return undefined
  if ('values' in attempt) return { core: coreOfStays(attempt.values, attempt.empties, stays, entries) }
  return stays.isPartial ? undefined : { order: () => attempt.order().map((operation) => entries[operation]!) }
}

function attemptOf({ list, staying, empties }: Stays, entries: readonly Entry[]): Attempt {
  const isSure = ({ insertTo, takeFrom }: Stay) => insertTo < takeFrom
  const presence = new Presence(list)
  const conflicts: Conflict[] = []
  const others: Other[] = []
  for (const empty of empties) {
    const { invoked, returned } = entries[empty]!
    const moment = presence.gapBetween(invoked, returned)
    if (moment === undefined) conflicts.push({ values: presence.chainBetween(invoked, returned), empties: [empty] })
    else others.push({ moment, operations: [empty] })
  }
  const { moves, rootless } = nest(list.filter(isSure), new Set(staying))
  for (const values of rootless) conflicts.push({ values, empties: [] })
  if (conflicts.length > 0) return { conflicts }
  for (const stay of list) {
    if (!isSure(stay)) others.push({ moment: stay.takeFrom + 0.5, operations: [stay.inserted, stay.taken] })
  }
  return { order: () => merged(moves, others) }
}

/** What happens at one moment and leaves the stack as it was. */
interface Other {
  readonly moment: number
  readonly operations: readonly number[]
}

/** At one moment, first values go, then happens what leaves the stack as it was, and then values come. */
function merged(moves: readonly Move[], others: readonly Other[]): number[] {
  const byMoment = numbersBy(others.length, (other) => 2 * others[other]!.moment)
  const order: number[] = []
  let next = 0
  const passTo = (moment: number, isIncluded: boolean) => {
    for (; next < byMoment.length; next++) {
      const other = others[byMoment[next]!]!
      if (other.moment > moment || (other.moment === moment && !isIncluded)) return
      order.push(...other.operations)
    }
  }
  for (const { stay, does, moment } of moves) {
    passTo(moment, does === 'insert')
    if (does === 'insert') order.push(stay.inserted)
    else if (stay.taken !== NOBODY) order.push(stay.taken)
  }
  passTo(Infinity, true)
  return order
}
