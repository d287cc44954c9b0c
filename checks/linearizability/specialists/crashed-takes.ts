import type { Entry } from '../entry.ts'
import { NOBODY } from './reads-from.ts'
import type { Stay, Stays } from './stays.ts'

/** An order for values with these windows, or some conflicts, each of which excludes an order. */
export type Attempt = { readonly order: () => readonly number[] } | { readonly conflicts: readonly Conflict[] }

/** Values, and operations that found nothing, that by themselves have no order. */
export interface Conflict {
  readonly values: readonly Stay[]
  readonly empties: readonly number[]
}

/** Values that all attempts together may go through, and the least number of attempts. */
const VALUES = 300_000
const ATTEMPTS = 20

/**
 * Finds which values the crashed operations took, so that there is an order.
 *
 * At first all values that nobody is known to have taken stay for good. Where that is a conflict, one of those in it must
 * have gone, and earlier than was supposed: each is tried, at the latest time that makes a difference. A value goes when
 * some crashed operation has been invoked, and by any time no more values have gone than crashed operations have been
 * invoked. So every choice that leaves room for an order is reached, and where all that was tried leads to conflicts,
 * these together exclude an order whatever was taken. What is tried first is to settle all conflicts at once.
 *
 * @param attempt looks at the windows of the values; wider ones never lead to a conflict that narrower ones do not.
 * @returns undefined where too many attempts would be needed.
 */
export function withCrashedTakes(
  stays: Stays,
  entries: readonly Entry[],
  attempt: () => Attempt,
): { readonly order: () => readonly number[] } | Conflict | undefined {
  const { list, staying, crashedTakes } = stays
  const choices = new Choices(stays, entries)
  const involved: Conflict[] = []
  const pending: Levels[] = [staying.map(() => crashedTakes.length)]
  const seen = new Set<string>()
  let attemptsLeft = Math.max(ATTEMPTS, Math.floor(VALUES / (list.length + 1)))
  while (pending.length > 0) {
    const levels = pending.pop()!
    if (seen.has(levels.join())) continue
    if (attemptsLeft-- === 0) return undefined
    seen.add(levels.join())
    choices.settle(levels)
    const result = attempt()
    if ('order' in result) return result
    const { conflicts } = result
    const settled = conflicts.find((conflict) => !choices.matterFor(conflict))
    if (settled !== undefined) return settled
    involved.push(conflicts[0]!)
    pending.push(...choices.alternatives(levels, conflicts[0]!), choices.leap(levels, conflicts))
  }
  return {
    values: [...new Set(involved.flatMap(({ values }) => values))],
    empties: [...new Set(involved.flatMap(({ empties }) => empties))],
  }
}

/** For each staying value the crashed operation from whose invocation on it may go; with none it stays for good. */
type Levels = readonly number[]

class Choices {
  private readonly stays: Stays
  private readonly entries: readonly Entry[]
  private readonly invocations: readonly number[]
  private readonly indices: ReadonlyMap<Stay, number>

  constructor(stays: Stays, entries: readonly Entry[]) {
    this.stays = stays
    this.entries = entries
    this.invocations = stays.crashedTakes.map((operation) => entries[operation]!.invoked)
    this.indices = new Map(stays.staying.map((stay, index) => [stay, index]))
  }

  /** Whether a value of the conflict may be gone sooner or later. */
  matterFor({ values }: Conflict): boolean {
    return values.some((stay) => this.indices.has(stay))
  }

  /** Sets the windows. Those who may go first get the operations that were invoked first. */
  settle(levels: Levels): void {
    const { staying, crashedTakes, end } = this.stays
    const byLevel = [...staying.keys()].sort((left, right) => levels[left]! - levels[right]!)
    for (const [index, value] of byLevel.entries()) {
      const stay = staying[value]!
      const invoked = this.invocations[levels[value]!]
      stay.taken = invoked === undefined ? NOBODY : crashedTakes[index]!
      stay.takeFrom = invoked === undefined ? end : Math.max(stay.insertFrom, invoked)
      stay.takeTo = Infinity
    }
  }

  /** With one value of the conflict gone so much earlier that its going compares differently with something there. */
  alternatives(levels: Levels, { values, empties }: Conflict): readonly Levels[] {
    const marks = [
      ...values.flatMap(({ insertTo, takeTo }) => [insertTo, takeTo]),
      ...empties.map((operation) => this.entries[operation]!.returned),
    ]
    const found: Levels[] = []
    for (const stay of values) {
      const value = this.indices.get(stay)
      if (value === undefined) continue
      const goneFrom = this.invocations[levels[value]!] ?? Infinity
      const mark = marks.reduce((latest, rank) => (rank < goneFrom ? Math.max(latest, rank) : latest), -1)
      let level = levels[value]! - 1
      while (level >= 0 && this.invocations[level]! > mark) level -= 1
      const next = levels.map((same, other) => (other === value ? level : same))
      if (level >= 0 && isPossible(next, this.invocations.length)) found.push(next)
    }
    return found
  }

  /** With one value of each conflict gone earlier, where that is possible. */
  leap(levels: Levels, conflicts: readonly Conflict[]): Levels {
    return conflicts.reduce((reached, conflict) => this.alternatives(reached, conflict).at(-1) ?? reached, levels)
  }
}

/** Whether there are enough crashed operations for the values that are gone by any time. */
function isPossible(levels: Levels, never: number): boolean {
  const gone = levels.filter((level) => level < never).sort((left, right) => left - right)
  return gone.every((level, index) => level >= index)
}
