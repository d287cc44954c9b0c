import { NOTHING } from '../calls.ts'
import type { Entry } from '../entry.ts'
import { NOBODY } from './reads-from.ts'
import type { RegisterFacts } from './register-facts.ts'
import { numbersBy } from '../sorting.ts'

/**
 * The order with each loose operation at the first place that real time, its answer, and the places of the loose ones
 * before it allow; undefined where one finds no place.
 *
 * @param order operations, by number, in an order that is correct without the loose ones.
 * @param loose operations that returned and change nothing, in any order.
 */
export function withLoose(
  order: readonly number[],
  loose: readonly number[],
  entries: readonly Entry[],
  facts: RegisterFacts,
): number[] | undefined {
  const values = valuesAlong(order, facts)
  const latest = latestPlaces(order, entries)
  /** How many operations of the order come before it, for all that have a place by now. */
  const places = new Int32Array(entries.length).fill(NOBODY)
  order.forEach((operation, place) => {
    places[operation] = place + 1
  })
  const settled: number[][] = Array.from({ length: order.length + 1 }, () => [])
  const byReturn = returnedInOrder(entries)
  let returnedCount = 0
  let earliest = 0
  for (const operation of [...loose].sort((left, right) => left - right)) {
    const { invoked, returned } = entries[operation]!
    while (entries[byReturn[returnedCount]!]!.returned < invoked) {
      earliest = Math.max(earliest, places[byReturn[returnedCount++]!]!)
    }
    const last = latest(returned)
    let place = earliest
    while (place <= last && !fits(operation, facts, values[place]!)) place += 1
    if (place > last) return undefined
    places[operation] = place
    settled[place]!.push(operation)
  }
  const whole = [...settled[0]!]
  order.forEach((operation, place) => whole.push(operation, ...settled[place + 1]!))
  return whole
}

/** What the register holds after none of the order, after the first, and so on. */
function valuesAlong(order: readonly number[], { wrote, initial }: RegisterFacts): readonly number[] {
  let value = initial
  const values = [value]
  for (const operation of order) {
    if (wrote[operation] !== NOTHING) value = wrote[operation]!
    values.push(value)
  }
  return values
}

/** How many of the order can come before an operation that returned at a rank: those up to the first invoked later. */
function latestPlaces(order: readonly number[], entries: readonly Entry[]): (returned: number) => number {
  const firstFrom = new Int32Array(entries.length + 1).fill(order.length)
  order.forEach((operation, place) => {
    firstFrom[operation] = place
  })
  for (let operation = entries.length - 1; operation >= 0; operation--) {
    firstFrom[operation] = Math.min(firstFrom[operation]!, firstFrom[operation + 1]!)
  }
  return (returned) => {
    let [low, high] = [0, entries.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (entries[middle]!.invoked < returned) low = middle + 1
      else high = middle
    }
    return firstFrom[low]!
  }
}

function returnedInOrder(entries: readonly Entry[]): Int32Array {
  const returned = entries
    .map((_, operation) => operation)
    .filter((operation) => entries[operation]!.returned < Infinity)
  return numbersBy(returned.length, (index) => entries[returned[index]!]!.returned).map((index) => returned[index]!)
}

function fits(operation: number, { found, foundNot }: RegisterFacts, value: number): boolean {
  if (found[operation] !== NOTHING && found[operation] !== value) return false
  return foundNot[operation] !== value
}
