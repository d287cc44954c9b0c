import type { Dht } from './dht.ts'
import { findStrays } from './contents.ts'
import { historyOf, newEvents, nextStamp } from './history.ts'
import type { Member } from './member.ts'
import type { MembershipEvent, MembershipEventType } from './messages.ts'
import { makeDurable, recordEvents, recordOut } from './persistence.ts'
import type { DhtContext, DhtState, Standing } from './state.ts'

/** This node as others know it. */
export function selfMember(dht: Dht, { identity }: DhtState, ctx: DhtContext): Member {
  return { ...identity, uri: dht.options.uri ?? ctx.self }
}

/** Everyone this node may have to do with, itself left out: members, and those that are on their way out. */
export function othersOf({ history, identity }: DhtState): readonly Member[] {
  return [...history.members.values(), ...history.leavers.values()].filter(({ id }) => id !== identity.id)
}

/** Takes in events from elsewhere. True where there was something new. */
export function learn(dht: Dht, state: DhtState, ctx: DhtContext, heard: readonly MembershipEvent[]): boolean {
  const events = newEvents(state.history, heard)
  if (events.length === 0) return false
  for (const { type, member } of events) {
    ctx.note('membership event', { type, name: member.name, uri: member.uri })
  }
  takeDown(dht, state, ctx, events)
  return true
}

/** Events of this node's own: one of each type and member, in this order. */
export function author(
  dht: Dht,
  state: DhtState,
  ctx: DhtContext,
  what: readonly (readonly [type: MembershipEventType, member: Member])[],
): readonly MembershipEvent[] {
  const { clock, serial } = nextStamp(state.history, state.identity.id)
  const events = what.map(([type, member], place): MembershipEvent => ({
    clock: clock + place,
    author: state.identity.id,
    serial: serial + place,
    timestampMs: ctx.wallClock,
    type,
    member,
  }))
  takeDown(dht, state, ctx, events)
  return events
}

/** The ring must be durable before anything is said by it: who came to a view never goes back. */
function takeDown(dht: Dht, state: DhtState, ctx: DhtContext, events: readonly MembershipEvent[]): void {
  recordEvents(state, ctx.disk, events)
  makeDurable(state, ctx)
  state.history = historyOf([...state.history.events, ...events], dht.rules.eventOrder)
  for (const { member } of events) introduce(ctx, member)
  setStanding(state, ctx)
  findStrays(dht, state)
  state.sync = null
  // Who was asked in another view refuses.
  state.takers.clear()
  ctx.note('ring changed', { view: state.history.view.slice(0, 8), members: state.history.members.size })
}

/** What the history says of this node. */
export function setStanding(state: DhtState, ctx: DhtContext): void {
  const before = state.standing
  state.standing = standingIn(state)
  if (state.standing === before) return
  if (state.standing === 'removed' && state.inForce.length > 0) {
    state.inForce = []
    recordOut(state, ctx.disk)
  }
  if (state.standing !== 'idle') ctx.note(`is ${state.standing}`)
}

function standingIn({ history, identity, standing }: DhtState): Standing {
  if (history.members.has(identity.id)) return 'member'
  if (history.leavers.has(identity.id)) return 'leaving'
  // One that wants back in was removed once.
  if (standing === 'joining') return 'joining'
  return history.gone.has(identity.id) ? 'removed' : 'idle'
}

/** Those whom the journal told of. */
export function introduceOthers(state: DhtState, ctx: DhtContext): void {
  for (const member of othersOf(state)) introduce(ctx, member)
}

function introduce(ctx: DhtContext, { uri }: Member): void {
  if (uri !== ctx.self) ctx.introduce(uri)
}

/** A node whose disk was lost comes back as another: the one it was is in the ring and will never answer. */
export function ghostsOf({ history, identity }: DhtState, uri: string): readonly string[] {
  const all = [...history.members.values(), ...history.leavers.values()]
  return all.filter((other) => other.uri === uri && other.id !== identity.id).map(({ id }) => id)
}
