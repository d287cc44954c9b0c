import { type Clock, clockEntries, countOf, type Dot, joinClocks, knows, withDot } from './clock.ts'

/** One write: never changed, and told from all others by its dot. Null: the write took the value away. */
export interface Version {
  readonly dot: Dot
  readonly value: string | null
}

/**
 * All that a replica knows of one key: the versions that no known write has replaced, and the clock of every write that
 * it knows, also of those that are replaced. Whoever has a clock has, or knows the end of, all that the clock counts.
 *
 * These are dotted version vector sets (Scalable and Accurate Causality Tracking for Eventually Consistent Stores,
 * Almeida, Baquero, Gonçalves, Preguiça and Fonte, DAIS 2014). A plain vector clock with servers as actors would make
 * two writes of two clients through one server look as if the second had seen the first.
 */
export interface Siblings {
  readonly clock: Clock
  /** In the order of their dots, so that equal knowledge is equal data. */
  readonly versions: readonly Version[]
}

export const NOTHING: Siblings = { clock: new Map(), versions: [] }

/**
 * A write by a server that keeps this key: it replaces what its context knows, and nothing else.
 *
 * @param context the clock that its client got with what it read; what it does not know becomes a sibling
 * @param actor who writes; nobody else may count under this name, and never twice from the same count
 */
export function write(known: Siblings, context: Clock, actor: string, value: string | null): Siblings {
  const joined = joinClocks(known.clock, context)
  const dot = { actor, count: countOf(joined, actor) + 1 }
  const kept = known.versions.filter(({ dot: old }) => !knows(context, old))
  return { clock: withDot(joined, dot), versions: inOrder([...kept, { dot, value }]) }
}

/** What two replicas know together: a version stays unless one of them knows that it was replaced. */
export function merge(one: Siblings, other: Siblings): Siblings {
  if (one === other) return one
  const has = ({ versions }: Siblings, dot: Dot): boolean => versions.some((version) => isSame(version.dot, dot))
  const first = one.versions.filter(({ dot }) => has(other, dot) || !knows(other.clock, dot))
  const second = other.versions.filter(({ dot }) => !has(one, dot) && !knows(one.clock, dot))
  return { clock: joinClocks(one.clock, other.clock), versions: inOrder([...first, ...second]) }
}

/** True where both know the same. */
export function isEqual(one: Siblings, other: Siblings): boolean {
  if (one === other) return true
  if (one.versions.length !== other.versions.length || one.clock.size !== other.clock.size) return false
  for (const [actor, count] of one.clock) if (countOf(other.clock, actor) !== count) return false
  return one.versions.every(({ dot }, place) => isSame(dot, other.versions[place]!.dot))
}

/** The values that a reader is shown. */
export function valuesOf({ versions }: Siblings): readonly string[] {
  return versions.flatMap(({ value }) => (value === null ? [] : [value]))
}

/** True where nothing but the end of values is known. */
export function isTombstone({ versions }: Siblings): boolean {
  return versions.every(({ value }) => value === null)
}

/** A text that is the same for equal knowledge, and another for any other: what a digest is made of. */
export function textOf({ clock, versions }: Siblings): string {
  const known = clockEntries(clock).map(([actor, count]) => `${actor}:${count}`)
  return `${known.join(' ')}|${versions.map(({ dot }) => `${dot.actor}:${dot.count}`).join(' ')}`
}

function isSame(one: Dot, other: Dot): boolean {
  return one.count === other.count && one.actor === other.actor
}

function inOrder(versions: readonly Version[]): readonly Version[] {
  return [...versions].sort(({ dot: one }, { dot: other }) =>
    one.actor === other.actor ? one.count - other.count : one.actor < other.actor ? -1 : 1,
  )
}
