import { makeDurable, recordRing, recordSynced } from './persistence.ts'
import { tellOfSelf } from './gossip.ts'
import type { DhtContext, DhtState, RingInForce } from './state.ts'

/**
 * True where every member has told that it has come to the view of this node, and fetched what it is to keep in it.
 * Then each copy that anyone took before is where the ring wants it, and nobody takes one by an older ring.
 */
export function isEveryoneAt({ history, identity, records, synced }: DhtState): boolean {
  const { view, members } = history
  for (const id of members.keys()) {
    const told = id === identity.id ? synced : records.get(id)?.content.synced
    if (told !== view) return false
  }
  return members.size > 0
}

/** True where no ring but the present one is in force here. */
export function isSettled({ history, inForce }: DhtState): boolean {
  return inForce.length === 1 && inForce[0]!.view === history.view
}

/** Once everyone has come to the ring, the ones before it are in force no longer. */
export function noticeSettled(state: DhtState, ctx: DhtContext): void {
  if (state.standing !== 'member' || isSettled(state) || !isEveryoneAt(state)) return
  const ring = presentRing(state)
  state.inForce = [ring]
  recordRing(state, ctx.disk, 'settled', ring)
  ctx.note('ring settled', { view: ring.view.slice(0, 8) })
}

/** This node has all it is to keep in its view, and says so. From then on others may take the ring for settled. */
export function reportSynced(state: DhtState, ctx: DhtContext): void {
  const { view } = state.history
  state.synced = view
  recordSynced(state, ctx.disk)
  // One that has only joined knows no ring that is in force, until everyone has come to one that it is in.
  if (state.inForce.length > 0 && !state.inForce.some((ring) => ring.view === view)) {
    const ring = presentRing(state)
    state.inForce = [...state.inForce, ring]
    recordRing(state, ctx.disk, 'in force', ring)
  }
  makeDurable(state, ctx)
  ctx.note('has fetched what it keeps', { view: view.slice(0, 8) })
  tellOfSelf(state)
  noticeSettled(state, ctx)
}

/** The ring as this node knows it now. */
export function presentRing({ history }: DhtState): RingInForce {
  return { view: history.view, members: [...history.members.values()], ring: history.ring }
}
