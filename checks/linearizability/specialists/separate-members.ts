import type { Entry } from '../entry.ts'
import type { Member, Members } from './members.ts'
import type { Finding, Placed } from './timeline.ts'

/**
 * Each value by itself: a set is linearizable where each of its values is (M. Herlihy and J. Wing, "Linearizability",
 * 1990, section 3.1). One that is put in once at most, and taken out once at most, has few courses: it was never in it;
 * it came and stayed; it came and went; or it was to be taken out before it came. Whoever found it did so between its
 * coming and its going, which sets a latest moment to the one and an earliest to the other. These leave most room for
 * those that found it not.
 */
export function separateMembers({ list, idle }: Members, entries: readonly Entry[]): Finding {
  const placed = idle.map((operation) => ({ operation, moment: entries[operation]!.invoked + 0.5, rank: BEFORE }))
  for (const member of list) {
    const courses = new Courses(member, entries).all()
    const possible = courses.find((course) => 'placed' in course)
    if (possible === undefined)
      return { conflict: courses.flatMap((course) => ('conflict' in course ? course.conflict : [])) }
    if ('placed' in possible) placed.push(...possible.placed)
  }
  return { placed }
}

/** Ranks at one moment. */
const BEFORE = 0
const COMES = 1
const IS_IN = 2
const GOES = 3
const AFTER = 4

class Courses {
  private readonly member: Member
  private readonly entries: readonly Entry[]
  private readonly insertion: number | undefined
  private readonly removal: number | undefined
  /** The last invoked of those that found it, or found it not, and the first returned of those that found it. */
  private readonly lastFoundIn: number | undefined
  private readonly firstFoundIn: number | undefined
  private readonly lastFoundOut: number | undefined

  constructor(member: Member, entries: readonly Entry[]) {
    const { insertions, removals, triedRemovals, foundIn, foundOut } = member
    this.member = member
    this.entries = entries
    this.insertion = insertions[0]
    this.removal = removals[0] ?? triedRemovals[0]
    this.lastFoundIn = foundIn.at(-1)
    this.firstFoundIn = foundIn.reduce<number | undefined>(
      (first, operation) =>
        first === undefined || this.returned(operation) < this.returned(first) ? operation : first,
      undefined,
    )
    this.lastFoundOut = foundOut.at(-1)
  }

  /** All that the operations leave open, each either placed in time or refuted. */
  all(): readonly Finding[] {
    const { insertion, removal } = this
    const mayBeNone = (operation: number | undefined) =>
      operation === undefined || this.returned(operation) === Infinity
    const courses: Finding[] = []
    if (mayBeNone(insertion)) courses.push(this.never())
    if (insertion !== undefined && mayBeNone(removal)) courses.push(this.stays(insertion, undefined))
    if (insertion !== undefined && removal !== undefined) {
      courses.push(this.goes(insertion, removal))
      if (this.member.triedRemovals.length > 0) courses.push(this.stays(insertion, removal))
    }
    return courses
  }

  private never(): Finding {
    const { removals, triedRemovals } = this.member
    const refuted = this.firstFoundIn ?? removals[0]
    if (refuted !== undefined) return { conflict: [refuted] }
    const tried = triedRemovals.filter((operation) => this.returned(operation) !== Infinity)
    return { placed: this.placedOut(Infinity, Infinity, tried) }
  }

  /** It came, after it was taken out in vain where it was, and was in it from then on. */
  private stays(insertion: number, inVain: number | undefined): Finding {
    const from = this.latest([insertion, inVain, this.lastFoundOut])
    const to = this.earliest([insertion, this.firstFoundIn])
    if (this.invoked(from) > this.returned(to)) return { conflict: [from, to, insertion] }
    const moment = this.invoked(from) + 0.5
    const placed = [...this.placedOut(moment, Infinity, inVain === undefined ? [] : [inVain]), ...this.placedIn(moment)]
    return { placed: [...placed, { operation: insertion, moment, rank: COMES }] }
  }

  private goes(insertion: number, removal: number): Finding {
    const latest = this.earliest([insertion, this.firstFoundIn, removal])
    const earliest = this.latest([removal, this.lastFoundIn, insertion])
    const [comesTo, goesFrom] = [this.returned(latest), this.invoked(earliest)]
    const conflict = [insertion, removal, latest, earliest]
    if (comesTo < this.invoked(insertion) || this.returned(removal) < goesFrom) return { conflict }
    const misfit = this.member.foundOut.find(
      (operation) => comesTo < this.invoked(operation) && this.returned(operation) < goesFrom,
    )
    if (misfit !== undefined) return { conflict: [...conflict, misfit] }
    const goes = goesFrom + 0.5
    const comes = Math.min(comesTo - 0.5, goes)
    const placed = [...this.placedOut(comes, goes, []), ...this.placedIn(comes)]
    placed.push({ operation: insertion, moment: comes, rank: COMES }, { operation: removal, moment: goes, rank: GOES })
    return { placed }
  }

  /** Those that found it not, before it came or after it went. */
  private placedOut(comes: number, goes: number, others: readonly number[]): Placed[] {
    return [...this.member.foundOut, ...others].map((operation) => {
      const moment = this.invoked(operation) + 0.5
      if (moment <= comes) return { operation, moment, rank: BEFORE }
      return { operation, moment: Math.max(moment, goes), rank: AFTER }
    })
  }

  private placedIn(comes: number): Placed[] {
    return this.member.foundIn.map((operation) => {
      return { operation, moment: Math.max(this.invoked(operation) + 0.5, comes), rank: IS_IN }
    })
  }

  private latest(operations: readonly (number | undefined)[]): number {
    return operations.reduce<number>(
      (latest, operation) => (operation !== undefined && operation > latest ? operation : latest),
      -1,
    )
  }

  private earliest(operations: readonly (number | undefined)[]): number {
    return operations
      .filter((operation) => operation !== undefined)
      .reduce((earliest, operation) => (this.returned(operation) < this.returned(earliest) ? operation : earliest))
  }

  private invoked(operation: number): number {
    return this.entries[operation]!.invoked
  }

  private returned(operation: number): number {
    return this.entries[operation]!.returned
  }
}
