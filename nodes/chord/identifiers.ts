import type { NodeId } from '../../sim/machine.ts'

/** A place on the ring: an integer from 0 to 2^bits − 1. */
export type Identifier = number

/** A node with its place on the ring. */
export interface Peer {
  readonly node: NodeId
  readonly id: Identifier
}

/** More bits than this no number carries through the arithmetic of the ring without a sign. */
export const MAX_BITS = 32

/** Gives a text its place on the ring. Different nodes must get different places. */
export type Identify = (text: string) => Identifier

/** 2^exponent, for exponents up to 52. */
export function powerOfTwo(exponent: number): number {
  let power = 1
  for (let count = 0; count < exponent; count++) power *= 2
  return power
}

/** How far it is clockwise from one place to the other, on a ring of `size` places: 0 to size − 1. */
export function distance(from: Identifier, to: Identifier, size: number): number {
  return to >= from ? to - from : to - from + size
}

/**
 * True for a place strictly between the two, clockwise. Where both are the same, the interval is the whole ring but
 * for that place (Stoica et al., figure 5, writes it (from, to)).
 */
export function isBetween(from: Identifier, id: Identifier, to: Identifier): boolean {
  return from < to ? from < id && id < to : id !== from && id !== to && (id > from || id < to)
}

/** True for a place in (from, to], clockwise; the whole ring where both are the same. */
export function isWithin(from: Identifier, id: Identifier, to: Identifier): boolean {
  return from === to || id === to || isBetween(from, id, to)
}
