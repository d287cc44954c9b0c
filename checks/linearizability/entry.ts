import { hasAnswer } from '../history.ts'
import type { History, Operation } from '../history.ts'
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
 */
export function entriesOf<Input, Output>(history: History<Input, Output>): Entry<Input, Output>[] {
  const operations = history.filter((operation) => operation.outcome !== 'fail' || hasAnswer(operation))
  const invoked = new Array<number>(operations.length)
  const returned = new Array<number>(operations.length).fill(Infinity)
  endsInOrder(operations).forEach((end, rank) => {
    if (end % 2 === 0) invoked[end >> 1] = rank
    else returned[end >> 1] = rank
  })
  return operations
    .map((operation, index) => ({
      operation,
      input: operation.input,
      output: answerOf(operation),
      invoked: invoked[index]!,
      returned: returned[index]!,
    }))
    .sort((left, right) => left.invoked - right.invoked)
}

function answerOf<Output>(operation: Operation<unknown, Output>): Output | undefined {
  if (!hasAnswer(operation)) return undefined
  return operation.output === undefined ? (null as Output) : operation.output
}

/** Twice the operation's index for its invocation, and one more for its return. */
function endsInOrder(operations: History): number[] {
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
  return entries
    .filter(({ invoked }) => invoked < cut)
    .map((entry) => (entry.returned <= cut ? entry : { ...entry, output: undefined, returned: Infinity }))
}
