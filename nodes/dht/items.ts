import { utf8Length } from '../../sim/utf8.ts'
import type { Position } from '../ring/ring.ts'
import { sha1OfText } from '../ring/sha1.ts'
import { type Siblings, textOf } from '../versions/siblings.ts'
import type { Item } from './messages.ts'
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

/** About what a version takes beside its value. */
const VERSION_BYTES = 40

/** About what an item takes in a message, in bytes. */
export function bytesOf({ key, siblings }: Item): number {
  let bytes = utf8Length(key) + VERSION_BYTES * siblings.clock.size
  for (const { value } of siblings.versions) bytes += VERSION_BYTES + utf8Length(value ?? '')
  return bytes
}

/** From the first on, as many as fit into so many bytes, and one at least. */
export function fitting<Any extends Item>(items: readonly Any[], maxBytes: number): readonly Any[] {
  let bytes = 0
  const end = items.findIndex((item, place) => (bytes += bytesOf(item)) > maxBytes && place > 0)
  return end < 0 ? items : items.slice(0, end)
}
