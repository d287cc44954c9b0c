import type { Member } from './member.ts'
import { memberAt } from './history.ts'
import type { Dht } from './dht.ts'
import { push, synOf } from './gossip.ts'
import { author, othersOf, selfMember } from './membership.ts'
import { freeName } from './names.ts'
import { recordIdentity, recordOut } from './persistence.ts'
import { isSuspected } from '../failure-detection/heartbeats.ts'
import { isEveryoneAt } from './settle.ts'
import type { DhtContext, DhtState } from './state.ts'

/** A node that wants in asks for the history first, so that its own event comes behind all that it can know of. */
export function beginJoin(dht: Dht, state: DhtState, ctx: DhtContext): void {
  state.standing = 'joining'
  state.asksToJoin = true
  ctx.note('is joining')
  const own = selfMember(dht, state, ctx).uri
  const others = new Set([...dht.options.seeds, ...othersOf(state).map(({ uri }) => uri)])
  others.delete(own)
  // Without anyone to ask it is the first: its ring begins with it.
  if (others.size === 0) enroll(dht, state, ctx)
  else for (const uri of others) ctx.send(uri, synOf(state))
}

/** Takes down that this node is a member, and tells the seeds at once. Whoever was at its URL before is gone for good. */
export function enroll(dht: Dht, state: DhtState, ctx: DhtContext): void {
  takeFreeName(state, ctx)
  const self = selfMember(dht, state, ctx)
  state.asksToJoin = false
  author(dht, state, ctx, [...ghosts(dht, state, ctx), ['ADD', self]])
  push(state, ctx, [...dht.options.seeds, ...othersOf(state).map(({ uri }) => uri)])
}

/** People tell nodes apart by their names; one that was a member before keeps the name it is known by. */
function takeFreeName(state: DhtState, ctx: DhtContext): void {
  const { identity, history } = state
  if (history.events.some(({ member }) => member.id === identity.id)) return
  const name = freeName(identity.name, new Set(othersOf(state).map((other) => other.name)))
  if (name === identity.name) return
  state.identity = { ...identity, name }
  recordIdentity(state, ctx.disk)
}

/** Whoever finds another member at its own URL, from before its disk was lost, takes down that this one is gone. */
export function buryGhosts(dht: Dht, state: DhtState, ctx: DhtContext): void {
  const gone = ghosts(dht, state, ctx)
  if (gone.length === 0) return
  author(dht, state, ctx, gone)
  push(
    state,
    ctx,
    othersOf(state).map(({ uri }) => uri),
  )
}

function ghosts(dht: Dht, state: DhtState, ctx: DhtContext): readonly ['REMOVE', Member][] {
  const { history } = state
  return dht.rules
    .ghostsOf(state, selfMember(dht, state, ctx).uri)
    .map((id) => ['REMOVE', (history.members.get(id) ?? history.leavers.get(id))!])
}

/** Asked to leave: the others learn at once; this node stays until they have all that it holds. */
export function beginLeave(dht: Dht, state: DhtState, ctx: DhtContext): void {
  author(dht, state, ctx, [['LEAVE', selfMember(dht, state, ctx)]])
  push(
    state,
    ctx,
    othersOf(state).map(({ uri }) => uri),
  )
}

/** Everyone has come to a ring without this node, and has what it held. */
export function mayDepart(_dht: Dht, state: DhtState): boolean {
  return state.items.size === 0 && isEveryoneAt(state)
}

/** What is due of a departure: to say that this node is gone, and then, once others know it, to go. */
export function goOnLeaving(dht: Dht, state: DhtState, ctx: DhtContext): void {
  if (state.standing === 'leaving' && dht.rules.mayDepart(dht, state)) {
    author(dht, state, ctx, [['REMOVE', selfMember(dht, state, ctx)]])
    push(
      state,
      ctx,
      othersOf(state).map(({ uri }) => uri),
    )
  } else if (state.standing === 'removed' && state.items.size === 0 && isKnownGone(dht, state, ctx)) {
    state.standing = 'idle'
    if (state.inForce.length > 0) recordOut(state, ctx.disk)
    state.inForce = []
    ctx.note('is gone')
    if (dht.options.exitsWhenGone) ctx.exit('it has left the ring')
  }
}

/** An event that only one knows who then goes would be lost: all who can be heard must have come to it. */
function isKnownGone({ options }: Dht, { history, records, heartbeats }: DhtState, ctx: DhtContext): boolean {
  const heard = [...history.members.keys()].filter(
    (id) => !isSuspected(heartbeats, id, ctx.now, options.suspectAfterMs),
  )
  return heard.length > 0 && heard.every((id) => records.get(id)?.content.synced === history.view)
}

/** The member that an administrator means: by id, or by where it is. */
export function findMember({ history }: DhtState, nodeId: string): Member | undefined {
  const { members, leavers } = history
  return members.get(nodeId) ?? leavers.get(nodeId) ?? memberAt(members, nodeId) ?? memberAt(leavers, nodeId)
}
