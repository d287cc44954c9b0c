import type { History } from '../history.ts'

/** Moves that sorting by insertion may take for each element before a list counts as not nearly sorted. */
const MOVES_PER_ELEMENT = 64

/**
 * Sorts in place. The ends of operations come nearly in order, so that insertion takes a few moves each; a list in
 * disorder is sorted as any other.
 *
 * @param difference positive where the first belongs behind the second; never 0.
 */
export function sortNearlySorted(list: Int32Array, difference: (left: number, right: number) => number): void {
  let movesLeft = MOVES_PER_ELEMENT * list.length
  for (let at = 1; at < list.length && movesLeft >= 0; at++) {
    const inserted = list[at]!
    let gap = at
    for (; gap > 0 && difference(list[gap - 1]!, inserted) > 0; gap--) list[gap] = list[gap - 1]!
    list[gap] = inserted
    movesLeft -= at - gap
  }
  if (movesLeft < 0) list.sort(difference)
}

/**
 * All invocations, and the returns of operations that ended `ok`, in one order. An end is twice the operation's place
 * in the history, and one more for its return.
 *
 * They are ordered by time; where two have the same time, by the events of the trace, if the history has them.
 * Otherwise invocations come first: then the operations count as concurrent, which never condemns a good history.
 */
export function endsInOrder(history: History): Int32Array {
  const times = new Float64Array(2 * history.length)
  const events = eventsOf(history)
  const invocations = new Int32Array(history.length)
  const returns = new Int32Array(history.length)
  let returned = 0
  history.forEach((operation, index) => {
    invocations[index] = 2 * index
    times[2 * index] = operation.invokedAtMs
    times[2 * index + 1] = operation.returnedAtMs
    if (operation.outcome === 'ok') returns[returned++] = 2 * index + 1
  })
  const difference = (left: number, right: number): number => {
    if (times[left] !== times[right]) return times[left]! - times[right]!
    return (events === undefined ? (left % 2) - (right % 2) : events[left]! - events[right]!) || left - right
  }
  sortNearlySorted(invocations, difference)
  const sortedReturns = returns.subarray(0, returned)
  sortNearlySorted(sortedReturns, difference)
  return merged(invocations, sortedReturns, difference)
}

/** The events of the trace at all ends that count, if there are events at all of them. */
function eventsOf(history: History): Float64Array | undefined {
  const isNumbered = history.every(
    ({ outcome, invokedAtEvent, returnedAtEvent }) =>
      invokedAtEvent !== undefined && (outcome !== 'ok' || returnedAtEvent !== undefined),
  )
  if (!isNumbered) return undefined
  const events = new Float64Array(2 * history.length)
  history.forEach(({ invokedAtEvent, returnedAtEvent }, index) => {
    events[2 * index] = invokedAtEvent!
    events[2 * index + 1] = returnedAtEvent ?? 0
  })
  return events
}

function merged(left: Int32Array, right: Int32Array, difference: (left: number, right: number) => number): Int32Array {
  const all = new Int32Array(left.length + right.length)
  let fromLeft = 0
  let fromRight = 0
  for (let at = 0; at < all.length; at++) {
    const isRight =
      fromLeft === left.length || (fromRight < right.length && difference(left[fromLeft]!, right[fromRight]!) > 0)
    all[at] = isRight ? right[fromRight++]! : left[fromLeft++]!
  }
  return all
}
