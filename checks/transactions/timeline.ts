import type { History } from '../history.ts'

/** Moves an insertion may take for each element before a list counts as not nearly sorted. */
const MOVES_PER_ELEMENT = 64

/**
 * The indices 0 to `count` - 1, sorted. The ends of operations come nearly in order, so that insertion takes a few
 * moves each; a list in disorder is sorted as any other.
 *
 * @param comesAfter true where the first index belongs behind the second.
 */
export function sortedIndices(
  indices: readonly number[],
  comesAfter: (left: number, right: number) => boolean,
): number[] {
  const sorted = [...indices]
  let movesLeft = MOVES_PER_ELEMENT * sorted.length
  for (let at = 1; at < sorted.length; at++) {
    const inserted = sorted[at]!
    let gap = at
    while (gap > 0 && comesAfter(sorted[gap - 1]!, inserted)) {
      sorted[gap] = sorted[gap - 1]!
      gap--
    }
    sorted[gap] = inserted
    movesLeft -= at - gap
    if (movesLeft < 0) {
      return sorted.sort((left, right) => (comesAfter(left, right) ? 1 : comesAfter(right, left) ? -1 : 0))
    }
  }
  return sorted
}

/**
 * All invocations, and the returns of operations that ended `ok`, in one order. An end is twice the operation's place
 * in the history, and one more for its return.
 *
 * They are ordered by time; where two have the same time, by the events of the trace, if the history has them.
 * Otherwise invocations come first: then the operations count as concurrent, which never condemns a good history.
 */
export function endsInOrder(history: History): Int32Array {
  const numbered = history.every(
    ({ outcome, invokedAtEvent, returnedAtEvent }) =>
      invokedAtEvent !== undefined && (outcome !== 'ok' || returnedAtEvent !== undefined),
  )
  const times = new Float64Array(2 * history.length)
  const events = new Float64Array(2 * history.length)
  const invocations: number[] = []
  const returns: number[] = []
  history.forEach(({ outcome, invokedAtMs, returnedAtMs, invokedAtEvent, returnedAtEvent }, index) => {
    times[2 * index] = invokedAtMs
    events[2 * index] = numbered ? invokedAtEvent! : 0
    invocations.push(2 * index)
    if (outcome !== 'ok') return
    times[2 * index + 1] = returnedAtMs
    events[2 * index + 1] = numbered ? returnedAtEvent! : 1
    returns.push(2 * index + 1)
  })
  const comesAfter = (left: number, right: number): boolean => {
    const difference = times[left]! - times[right]! || events[left]! - events[right]! || left - right
    return difference > 0
  }
  return merged(sortedIndices(invocations, comesAfter), sortedIndices(returns, comesAfter), comesAfter)
}

function merged(
  left: readonly number[],
  right: readonly number[],
  comesAfter: (left: number, right: number) => boolean,
): Int32Array {
  const all = new Int32Array(left.length + right.length)
  let fromLeft = 0
  let fromRight = 0
  for (let at = 0; at < all.length; at++) {
    const isRight =
      fromLeft === left.length || (fromRight < right.length && comesAfter(left[fromLeft]!, right[fromRight]!))
    all[at] = isRight ? right[fromRight++]! : left[fromLeft++]!
  }
  return all
}
