/**
 * Counter-based random decisions: a number is mixed out of what is decided, so that nothing is drawn in a row and no
 * decision moves another. The steps are those of MurmurHash3's 32-bit variant (Appleby, 2011).
 */

/** Folds a value, taken as 32 bits, into a running hash. */
export function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  let h = hash ^ Math.imul(k, 0x1b873593)
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

/** Spreads a running hash over all 32 bits: an integer from 0 to 2^32 − 1. */
export function finish(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The next of several numbers drawn from one key. */
export function draw(key: number, index: number): number {
  return finish(key + Math.imul(index + 1, 0x9e3779b9))
}

/** Folds a text, by its UTF-16 code units. */
export function mixText(hash: number, text: string): number {
  let h = mix(hash, text.length)
  for (let index = 0; index < text.length; index++) h = mix(h, text.charCodeAt(index))
  return h
}

/** The key of a whole run, from a seed of up to 53 bits. */
export function seedKey(seed: number): number {
  return finish(mix(mix(0x70657472, seed | 0), Math.floor(seed / 4294967296)))
}

/** A 32-bit number as a share of 1. */
export const UNIT = 1 / 4294967296

/** A 32-bit draw as an integer from `min` to `max`, both included. */
export function within(drawn: number, min: number, max: number): number {
  return min + Math.floor(drawn * UNIT * (max - min + 1))
}
