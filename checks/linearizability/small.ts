import { REFUSED } from './calls.ts'
import type { Calls } from './calls.ts'
import { precedes } from './entry.ts'
import type { Entry } from './entry.ts'
import type { Budget } from './moves.ts'

/** A set of operations is a number with a bit for each, and a configuration that set and a state in one number. */
const MOST_ENTRIES = 30
/** Here crashed operations are not counted by kinds, so many of them would be too many. */
const MOST_CRASHED = 4
const SETS = 0x40000000

/** True for so few operations that preparing a large search would take longer than searching them. */
export function isSmall(entries: readonly Entry[]): boolean {
  if (entries.length > MOST_ENTRIES) return false
  let crashed = 0
  for (const { returned } of entries) if (returned === Infinity) crashed += 1
  return crashed <= MOST_CRASHED
}

/** The verdict alone, on few operations: depth-first with memory, with nothing prepared. */
export function searchSmall<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
  budget: Budget,
): 'ok' | 'violated' | 'unknown' {
  const numbers: number[] = []
  /** For each operation those that must be in order before it. */
  const earlier: number[] = []
  let required = 0
  let readOnly = 0
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!
    numbers.push(calls.numberOf(entry))
    let before = 0
    for (let other = 0; other < index; other++) if (precedes(entries[other]!, entry)) before |= 1 << other
    earlier.push(before)
    if (entry.returned !== Infinity) required |= 1 << index
    if (calls.factsAt(numbers[index]!).readOnly) readOnly |= 1 << index
  }
  const visited = new Set<number>()
  const explore = (before: number, state: number): boolean => {
    let set = before
    for (let index = 0; index < entries.length; index++) {
      const bit = 1 << index
      if ((readOnly & bit & ~set) === 0 || (earlier[index]! & ~set) !== 0) continue
      budget.stepsLeft -= 1
      if (calls.step(state, numbers[index]!) !== REFUSED) set |= bit
    }
    if ((required & ~set) === 0) return true
    const configuration = state * SETS + set
    if (visited.has(configuration)) return false
    visited.add(configuration)
    for (let index = 0; index < entries.length && budget.stepsLeft > 0; index++) {
      const bit = 1 << index
      if (((set | readOnly) & bit) !== 0 || (earlier[index]! & ~set) !== 0) continue
      budget.stepsLeft -= 1
      const after = calls.step(state, numbers[index]!)
      if (after !== REFUSED && explore(set | bit, after)) return true
    }
    return false
  }
  if (explore(0, calls.initial)) return 'ok'
  return budget.stepsLeft > 0 ? 'violated' : 'unknown'
}
