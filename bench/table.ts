import { compareNode, compareEntries, merkleDigest, type MerkleEntry, type MerklePart } from '../nodes/merkle/merkle.ts'
import { drawPosition, ownersAt, type Ring, ringOf } from '../nodes/ring/ring.ts'
import { sha1OfText } from '../nodes/ring/sha1.ts'
import type { Figure } from '../reports/json.ts'
import { randomStream } from '../sim/random.ts'

const KEYS = 20_000
const DIGITS = 40
const TOKEN_COUNTS = [1, 2, 8, 64, 256] as const
const GOSSIP_NODES = [3, 10, 30, 100, 300, 1_000] as const
const LOSSES = [0, 0.1, 0.3] as const
const ROUNDS_AT_MOST = 200
const REPEATS = 20

/** How evenly keys fall on ten nodes, and how many move when an eleventh joins, by tokens a node (DH-12). */
export function tableBalance(): readonly Figure[] {
  const random = randomStream(1, 'balance')
  const positions = Array.from({ length: KEYS }, (_, key) => sha1OfText(`key_${key}`))
  const owner = (id: string, tokens: number): { readonly id: string; readonly tokens: readonly string[] } => ({
    id,
    tokens: Array.from({ length: tokens }, () => drawPosition(random, DIGITS)),
  })
  return TOKEN_COUNTS.flatMap((tokens) => {
    const mostShares: number[] = []
    const movedShares: number[] = []
    let strayed = 0
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const ten = Array.from({ length: 10 }, (_, node) => owner(`n${node}`, tokens))
      const [before, after] = [ringOf(ten), ringOf([...ten, owner('joiner', tokens)])]
      const counts = new Map<string, number>()
      let moved = 0
      for (const position of positions) {
        const [was, is] = [ownerOf(before, position), ownerOf(after, position)]
        counts.set(was, (counts.get(was) ?? 0) + 1)
        if (is !== was) moved++
        if (is !== was && is !== 'joiner') strayed++
      }
      mostShares.push((Math.max(...counts.values()) * 10) / KEYS)
      movedShares.push((moved * 11) / KEYS)
    }
    return [
      figure(`table-balance-${tokens}-tokens`, median(mostShares), 'times an even share, fullest of 10 nodes'),
      figure(`table-moved-${tokens}-tokens`, median(movedShares), 'times 1/N of the keys, when an eleventh joins'),
      figure(`table-moved-elsewhere-${tokens}-tokens`, strayed, 'keys moved to another than the joiner'),
    ]
  })
}

function ownerOf(ring: Ring, position: string): string {
  return ownersAt(ring, position, 1)[0]!
}

/** Rounds until every node knows an event, where each round each node reconciles with one other at random (DH-11). */
export function tableGossip(): readonly Figure[] {
  return LOSSES.flatMap((loss) =>
    GOSSIP_NODES.map((nodes) => {
      const rounds = Array.from({ length: REPEATS }, (_, repeat) => roundsToAll(nodes, loss, repeat))
      return figure(
        `table-gossip-${nodes}-loss-${loss * 100}`,
        median(rounds),
        `rounds; log2 N is ${Math.log2(nodes).toFixed(1)}`,
      )
    }),
  )
}

/** Each of the messages of a push and pull may be lost: the word, the answer to it, and the answer to that. */
function roundsToAll(nodes: number, loss: number, seed: number): number {
  const random = randomStream(seed, 'gossip', nodes, loss * 100)
  let known = new Set([0])
  for (let round = 1; round <= ROUNDS_AT_MOST; round++) {
    const next = new Set(known)
    for (let node = 0; node < nodes; node++) {
      const other = (node + random.integer(1, nodes - 1)) % nodes
      if (random.chance(loss) || random.chance(loss)) continue
      if (known.has(other)) next.add(node)
      else if (known.has(node) && !random.chance(loss)) next.add(other)
    }
    known = next
    if (known.size === nodes) return round
  }
  return ROUNDS_AT_MOST
}

/** Bytes that two replicas of 10,000 keys exchange to find what differs, beside the bytes that differ (DH-22). */
export function tableMerkle(): readonly Figure[] {
  const entries = Array.from({ length: 10_000 }, (_, key): MerkleEntry => [
    sha1OfText(`key_${key}`),
    sha1OfText(`${key}`).slice(0, 16),
  ]).sort(([one], [other]) => (one < other ? -1 : 1))
  return [0, 1, 10, 100, 1_000].map((differing) => {
    const step = differing === 0 ? 0 : entries.length / differing
    const changed = new Set(Array.from({ length: differing }, (_, place) => Math.floor(place * step)))
    const other = entries.map(([place, digest], index): MerkleEntry => [place, changed.has(index) ? 'other' : digest])
    const { bytes, found } = compareAll(entries, other)
    if (found !== differing) throw new Error(`the comparison found ${found} of ${differing} differences`)
    return figure(`table-merkle-${differing}-of-10000`, bytes, `bytes compared; all digests are ${10_000 * ENTRY}`)
  })
}

/** Of a message's part: place and digest in bytes. */
const ENTRY = 60

function compareAll(one: readonly MerkleEntry[], other: readonly MerkleEntry[]): { bytes: number; found: number } {
  const found = new Set<string>()
  let [bytes, turn] = [ENTRY, 1]
  let said: readonly MerklePart[] = [{ prefix: '', digest: merkleDigest(one, '') }]
  while (said.length > 0) {
    const entries = [one, other][turn]!
    const answers: MerklePart[] = []
    for (const part of said) {
      if ('digest' in part) answers.push(...compareNode(entries, part))
      else for (const place of compareEntries(entries, part.prefix, part.entries).wanted) found.add(place)
    }
    for (const part of answers) bytes += 'digest' in part ? ENTRY : ENTRY * (1 + part.entries.length)
    said = answers
    turn = 1 - turn
  }
  return { bytes, found: found.size }
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1]!
}

function figure(name: string, value: number, unit: string): Figure {
  return { name, value, unit }
}
