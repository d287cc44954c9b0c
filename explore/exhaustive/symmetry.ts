import type { Reading } from './fingerprint.ts'

/** A way to call the nodes by other names: `places[index]` is the node whose name this node takes. */
export interface Renaming {
  readonly places: readonly number[]
  readonly reading: Reading
}

/** Beyond this the renamings cost more than they save: 5! = 120. */
export const MOST_INTERCHANGEABLE = 5

/**
 * All ways to exchange the names of the nodes at these places, the first of which leaves all as it is. Where no nodes
 * are interchangeable, that is the only one.
 *
 * A state and its image under a renaming have the same future but for the names, as long as machines treat all names
 * alike (nobody breaks a tie by them) and what is asked of whom is explored in full. So one state of each such class is
 * enough (Ip and Dill, "Better verification through symmetry", 1996); the least fingerprint stands for the class.
 */
export function renamingsOf(names: readonly string[], interchangeable: readonly number[]): readonly Renaming[] {
  const unordered = interchangeable.length > 0
  const nodes = unordered ? new Set(names) : undefined
  return permutations(interchangeable).map((image) => {
    const places = names.map((_, index) => {
      const at = interchangeable.indexOf(index)
      return at < 0 ? index : image[at]!
    })
    const isIdentity = places.every((place, index) => place === index)
    const renamed = new Map(interchangeable.map((index) => [names[index]!, names[places[index]!]!]))
    return { places, reading: { unordered, nodes, names: isIdentity ? undefined : renamed } }
  })
}

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length === 0) return [[]]
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest] as const),
  )
}
