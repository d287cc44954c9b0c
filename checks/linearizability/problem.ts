import { NOTHING } from './calls.ts'
import type { Calls } from './calls.ts'
import type { Entry } from './entry.ts'
import { numbersBy } from './sorting.ts'

/**
 * One object's operations, laid out for a search.
 *
 * Searches take operations in the order of their returns. While the first return that is not yet explained is that
 * of operation f, every operation that returned before is in order, and of the rest only those open at that return can
 * be. So a set of ordered operations is f and a bit for each open operation. Bits are given out like seats: taken at
 * the invocation, free again after the return.
 */
export interface Problem<Input = unknown, Output = unknown> {
  /** Operations that returned, in the order of their returns. */
  readonly required: readonly Entry<Input, Output>[]
  /** The call of each. */
  readonly calls: Int32Array
  readonly readOnly: Uint8Array
  readonly seats: Int32Array
  readonly seatCount: number
  /** Operations open at the return of operation f, itself among them: `open[openFrom[f]]` to `open[openFrom[f + 1] - 1]`. */
  readonly open: Int32Array
  readonly openFrom: Int32Array
  /** For each of the required, the one before with the same call, or -1. */
  readonly twins: Int32Array
  /** Operations that may or may not have taken effect, by their earliest invocations. */
  readonly crashed: readonly CrashedKind<Input, Output>[]
}

/** Crashed operations with equal calls: only how many of them took effect can matter. */
export interface CrashedKind<Input = unknown, Output = unknown> {
  /** The earliest first. */
  readonly entries: readonly Entry<Input, Output>[]
  readonly call: number
  readonly blind: boolean
  /** Calls that returned, in whose place one of these would do the same. */
  readonly rivals: Set<number>
}

/** @param entries in the order of their invocation. */
export function problemOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
): Problem<Input, Output> {
  const returned: Entry<Input, Output>[] = []
  const crashed: Entry<Input, Output>[] = []
  for (const entry of entries) {
    if (entry.returned !== Infinity) returned.push(entry)
    else if (!calls.factsAt(calls.numberOf(entry)).readOnly) crashed.push(entry)
  }
  const byReturn = numbersBy(returned.length, (index) => returned[index]!.returned)
  const required: Entry<Input, Output>[] = []
  const numbers = new Int32Array(returned.length)
  const readOnly = new Uint8Array(returned.length)
  for (let operation = 0; operation < byReturn.length; operation++) {
    const entry = returned[byReturn[operation]!]!
    const call = calls.numberOf(entry)
    required.push(entry)
    numbers[operation] = call
    readOnly[operation] = calls.factsAt(call).readOnly ? 1 : 0
  }
  return {
    required,
    calls: numbers,
    readOnly,
    ...seating(required, byReturn),
    twins: twinsOf(numbers),
    crashed: crashed.length === 0 ? [] : kindsOf(crashed, numbers, calls),
  }
}

function seating(required: readonly Entry[], byReturn: Int32Array) {
  const byInvocation = new Int32Array(required.length)
  for (let operation = 0; operation < byReturn.length; operation++) byInvocation[byReturn[operation]!] = operation
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
  return { seats, seatCount, openFrom, open: Int32Array.from(open) }
}

function twinsOf(calls: Int32Array): Int32Array {
  const twins = new Int32Array(calls.length)
  const latest = new Map<number, number>()
  for (let operation = 0; operation < calls.length; operation++) {
    const call = calls[operation]!
    twins[operation] = latest.get(call) ?? -1
    latest.set(call, operation)
  }
  return twins
}

function kindsOf<Input, Output>(
  crashed: readonly Entry<Input, Output>[],
  required: Int32Array,
  calls: Calls<any, Input, Output>,
): CrashedKind<Input, Output>[] {
  const byCall = new Map<number, CrashedKind<Input, Output> & { readonly entries: Entry<Input, Output>[] }>()
  const byDeed = new Map<number, CrashedKind<Input, Output>[]>()
  for (const entry of crashed) {
    const call = calls.numberOf(entry)
    const known = byCall.get(call)
    if (known !== undefined) {
      known.entries.push(entry)
      continue
    }
    const { blind, deed } = calls.factsAt(call)
    const kind = { entries: [entry], call, blind, rivals: new Set<number>() }
    byCall.set(call, kind)
    const others = byDeed.get(deed)
    if (others) others.push(kind)
    else byDeed.set(deed, [kind])
  }
  for (const call of required) {
    const { deed, found } = calls.factsAt(call)
    for (const kind of byDeed.get(deed) ?? []) {
      const condition = calls.factsAt(kind.call).found
      if (condition === NOTHING || condition === found) kind.rivals.add(call)
    }
  }
  return [...byCall.values()]
}
