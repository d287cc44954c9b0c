import { compareNode, compareEntries, merkleDigest, type MerkleEntry, type MerklePart } from '../nodes/merkle/merkle.ts'
import { drawPosition, ownersAt, type Ring, ringOf } from '../nodes/ring/ring.ts'
import { sha1OfText } from '../nodes/ring/sha1.ts'
import type { Figure, Plotted } from '../reports/json.ts'
import { randomStream } from '../sim/random.ts'
import { gossipRounds } from './table-gossip.ts'

const KEYS = 20_000
const DIGITS = 40
const TOKEN_COUNTS = [1, 2, 8, 64, 256] as const
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
      drawn(
        `table-balance-${tokens}-tokens`,
        'times an even share, fullest of 10 nodes',
        { chart: 'balance', series: 'the fullest of ten nodes', x: tokens },
        mostShares,
      ),
      drawn(
        `table-moved-${tokens}-tokens`,
        'times 1/N of the keys, when an eleventh joins',
        { chart: 'moved', series: 'keys that move', x: tokens },
        movedShares,
      ),
      {
        name: `table-moved-elsewhere-${tokens}-tokens`,
        value: strayed,
        unit: 'keys moved to another than the joiner',
      },
    ]
  })
}

function ownerOf(ring: Ring, position: string): string {
  return ownersAt(ring, position, 1)[0]!
}

/**
 * Intervals of gossip until every node knows an event (DH-11), in rings of so many members; so many events at a time,
 * in so many runs.
 */
const GOSSIP_SIZES = [
  { nodes: 3, events: 3, runs: 7 },
  { nodes: 10, events: 10, runs: 2 },
  { nodes: 30, events: 10, runs: 2 },
  { nodes: 100, events: 10, runs: 2 },
  { nodes: 300, events: 10, runs: 1 },
  { nodes: 1_000, events: 5, runs: 1 },
] as const
const LOSSES = [0, 0.1, 0.3] as const

export function tableGossip(): readonly Figure[] {
  return LOSSES.flatMap((loss) =>
    GOSSIP_SIZES.map(({ nodes, events, runs }) => {
      const rounds = Array.from({ length: runs }, (_, run) => gossipRounds(nodes, loss, events, run + 1)).flat()
      const [lost, log2] = [`${loss * 100} % lost`, Math.log2(nodes).toFixed(1)]
      const [name, unit] = [`table-gossip-${nodes}-loss-${loss * 100}`, `intervals; log2 N is ${log2}`]
      return drawn(name, unit, { chart: 'gossip', series: loss === 0 ? 'nothing lost' : lost, x: nodes }, rounds)
    }),
  )
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
    return {
      name: `table-merkle-${differing}-of-10000`,
      value: bytes,
      unit: `bytes compared; all digests are ${10_000 * ENTRY_BYTES}`,
      plotted: { chart: 'merkle', series: 'exchanged', x: differing * ENTRY_BYTES },
    }
  })
}

/** Of a message's part: place and digest. */
export const ENTRY_BYTES = 60

function compareAll(one: readonly MerkleEntry[], other: readonly MerkleEntry[]): { bytes: number; found: number } {
  const found = new Set<string>()
  let [bytes, turn] = [ENTRY_BYTES, 1]
  let said: readonly MerklePart[] = [{ prefix: '', digest: merkleDigest(one, '') }]
  while (said.length > 0) {
    const entries = [one, other][turn]!
    const answers: MerklePart[] = []
    for (const part of said) {
      if ('digest' in part) answers.push(...compareNode(entries, part))
      else for (const place of compareEntries(entries, part.prefix, part.entries).wanted) found.add(place)
    }
    for (const part of answers) bytes += 'digest' in part ? ENTRY_BYTES : ENTRY_BYTES * (1 + part.entries.length)
    said = answers
    turn = 1 - turn
  }
  return { bytes, found: found.size }
}

/** The middle of the draws, and how far they lie apart. */
function drawn(name: string, unit: string, place: Omit<Plotted, 'range'>, draws: readonly number[]): Figure {
  const sorted = [...draws].sort((one, other) => one - other)
  const range = [sorted[0]!, sorted.at(-1)!] as const
  return { name, value: sorted[sorted.length >> 1]!, unit, plotted: { ...place, range } }
}
