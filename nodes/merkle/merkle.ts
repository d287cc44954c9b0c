import { sha1OfText } from '../ring/sha1.ts'

/**
 * Merkle trees over things that have a place and a digest each, the place in hexadecimal digits: the node of a prefix
 * covers all whose place begins with it, and has a child for each next digit. Two sides that hold nearly the same
 * compare a few nodes and find what differs (A Digital Signature Based on a Conventional Encryption Function, Merkle,
 * CRYPTO '87; Dynamo, section 4.7). Nodes are hashes of their children one after the other, and not sums or exclusive
 * ors of them: two things that are missing must not cancel out.
 */
export type MerkleEntry = readonly [place: string, digest: string]

/** One node of one side's tree, or what lies under it where that is little. */
export type MerklePart =
  | { readonly prefix: string; readonly digest: string }
  | { readonly prefix: string; readonly entries: readonly MerkleEntry[] }

/** A node with so many entries, or fewer, has no children. */
const LEAF_ENTRIES = 4
const DIGITS = '0123456789abcdef'
/** What a node digest is cut to, in digits: peers compare by it, nobody is kept out by it. */
const DIGEST_DIGITS = 16

/** The digest of the node of a prefix; '' where nothing lies under it. The entries must be in the order of their places. */
export function merkleDigest(entries: readonly MerkleEntry[], prefix: string): string {
  const [start, end] = rangeOf(entries, prefix)
  return digestBetween(entries, start, end, prefix.length)
}

/**
 * What one side answers to a node of the other's tree: nothing where both are equal, its own entries where they are
 * few, the nodes of all children otherwise, also of those that are empty here.
 */
export function compareNode(
  entries: readonly MerkleEntry[],
  { prefix, digest }: { readonly prefix: string; readonly digest: string },
): readonly MerklePart[] {
  const [start, end] = rangeOf(entries, prefix)
  if (digestBetween(entries, start, end, prefix.length) === digest) return []
  if (end - start <= LEAF_ENTRIES) return [{ prefix, entries: entries.slice(start, end) }]
  return [...DIGITS].map((digit) => ({ prefix: prefix + digit, digest: merkleDigest(entries, prefix + digit) }))
}

/** What differs under a prefix, once the other side's entries are known: places that are new or other there, and here. */
export function compareEntries(
  entries: readonly MerkleEntry[],
  prefix: string,
  theirs: readonly MerkleEntry[],
): { readonly wanted: readonly string[]; readonly given: readonly string[] } {
  const [start, end] = rangeOf(entries, prefix)
  const ours = new Map(entries.slice(start, end))
  const known = new Map(theirs)
  return {
    wanted: theirs.flatMap(([place, digest]) => (ours.get(place) === digest ? [] : [place])),
    given: [...ours].flatMap(([place, digest]) => (known.get(place) === digest ? [] : [place])),
  }
}

function digestBetween(entries: readonly MerkleEntry[], start: number, end: number, depth: number): string {
  if (start === end) return ''
  if (end - start <= LEAF_ENTRIES) return digestOf(entries.slice(start, end).map(([place, digest]) => place + digest))
  const children: string[] = []
  let from = start
  while (from < end) {
    const digit = entries[from]![0][depth]!
    let to = from
    while (to < end && entries[to]![0][depth] === digit) to++
    children.push(digit + digestBetween(entries, from, to, depth + 1))
    from = to
  }
  return digestOf(children)
}

function digestOf(words: readonly string[]): string {
  return sha1OfText(words.join(' ')).slice(0, DIGEST_DIGITS)
}

/** From the first entry under the prefix to behind the last. */
function rangeOf(entries: readonly MerkleEntry[], prefix: string): readonly [start: number, end: number] {
  const start = firstAtOrBehind(entries, prefix)
  // Behind the last hexadecimal digit, so behind all that begin with the prefix.
  return [start, firstAtOrBehind(entries, `${prefix}g`)]
}

function firstAtOrBehind(entries: readonly MerkleEntry[], place: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (entries[middle]![0] < place) low = middle + 1
    else high = middle
  }
  return low
}
