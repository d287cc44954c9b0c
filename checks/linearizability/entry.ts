import { hasAnswer } from '../history.ts'
import type { History, Operation } from '../history.ts'
import { HistoryError } from '../history-error.ts'
import type { Call } from '../model.ts'

/** An operation as a checker sees it: its call, and its two places in the one order of all invocations and returns. */
export interface Entry<Input = unknown, Output = unknown> extends Call<Input, Output> {
  readonly operation: Operation<Input, Output>
  /** Counted from 0. */
  readonly invoked: number
  /** Infinity where it may take effect at any later time, or never. */
  readonly returned: number
}

/** True where `left` had returned when `right` was invoked. */
export function precedes(left: Entry, right: Entry): boolean {
  return left.returned < right.invoked
}

/**
 * The operations of a history that may have taken effect, in the order of their invocation. Operations that failed
 * are left out, but for those that tell what they found; an answer of `undefined` counts as `null`, as undefined means that nobody knows the answer.
 *
 * Invocations and returns are ordered by time. Where two have the same time, the trace's events decide if the history
 * has them; otherwise the operations count as concurrent, which never condemns a good history.
 *
 * @throws HistoryError where an operation has no outcome or no times, or returned before it was invoked.
 */
export function entriesOf<Input, Output>(history: History<Input, Output>): Entry<Input, Output>[] {
  const operations = history.filter((operation) => operation.outcome !== 'fail' || hasAnswer(operation))
  for (const operation of operations) {
    const fault = faultOf(operation)
    if (fault !== undefined) throw new HistoryError(operation, fault)
  }
  const ends = endsByEvent(operations) ?? endsByTime(operations)
  const returned = new Int32Array(operations.length).fill(-1)
  for (let rank = 0; rank < ends.length; rank++) if ((ends[rank]! & 1) === 1) returned[ends[rank]! >> 1] = rank
  const entries: Entry<Input, Output>[] = []
  for (let rank = 0; rank < ends.length; rank++) {
    if ((ends[rank]! & 1) === 1) continue
    const index = ends[rank]! >> 1
    const operation = operations[index]!
    const end = returned[index]!
    entries.push(entryOf(operation, answerOf(operation), rank, end === -1 ? Infinity : end))
  }
  return entries
}

/** What is wrong with its outcome or its times, in a sentence. */
function faultOf(operation: Operation): string | undefined {
  const { outcome, invokedAtMs, returnedAtMs } = operation
  if (outcome !== 'ok' && outcome !== 'info' && outcome !== 'fail') {
    return `its outcome must be "ok", "fail" or "info", not ${JSON.stringify(outcome)}`
  }
  // Not so of times that are no numbers.
  if (hasAnswer(operation) ? returnedAtMs >= invokedAtMs : invokedAtMs >= -Infinity) return undefined
  return returnedAtMs < invokedAtMs
    ? `it returned at ${returnedAtMs}, before it was invoked at ${invokedAtMs}; give times of a clock that never goes back`
    : 'it needs the times of its invocation and of its return in milliseconds'
}

/** All entries are made here, so that the engine sees one kind of object. */
function entryOf<Input, Output>(
  operation: Operation<Input, Output>,
  output: Output | undefined,
  invoked: number,
  returned: number,
): Entry<Input, Output> {
  return { operation, input: operation.input, output, invoked, returned }
}

function answerOf<Output>(operation: Operation<unknown, Output>): Output | undefined {
  if (!hasAnswer(operation)) return undefined
  return operation.output === undefined ? (null as Output) : operation.output
}

/*
 * Both give invocations and returns in order, each as twice the operation's index, and one more for its return.
 */

/** By the trace's events, where all have theirs and the times agree with them: sorted as plain numbers. */
function endsByEvent(operations: History): Int32Array | undefined {
  const count = 2 * operations.length
  const keys = new Float64Array(count)
  let length = 0
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index]!
    const isReturn = hasAnswer(operation)
    const { invokedAtEvent, returnedAtEvent } = operation
    if (!isExact(invokedAtEvent, count) || (isReturn && !isExact(returnedAtEvent, count))) return undefined
    keys[length++] = invokedAtEvent * count + 2 * index
    if (isReturn) keys[length++] = returnedAtEvent! * count + 2 * index + 1
  }
  keys.fill(Infinity, length).sort()
  const ends = new Int32Array(length)
  let latest = -Infinity
  for (let rank = 0; rank < length; rank++) {
    const end = keys[rank]! % count
    const operation = operations[end >> 1]!
    const time = (end & 1) === 0 ? operation.invokedAtMs : operation.returnedAtMs
    if (!(time >= latest)) return undefined
    latest = time
    ends[rank] = end
  }
  return ends
}

/** True where the event's number and another below `count` fit into one number. */
function isExact(event: number | undefined, count: number): event is number {
  return Number.isInteger(event) && event! >= 0 && (event! + 1) * count <= Number.MAX_SAFE_INTEGER
}

/** By time; at the same time an invocation comes before a return, unless all have events that tell. */
function endsByTime(operations: History): readonly number[] {
  const numbered = operations.every(
    (operation) =>
      operation.invokedAtEvent !== undefined && (!hasAnswer(operation) || operation.returnedAtEvent !== undefined),
  )
  const times = new Float64Array(2 * operations.length)
  const events = new Float64Array(2 * operations.length)
  const invocations: number[] = []
  const returns: number[] = []
  operations.forEach((operation, index) => {
    const { invokedAtMs, returnedAtMs, invokedAtEvent, returnedAtEvent } = operation
    const invocation = 2 * index
    const isReturn = hasAnswer(operation)
    times[invocation] = invokedAtMs
    times[invocation + 1] = returnedAtMs
    events[invocation] = numbered ? invokedAtEvent! : 0
    events[invocation + 1] = numbered && isReturn ? returnedAtEvent! : 1
    invocations.push(invocation)
    if (isReturn) returns.push(invocation + 1)
  })
  // Two runs that are nearly in order each: few comparisons are left to the sort.
  return [...invocations, ...returns].sort((left, right) => {
    const [leftTime, rightTime] = [times[left]!, times[right]!]
    if (leftTime !== rightTime) return leftTime < rightTime ? -1 : 1
    return events[left]! - events[right]! || left - right
  })
}

/** What was known when the return of rank `cut` had come: operations then under way are open, their answers unknown. */
export function entriesUpTo<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  cut: number,
): Entry<Input, Output>[] {
  const known: Entry<Input, Output>[] = []
  for (let index = 0; index < entries.length && entries[index]!.invoked < cut; index++) {
    const entry = entries[index]!
    known.push(entry.returned <= cut ? entry : entryOf(entry.operation, undefined, entry.invoked, Infinity))
  }
  return known
}

/** The same with its answer forgotten. */
export function withoutAnswer<Input, Output>({
  operation,
  invoked,
  returned,
}: Entry<Input, Output>): Entry<Input, Output> {
  return entryOf(operation, undefined, invoked, returned)
}
