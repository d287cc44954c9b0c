import type { Random } from '../../sim/machine.ts'

/**
 * A place on a ring: lower-case hexadecimal digits, as many for each place of one ring, so that comparing texts compares
 * numbers: 40 digits for a ring of 2^160, 8 for one of 2^32.
 */
export type Position = string

/** A token of a ring: whose it is, and where it stands. A node has as many as it is virtual nodes. */
export interface Token {
  readonly position: Position
  readonly owner: string
}

/** Tokens in the order of their positions. Plain data. */
export type Ring = readonly Token[]

/** The part of a ring behind one place and up to another, which is in it. All of the ring where both are the same. */
export interface Arc {
  readonly after: Position
  readonly upTo: Position
}

/**
 * The ring of these owners (Consistent Hashing and Random Trees, Karger et al., STOC 1997, section 4): each has several
 * tokens, so that what one gains or gives up is spread over many. Of two owners with the same token the one that
 * comes first by name has it everywhere.
 */
export function ringOf(owners: Iterable<{ readonly id: string; readonly tokens: readonly Position[] }>): Ring {
  const tokens: Token[] = []
  for (const { id, tokens: positions } of owners) {
    for (const position of positions) tokens.push({ position, owner: id })
  }
  tokens.sort(
    (one, other) => comparePositions(one.position, other.position) || comparePositions(one.owner, other.owner),
  )
  return tokens.filter(({ position }, place) => position !== tokens[place - 1]?.position)
}

/** By code units, which for hexadecimal digits is by number. */
export function comparePositions(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** The place in the ring of the first token at or clockwise behind a position; behind the highest comes the lowest. */
export function tokenAt(ring: Ring, position: Position): number {
  let low = 0
  let high = ring.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ring[middle]!.position < position) low = middle + 1
    else high = middle
  }
  return low === ring.length ? 0 : low
}

/**
 * The first `count` distinct owners clockwise from a position, the owner of the position first: the preference list of
 * Dynamo (DeCandia et al., SOSP 2007, section 4.3). Fewer where the ring has fewer.
 */
export function ownersAt(ring: Ring, position: Position, count: number): readonly string[] {
  const owners: string[] = []
  const first = tokenAt(ring, position)
  for (let step = 0; step < ring.length && owners.length < count; step++) {
    const { owner } = ring[(first + step) % ring.length]!
    if (!owners.includes(owner)) owners.push(owner)
  }
  return owners
}

/** The arc that ends at a token: what lies between it and its predecessor. */
export function arcOf(ring: Ring, place: number): Arc {
  return { after: ring[(place + ring.length - 1) % ring.length]!.position, upTo: ring[place]!.position }
}

/** True where the position lies in the arc. */
export function isInArc({ after, upTo }: Arc, position: Position): boolean {
  if (after < upTo) return after < position && position <= upTo
  return after < position || position <= upTo
}

/** A place on a ring of that many hexadecimal digits, drawn evenly. */
export function drawPosition(random: Random, digits: number): Position {
  let position = ''
  while (position.length < digits) position += random.integer(0, 0xffff).toString(16).padStart(4, '0')
  return position.slice(0, digits)
}
