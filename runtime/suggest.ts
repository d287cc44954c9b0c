import { UsageError } from '../explore/usage-error.ts'

/** The candidate that was probably meant; undefined where none is close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase()
  let best: string | undefined
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const known = candidate.toLowerCase()
    const begun = known.startsWith(typed) && typed !== '' && known !== typed
    const distance = begun ? 1 : editDistance(typed, known)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Throws the sentence that helps someone who typed a name that there is not. */
export function unknownName(
  what: string,
  word: string,
  candidates: readonly string[],
  more: { readonly owner?: string; readonly hint?: string } = {},
): never {
  const { owner, hint } = more
  const meant = nearest(word, candidates)
  const sentences = [
    owner === undefined ? `There is no ${what} "${word}".` : `${owner} has no ${what} "${word}".`,
    ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
    candidates.length === 0 ? 'There is none.' : `There are: ${candidates.join(', ')}.`,
    ...(hint === undefined ? [] : [hint]),
  ]
  throw new UsageError(`unknown-${what.replaceAll(' ', '-')}`, sentences.join(' '))
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other (Damerau, 1964). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let distance = Math.min(current[column - 1]! + 1, last[column]! + 1, last[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) distance = Math.min(distance, beforeLast[column - 2]! + 1)
      current.push(distance)
    }
    beforeLast = last
    last = current
  }
  return last[to.length]!
}
