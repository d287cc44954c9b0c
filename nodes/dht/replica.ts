import type { NodeId } from '../../sim/machine.ts'
import { onCollect, onCollectable } from './collect.ts'
import { isOwn, keep, siblingsAt } from './contents.ts'
import type { Dht } from './dht.ts'
import { synOf } from './gossip.ts'
import { onHandover } from './handover.ts'
import { positionOf } from './items.ts'
import type { Collect, Collectable, Compare, Fetch, Handover, Pull, Read, Store } from './messages.ts'
import { makeDurable } from './persistence.ts'
import { onCompare } from './repair.ts'
import { onFetch, onPull } from './sync.ts'
import type { DhtContext, DhtState } from './state.ts'

/**
 * What others say about the contents, they say in a view, and to a member. A node in another view takes nothing and
 * tells nothing: what it holds may have moved on, or it may not know yet whose it is. Both reconcile their histories,
 * and the other asks again.
 */
export function onContents(
  dht: Dht,
  state: DhtState,
  ctx: DhtContext,
  from: NodeId,
  message: Store | Read | Fetch | Pull | Handover | Compare | Collect | Collectable,
): void {
  if (!dht.rules.isSameView(message.view, state.history.view)) {
    state.tally.refusedViews++
    ctx.send(from, synOf(state))
    return
  }
  // A node whose disk was lost is not the member that was at its place before.
  if (message.to !== state.identity.id) return
  switch (message.type) {
    case 'Store':
      onStore(dht, state, ctx, from, message)
      break
    case 'Read':
      onRead(state, ctx, from, message)
      break
    case 'Fetch':
      onFetch(dht, state, ctx, from, message)
      break
    case 'Pull':
      onPull(dht, state, ctx, from, message)
      break
    case 'Handover':
      onHandover(dht, state, ctx, from, message)
      break
    case 'Compare':
      onCompare(dht, state, ctx, from, message)
      break
    case 'Collect':
      onCollect(dht, state, ctx, from, message)
      break
    case 'Collectable':
      onCollectable(state, message)
      break
  }
}

function onStore(
  dht: Dht,
  state: DhtState,
  ctx: DhtContext,
  from: NodeId,
  { id, view, item, standInFor }: Store,
): void {
  // Who is gone takes nothing any more, as nobody would look for it there.
  if (state.standing !== 'member' && state.standing !== 'leaving') return
  if (keep(dht, state, ctx, item.key, item.siblings) && standInFor !== null) {
    if (!isOwn(dht, state, positionOf(item.key))) state.tally.standIns++
    ctx.note('stands in', { for: state.history.members.get(standInFor)?.name ?? standInFor })
  }
  makeDurable(state, ctx)
  ctx.send(from, { type: 'Stored', id, view, by: state.identity.id })
}

function onRead(state: DhtState, ctx: DhtContext, from: NodeId, { id, view, key }: Read): void {
  const siblings = siblingsAt(state, positionOf(key))
  ctx.send(from, { type: 'Found', id, view, by: state.identity.id, siblings })
}
