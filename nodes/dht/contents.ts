import { ownersAt, type Position } from '../ring/ring.ts'
import { isEqual, merge, NOTHING, type Siblings } from '../versions/siblings.ts'
import type { Dht } from './dht.ts'
import { itemOf, positionOf } from './items.ts'
import { recordDrop, recordItem } from './persistence.ts'
import type { DhtContext, DhtState } from './state.ts'

/** What is known here of a key. */
export function siblingsAt(state: DhtState, position: Position): Siblings {
  return state.items.get(position)?.siblings ?? NOTHING
}

/** True where this node is one of those that keep the key, by the ring as it knows it. */
export function isOwn(dht: Dht, { history, identity }: DhtState, position: Position): boolean {
  return ownersAt(history.ring, position, dht.options.replicas).includes(identity.id)
}

/** Takes in what another knows of a key. True where that was new here: then it is on its way to the disk. */
export function keep(dht: Dht, state: DhtState, ctx: DhtContext, key: string, siblings: Siblings): boolean {
  const position = positionOf(key)
  const known = siblingsAt(state, position)
  const merged = merge(known, siblings)
  if (isEqual(merged, known)) return false
  replace(dht, state, ctx, key, merged)
  return true
}

/** What is known of a key from now on. */
export function replace(dht: Dht, state: DhtState, ctx: DhtContext, key: string, siblings: Siblings): void {
  const position = positionOf(key)
  const item = itemOf(key, siblings)
  state.items.set(position, item)
  recordItem(state, ctx.disk, item)
  // Whoever took it over has an older state of it.
  if (!isOwn(dht, state, position)) state.strays.set(position, new Set())
}

/** Who has forgotten a write of its own must not count on from there, should the key come back to it. */
export function drop(dht: Dht, state: DhtState, ctx: DhtContext, position: Position): void {
  if (siblingsAt(state, position).clock.has(state.actor)) state.actor = dht.rules.actor(state.identity, ctx)
  state.items.delete(position)
  state.strays.delete(position)
  recordDrop(state, ctx.disk, position)
}

/** What is kept here and belongs to others, as the ring is now; nobody has taken any of it over in this view. */
export function findStrays(dht: Dht, state: DhtState): void {
  state.strays.clear()
  for (const position of state.items.keys()) {
    if (!isOwn(dht, state, position)) state.strays.set(position, new Set())
  }
}
