import type { Entry } from '../entry.ts'
import type { Collection } from '../../model.ts'
import { ValueNumbers } from './value-numbers.ts'

/** What happened to one value of a set. Operations are numbers of entries. */
export interface Member {
  readonly value: unknown
  /** Those that put it in, unless it was in it. */
  readonly insertions: number[]
  /** Those that took it out, and those that took it out unless it was not in it. */
  readonly removals: number[]
  readonly triedRemovals: number[]
  /** Those that returned and changed nothing, but found it in the set, or found it not. */
  readonly foundIn: number[]
  readonly foundOut: number[]
}

/** What happened to a set. */
export interface Members {
  readonly list: readonly Member[]
  /** Operations that returned and told of all values, by number in the list; undefined for a value that was never put in. */
  readonly readings: readonly { readonly operation: number; readonly values: readonly (number | undefined)[] }[]
  /** Operations that returned, change nothing, and tell nothing. */
  readonly idle: readonly number[]
}

/** Undefined where an operation has no view, or is none of a set. */
export function membersOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  { view }: Collection<Input, Output>,
): Members | undefined {
  const numbers = new ValueNumbers()
  const list: Member[] = []
  const memberOf = (value: unknown): Member => {
    const number = numbers.numberOf(value)
    return (list[number] ??= { value, insertions: [], removals: [], triedRemovals: [], foundIn: [], foundOut: [] })
  }
  const readings: { readonly operation: number; readonly found: readonly unknown[] }[] = []
  const idle: number[] = []
  for (const [operation, { input, output, returned }] of entries.entries()) {
    const seen = view(input, output)
    const isCrashed = returned === Infinity
    if (seen?.does === 'insert' && seen.wasIn !== true) memberOf(seen.value).insertions.push(operation)
    else if (seen?.does === 'remove' && seen.wasIn === true && !isCrashed) memberOf(seen.value).removals.push(operation)
    else if (seen?.does === 'remove' && seen.wasIn !== false) memberOf(seen.value).triedRemovals.push(operation)
    else if (isCrashed && seen !== undefined) continue
    else if (seen?.does === 'insert') memberOf(seen.value).foundIn.push(operation)
    else if (seen?.does === 'remove') memberOf(seen.value).foundOut.push(operation)
    else if (seen?.does === 'look up' && seen.isIn === true) memberOf(seen.value).foundIn.push(operation)
    else if (seen?.does === 'look up' && seen.isIn === false) memberOf(seen.value).foundOut.push(operation)
    else if (seen?.does === 'read all' && seen.values !== undefined) readings.push({ operation, found: seen.values })
    else if (seen?.does === 'look up' || seen?.does === 'read all') idle.push(operation)
    else return undefined
  }
  return {
    list,
    readings: readings.map(({ operation, found }) => ({
      operation,
      values: found.map((value) => numbers.known(value)),
    })),
    idle,
  }
}
