import type { Position } from '../ring/ring.ts'
import { sha1OfText } from '../ring/sha1.ts'
import { type Siblings, textOf } from '../versions/siblings.ts'
import type { StoredItem } from './state.ts'

/** So many digits tell two states of one key apart. */
const DIGEST_DIGITS = 16

/** Where a key stands on the ring. */
export function positionOf(key: string): Position {
  return sha1OfText(key)
}

export function itemOf(key: string, siblings: Siblings): StoredItem {
  return { key, siblings, digest: sha1OfText(textOf(siblings)).slice(0, DIGEST_DIGITS) }
}
