import type { Entry } from './entry.ts'
import type { Model } from '../model.ts'
import { canonical } from '../plain.ts'

/**
 * One object's operations, laid out for the search.
 *
 * The search takes operations in the order of their returns. While the first return that is not yet explained is that
 * of operation f, every operation that returned before is in order, and of the rest only those open at that return can
 * be. So a set of ordered operations is f and a bit for each open operation. Bits are given out like seats: taken at
 * the invocation, free again after the return.
 */
export interface Problem<Input, Output> {
  /** Operations that returned, in the order of their returns. */
  readonly required: readonly Entry<Input, Output>[]
  readonly readOnly: readonly boolean[]
  readonly seats: Int32Array
  readonly seatCount: number
  /** Operations open at the return of operation f, itself among them: `open[openFrom[f]]` to `open[openFrom[f + 1] - 1]`. */
  readonly open: Int32Array
  readonly openFrom: Int32Array
  /** Operations that may or may not have taken effect: those with the same input together, the earliest first. */
  readonly crashed: readonly (readonly Entry<Input, Output>[])[]
  /** Which of the required, and which kinds of the crashed, replace the state whatever it was. */
  readonly blind: readonly boolean[]
  readonly crashedBlind: readonly boolean[]
}

/** @param entries in the order of their invocation. */
export function problemOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  model: Model<unknown, Input, Output>,
): Problem<Input, Output> {
  const isReadOnly = (entry: Entry<Input, Output>) => model.readOnly?.(entry.input, entry.output) ?? false
  const isBlind = (entry: Entry<Input, Output>) => {
    const { found, foundNot, wrote } = model.register?.(entry.input, entry.output) ?? {}
    return wrote !== undefined && found === undefined && foundNot === undefined
  }
  const byInvocation = entries.filter(({ returned }) => returned !== Infinity)
  const byReturn = byInvocation.map((_, index) => index)
  byReturn.sort((left, right) => byInvocation[left]!.returned - byInvocation[right]!.returned)
  const required = byReturn.map((index) => byInvocation[index]!)
  const crashed = alike(entries.filter((entry) => entry.returned === Infinity && !isReadOnly(entry)))
  return {
    required,
    readOnly: required.map(isReadOnly),
    ...seating(required, byReturn),
    crashed,
    blind: crashed.length === 0 ? [] : required.map(isBlind),
    crashedBlind: crashed.map(([entry]) => isBlind(entry!)),
  }
}

function seating(required: readonly Entry[], byReturn: readonly number[]) {
  const byInvocation = new Int32Array(required.length)
  byReturn.forEach((invocation, operation) => {
    byInvocation[invocation] = operation
  })
  const seats = new Int32Array(required.length)
  const openFrom = new Int32Array(required.length + 1)
  const open: number[] = []
  const free: number[] = []
  const seated: number[] = []
  let seatCount = 0
  let next = 0
  for (let first = 0; first < required.length; first++) {
    while (next < byInvocation.length && required[byInvocation[next]!]!.invoked < required[first]!.returned) {
      const arrival = byInvocation[next++]!
      seats[arrival] = free.pop() ?? seatCount++
      seated.push(arrival)
    }
    for (const operation of seated) open.push(operation)
    openFrom[first + 1] = open.length
    seated.splice(seated.indexOf(first), 1)
    free.push(seats[first]!)
  }
  return { seats, seatCount, openFrom, open: new Int32Array(open) }
}

function alike<Input, Output>(crashed: readonly Entry<Input, Output>[]): Entry<Input, Output>[][] {
  if (crashed.length < 2) return crashed.map((entry) => [entry])
  const groups = new Map<string, Entry<Input, Output>[]>()
  for (const entry of crashed) {
    const input = canonical(entry.input)
    const group = groups.get(input)
    if (group) group.push(entry)
    else groups.set(input, [entry])
  }
  return [...groups.values()]
}
