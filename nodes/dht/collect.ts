import type { NodeId } from '../../sim/machine.ts'
import { ownersAt } from '../ring/ring.ts'
import { isTombstone } from '../versions/siblings.ts'
import { drop } from './contents.ts'
import type { Dht } from './dht.ts'
import type { Collect, Collectable } from './messages.ts'
import { isEveryoneAt, isSettled } from './settle.ts'
import type { DhtContext, DhtState } from './state.ts'

/** Deletions looked at in one go, at most. */
const MOST_AT_ONCE = 50

/**
 * A deletion is remembered so that a copy that missed it cannot bring the value back. It may be forgotten once nobody
 * has such a copy and none is on its way: when every member has said that it knows the same of the key, or nothing, and
 * the deletion is older than any message may be late. The key's owner asks; each deletion is forgotten by all or comes
 * back to all, to be forgotten another time.
 */
export function collect(dht: Dht, state: DhtState, ctx: DhtContext): void {
  const { items, deletions, history, identity, standing } = state
  noticeDeletions(state, ctx)
  if (standing !== 'member' || !isSettled(state) || !isEveryoneAt(state)) return
  let looked = 0
  for (const [position, { digest, sinceMs, agreed }] of deletions) {
    if (ctx.now - sinceMs < dht.options.collectAfterMs) continue
    if (ownersAt(history.ring, position, 1)[0] !== identity.id || ++looked > MOST_AT_ONCE) continue
    agreed.add(identity.id)
    const { view } = history
    const isAgreed = [...history.members.keys()].every((id) => agreed.has(id))
    for (const { id: to, uri } of history.members.values()) {
      if (to === identity.id || (!isAgreed && agreed.has(to))) continue
      ctx.send(uri, { type: 'Collect', view, to, by: identity.id, position, digest, isAgreed })
    }
    if (!isAgreed || items.get(position)?.digest !== digest) continue
    forget(dht, state, ctx, position)
  }
}

/** Deletions by position, with what is known of the key, and since when. */
function noticeDeletions({ items, deletions }: DhtState, ctx: DhtContext): void {
  for (const [position, { digest }] of deletions) {
    if (items.get(position)?.digest !== digest) deletions.delete(position)
  }
  for (const [position, { digest, siblings }] of items) {
    if (!deletions.has(position) && isTombstone(siblings)) {
      deletions.set(position, { digest, sinceMs: ctx.now, agreed: new Set() })
    }
  }
}

function forget(dht: Dht, state: DhtState, ctx: DhtContext, position: string): void {
  drop(dht, state, ctx, position)
  state.deletions.delete(position)
  state.tally.collected++
}

export function onCollect(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, message: Collect): void {
  const { view, by, position, digest, isAgreed } = message
  const item = state.items.get(position)
  if (item !== undefined && item.digest !== digest) return
  if (!isAgreed) ctx.send(from, { type: 'Collectable', view, to: by, by: state.identity.id, position, digest })
  else if (item !== undefined) forget(dht, state, ctx, position)
}

export function onCollectable(state: DhtState, { by, position, digest }: Collectable): void {
  const deletion = state.deletions.get(position)
  if (deletion?.digest === digest) deletion.agreed.add(by)
}
