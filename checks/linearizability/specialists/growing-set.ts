import type { Entry } from '../entry.ts'
import type { Member, Members } from './members.ts'
import type { Finding, Placed } from './timeline.ts'

/**
 * A set into which each value is put once at most, from which none is taken, and of which some operations told all that
 * is in it. Such a reading comes after another if it has more values, as none are taken out; and a value that one has and
 * the other has not came in between. So all have a level: first the values of the smallest reading, then the readings of
 * just these, then the values that the next larger has besides, and so on; last the values of no reading. Whatever is on
 * a lower level must come before all that is on a higher one. That is possible unless something on a lower level begins
 * after something on a higher one has ended: each is put as early as it and the levels below allow.
 */
export function growingSet(members: Members, entries: readonly Entry[]): Finding {
  const readings = nestedReadings(members)
  if ('conflict' in readings) return readings
  const tasks = readings.map(({ operation, level }): Task => {
    const { invoked, returned } = entries[operation]!
    return { operation, level, from: invoked, to: returned, witnesses: [operation], member: undefined }
  })
  const placed = members.idle.map((operation) => whenInvoked(operation, entries, 0))
  const levels = levelsOf(members, readings)
  for (const [number, member] of members.list.entries()) {
    const level = levels[number]!
    const task = insertionOf(member, level, level < (readings.at(-1)?.level ?? 0), entries)
    if (task === undefined) placed.push(...member.foundOut.map((operation) => whenInvoked(operation, entries, 0)))
    else if ('conflict' in task) return task
    else tasks.push(task)
  }
  tasks.sort((left, right) => left.level - right.level)
  const finding = inTime(tasks, readings, entries)
  return 'conflict' in finding ? finding : { placed: [...placed, ...finding.placed] }
}

/** What must be done between two ranks, by the word of the witnesses. */
interface Task {
  readonly operation: number
  readonly level: number
  readonly from: number
  readonly to: number
  readonly witnesses: readonly number[]
  /** Undefined for a reading. */
  readonly member: Member | undefined
}

interface Reading {
  readonly operation: number
  readonly values: readonly number[]
  /** Odd; the values that are new to it have the level before. */
  readonly level: number
}

/** The readings by their size; a conflict where one has a value never put in, or two have each what the other lacks. */
function nestedReadings({ list, readings }: Members): readonly Reading[] | { readonly conflict: readonly number[] } {
  /** For each value, who looked at it last. */
  const seenBy = new Int32Array(list.length).fill(-1)
  const bySize: { readonly operation: number; readonly values: readonly number[] }[] = []
  for (const { operation, values } of readings) {
    const known: number[] = []
    for (const value of values) {
      if (value === undefined || list[value]!.insertions.length === 0) return { conflict: [operation] }
      if (seenBy[value] !== operation) known.push(value)
      seenBy[value] = operation
    }
    bySize.push({ operation, values: known })
  }
  bySize.sort((left, right) => left.values.length - right.values.length)
  seenBy.fill(-1)
  const nested: Reading[] = []
  for (const { operation, values } of bySize) {
    const smaller = nested.at(-1)
    for (const value of values) seenBy[value] = operation
    const missing = smaller?.values.find((value) => seenBy[value] !== operation)
    if (smaller !== undefined && missing !== undefined) {
      const own = values.find((value) => !smaller.values.includes(value))!
      const insertions = [missing, own].map((value) => list[value]!.insertions[0]!)
      return { conflict: [operation, smaller.operation, ...insertions] }
    }
    const isLarger = smaller === undefined || values.length > smaller.values.length
    nested.push({ operation, values, level: (smaller?.level ?? -1) + (isLarger ? 2 : 0) })
  }
  return nested
}

/** For each value the level on which it comes. */
function levelsOf({ list }: Members, readings: readonly Reading[]): Int32Array {
  const unread = (readings.at(-1)?.level ?? -1) + 1
  const levels = new Int32Array(list.length).fill(unread)
  for (const { values, level } of readings) {
    for (const value of values) if (levels[value] === unread) levels[value] = level - 1
  }
  return levels
}

/** When the value was put in; undefined where it was not, or crashed and need not have been. */
function insertionOf(
  member: Member,
  level: number,
  isRead: boolean,
  entries: readonly Entry[],
): Task | { readonly conflict: readonly number[] } | undefined {
  const [operation] = member.insertions
  const { foundIn, foundOut } = member
  if (operation === undefined) return foundIn.length === 0 ? undefined : { conflict: [foundIn[0]!] }
  const returnedAt = (number: number) => entries[number]!.returned
  const first = foundIn.reduce((one, other) => (returnedAt(other) < returnedAt(one) ? other : one), operation)
  const last = Math.max(operation, foundOut.at(-1) ?? operation)
  const [from, to] = [entries[last]!.invoked, returnedAt(first)]
  if (to === Infinity && !isRead) return undefined
  const witnesses = [operation, first, last]
  return from < to ? { operation, level, from, to, witnesses, member } : { conflict: witnesses }
}

/** Each task as early as it and those on lower levels allow, unless that is too late for one of them. */
function inTime(
  tasks: readonly Task[],
  readings: readonly Reading[],
  entries: readonly Entry[],
): { readonly conflict: readonly number[] } | { readonly placed: readonly Placed[] } {
  const placed: Placed[] = []
  let below: Task | undefined
  let here: Task | undefined
  for (const task of tasks) {
    if (here !== undefined && here.level < task.level) below = here
    if (here === undefined || here.from < task.from) here = task
    if (below !== undefined && task.to < below.from) {
      return { conflict: [...below.witnesses, ...task.witnesses, ...between(below, task, readings)] }
    }
    const moment = Math.max(task.from, below?.from ?? 0) + 0.5
    placed.push({ operation: task.operation, moment, rank: rankOf(task.level) })
    for (const operation of task.member?.foundOut ?? []) placed.push(whenInvoked(operation, entries, task.level))
    for (const operation of task.member?.foundIn ?? []) {
      const place = whenInvoked(operation, entries, task.level)
      placed.push({ ...place, moment: Math.max(place.moment, moment), rank: rankOf(task.level) + 1 })
    }
  }
  return { placed }
}

/** Who tells that the one insertion comes before the other; readings tell that of themselves. */
function between(below: Task, above: Task, readings: readonly Reading[]): readonly number[] {
  if (below.member === undefined || above.member === undefined) return []
  return [readings.find(({ level }) => level > below.level)!.operation]
}

/** At one moment lower levels come first; on each, before an insertion those that found the value not, after it who did. */
function rankOf(level: number): number {
  return 3 * level + 1
}

function whenInvoked(operation: number, entries: readonly Entry[], level: number): Placed {
  return { operation, moment: entries[operation]!.invoked + 0.5, rank: rankOf(level) - 1 }
}
