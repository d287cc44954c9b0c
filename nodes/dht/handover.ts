import type { NodeId } from '../../sim/machine.ts'
import { isSuspected } from '../failure-detection/heartbeats.ts'
import type { Position } from '../ring/ring.ts'
import { drop, keep } from './contents.ts'
import type { Dht } from './dht.ts'
import { fitting } from './items.ts'
import type { Member } from './member.ts'
import type { HandedOver, Handover, Item } from './messages.ts'
import { isAnswered, mayAsk, newPatience } from './patience.ts'
import { makeDurable } from './persistence.ts'
import { isEveryoneAt } from './settle.ts'
import type { DhtContext, DhtState } from './state.ts'

/** Handovers whose answers are awaited at most; older ones are made anew. */
const MOST_UNDER_WAY = 64

/**
 * A copy at a node that is not to keep it (taken as a stand-in, or left over from an older ring) goes to all members
 * that are, and stays until all have it: hinted handoff (Dynamo, section 4.6), and the end of each migration.
 */
export function handOver(dht: Dht, state: DhtState, ctx: DhtContext): void {
  const byHome = new Map<string, Position[]>()
  for (const [position, takers] of state.strays) {
    if (dht.rules.mayDrop(dht, state, position)) {
      drop(dht, state, ctx, position)
      continue
    }
    for (const id of homesFor(dht, state, position)) {
      if (takers.has(id) || isSuspected(state.heartbeats, id, ctx.now, dht.options.suspectAfterMs)) continue
      byHome.set(id, [...(byHome.get(id) ?? []), position])
    }
  }
  for (const [id, positions] of byHome) {
    const member = state.history.members.get(id)
    if (member !== undefined && mayGive(dht, state, ctx, id)) offerTo(dht, state, ctx, member, positions)
  }
}

/** One after the other: what is long must arrive before more of it is sent. */
function mayGive({ options }: Dht, { takers }: DhtState, ctx: DhtContext, id: string): boolean {
  const patience = takers.get(id)
  if (patience !== undefined) return mayAsk(patience, ctx.now, options.requestTimeoutMs)
  takers.set(id, newPatience(ctx.now, options.choresEveryMs))
  return true
}

function homesFor({ options, rules }: Dht, { history }: DhtState, position: Position): readonly string[] {
  return rules.ownersToMoveTo(history.ring, position, options.replicas)
}

function offerTo(dht: Dht, state: DhtState, ctx: DhtContext, member: Member, all: readonly Position[]): void {
  const { maxItemsPerMessage, maxBytesPerMessage } = dht.options
  const first = all.slice(0, maxItemsPerMessage).map((position) => state.items.get(position)!)
  const given = fitting(first, maxBytesPerMessage)
  const id = state.nextId++
  const digests = new Map(given.map(({ digest }, place) => [all[place]!, digest]))
  state.handovers.set(id, { to: member.id, digests })
  for (const oldest of state.handovers.keys()) {
    if (state.handovers.size <= MOST_UNDER_WAY) break
    state.handovers.delete(oldest)
  }
  const items = given.map(({ key, siblings }): Item => ({ key, siblings }))
  ctx.send(member.uri, { type: 'Handover', id, view: state.history.view, to: member.id, items })
}

export function onHandover(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, handover: Handover): void {
  for (const { key, siblings } of handover.items) keep(dht, state, ctx, key, siblings)
  makeDurable(state, ctx)
  ctx.send(from, { type: 'HandedOver', id: handover.id, view: handover.view, by: state.identity.id })
}

export function onHandedOver(dht: Dht, state: DhtState, ctx: DhtContext, { id, view, by }: HandedOver): void {
  const handover = state.handovers.get(id)
  if (handover?.to !== by || view !== state.history.view) return
  state.handovers.delete(id)
  let isNew = false
  for (const [position, digest] of handover.digests) {
    const takers = state.strays.get(position)
    if (takers === undefined || state.items.get(position)?.digest !== digest) continue
    // An answer to a repeat, where the first answer came after all, says nothing new.
    if (takers.has(by)) continue
    takers.add(by)
    isNew = true
    state.tally.handedOver++
    if (dht.rules.mayDrop(dht, state, position)) drop(dht, state, ctx, position)
  }
  const patience = state.takers.get(by)
  if (isNew && patience !== undefined) {
    isAnswered(patience, ctx.now, dht.options.choresEveryMs, dht.options.requestTimeoutMs)
  }
}

/**
 * Only when the ring is settled, so that nobody still looks for it here; and when all that are to keep it do, as it is
 * here now.
 */
export function mayDrop(dht: Dht, state: DhtState, position: Position): boolean {
  if (!isEveryoneAt(state)) return false
  const takers = state.strays.get(position)
  const homes = homesFor(dht, state, position)
  return homes.length > 0 && homes.every((id) => takers?.has(id) === true)
}
