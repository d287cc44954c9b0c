/**
 * A vector clock: how many events of each actor are known, all of them up to there (Time, Clocks, and the Ordering of
 * Events, Lamport, CACM 1978; Virtual Time and Global States, Mattern, 1989). Plain data; an actor that is not in it
 * has done nothing.
 */
export type Clock = ReadonlyMap<string, number>

/** One event: the `count`th of its actor, counted from 1. */
export interface Dot {
  readonly actor: string
  readonly count: number
}

/** Null: they are concurrent, neither knows all that the other does. */
export type Order = 'before' | 'equal' | 'after' | null

export function countOf(clock: Clock, actor: string): number {
  return clock.get(actor) ?? 0
}

/** True where the event is one of those the clock knows. */
export function knows(clock: Clock, { actor, count }: Dot): boolean {
  return countOf(clock, actor) >= count
}

/** True where the first knows all that the second does. */
export function covers(one: Clock, other: Clock): boolean {
  for (const [actor, count] of other) if (countOf(one, actor) < count) return false
  return true
}

export function compareClocks(one: Clock, other: Clock): Order {
  const [first, second] = [covers(one, other), covers(other, one)]
  if (first && second) return 'equal'
  return first ? 'after' : second ? 'before' : null
}

/** The least clock that knows what either does. */
export function joinClocks(one: Clock, other: Clock): Clock {
  if (covers(one, other)) return one
  const joined = new Map(one)
  for (const [actor, count] of other) if (countOf(joined, actor) < count) joined.set(actor, count)
  return joined
}

/** The clock once this event is known too; it must be the next of its actor, or one that is known. */
export function withDot(clock: Clock, { actor, count }: Dot): Clock {
  return countOf(clock, actor) >= count ? clock : new Map(clock).set(actor, count)
}

/** As a list in the order of the actors' names, the same for equal clocks: for digests, and for clients to give back. */
export function clockEntries(clock: Clock): readonly (readonly [actor: string, count: number])[] {
  return [...clock].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
}
