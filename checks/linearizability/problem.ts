import type { Calls } from './calls.ts'
import type { Entry } from './entry.ts'

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

/** Crashed operations with the same input: only how many of them took effect can matter. */
export interface CrashedKind<Input = unknown, Output = unknown> {
  /** The earliest first. */
  readonly entries: readonly Entry<Input, Output>[]
  readonly call: number
  readonly blind: boolean
  /** Calls that returned with the same input. */
  readonly rivals: ReadonlySet<number>
}

/** @param entries in the order of their invocation. */
export function problemOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
): Problem<Input, Output> {
  const byInvocation: Entry<Input, Output>[] = []
  const crashed: Entry<Input, Output>[] = []
  for (const entry of entries) {
    if (entry.returned !== Infinity) byInvocation.push(entry)
    else if (!calls.factsAt(calls.numberOf(entry)).readOnly) crashed.push(entry)
  }
  const byReturn = byInvocation.map((_, index) => index)
  byReturn.sort((left, right) => byInvocation[left]!.returned - byInvocation[right]!.returned)
  const required = byReturn.map((index) => byInvocation[index]!)
  const numbers = Int32Array.from(required, (entry) => calls.numberOf(entry))
  return {
    required,
    calls: numbers,
    readOnly: Uint8Array.from(numbers, (call) => (calls.factsAt(call).readOnly ? 1 : 0)),
    ...seating(required, byReturn),
    twins: twinsOf(numbers),
    crashed: crashed.length === 0 ? [] : kindsOf(crashed, numbers, calls),
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
  return { seats, seatCount, openFrom, open: Int32Array.from(open) }
}

function twinsOf(calls: Int32Array): Int32Array {
  const latest = new Map<number, number>()
  return calls.map((call, operation) => {
    const twin = latest.get(call) ?? -1
    latest.set(call, operation)
    return twin
  })
}

function kindsOf<Input, Output>(
  crashed: readonly Entry<Input, Output>[],
  required: Int32Array,
  calls: Calls<any, Input, Output>,
): CrashedKind<Input, Output>[] {
  const byInput = new Map<number, { entries: Entry<Input, Output>[]; rivals: Set<number> }>()
  for (const entry of crashed) {
    const input = calls.factsAt(calls.numberOf(entry)).input
    const kind = byInput.get(input)
    if (kind) kind.entries.push(entry)
    else byInput.set(input, { entries: [entry], rivals: new Set() })
  }
  for (const call of required) byInput.get(calls.factsAt(call).input)?.rivals.add(call)
  return [...byInput.values()].map(({ entries, rivals }) => {
    const call = calls.numberOf(entries[0]!)
    return { entries, call, blind: calls.factsAt(call).blind, rivals }
  })
}
