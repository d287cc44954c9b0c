import type { NodeId } from '../../sim/machine.ts'
import { expectToHear, forget, heard } from '../failure-detection/heartbeats.ts'
import { digestRecords, mergeRecords, recordsMissing } from '../gossip/records.ts'
import type { Dht } from './dht.ts'
import { digestOf, eventsMissing, lacksSomething } from './history.ts'
import { learn, othersOf } from './membership.ts'
import type { GossipAck, GossipSyn, PeerRecord } from './messages.ts'
import type { DhtContext, DhtState } from './state.ts'

/** One more heartbeat, and a round of gossip: reconcile with one other node, picked at random. */
export function gossip(dht: Dht, state: DhtState, ctx: DhtContext): void {
  beat(state)
  state.asksToJoin = state.standing === 'joining'
  state.gossipedMs = ctx.now
  for (const { id } of othersOf(state)) expectToHear(state.heartbeats, id, ctx.now)
  const partner = pickPartner(dht, state, ctx)
  if (partner !== undefined) ctx.send(partner, synOf(state))
}

/** Others see from a newer record that its owner is alive. */
function beat(state: DhtState): void {
  const { records, identity, generation, synced } = state
  const owner = identity.id
  const last = records.get(owner)
  const version = last?.generation === generation ? last.version + 1 : 1
  records.set(owner, { owner, generation, version, content: { synced } })
}

/** What others are to know of this node has changed: it goes out with the next word to anyone. */
export function tellOfSelf(state: DhtState): void {
  beat(state)
}

/** Any other that is not gone, suspected or not: a suspicion may be wrong. Seeds too, so that rings that grew apart meet. */
function pickPartner(dht: Dht, state: DhtState, ctx: DhtContext): NodeId | undefined {
  const own = dht.options.uri ?? ctx.self
  const uris = new Set([...othersOf(state).map(({ uri }) => uri), ...dht.options.seeds])
  uris.delete(own)
  return uris.size === 0 ? undefined : ctx.random.named('gossip').pick([...uris])
}

export function synOf(state: DhtState): GossipSyn {
  return { type: 'GossipSyn', events: digestOf(state.history), records: digestRecords(state.records) }
}

/** Who asks is told what it lacks, and asked for what it has more. */
export function onGossipSyn(state: DhtState, ctx: DhtContext, from: NodeId, syn: GossipSyn): void {
  ctx.send(from, ackFor(state, syn, true))
}

function ackFor(state: DhtState, known: Pick<GossipSyn, 'events' | 'records'>, asks: boolean): GossipAck {
  const { events, records } = synOf(state)
  return {
    type: 'GossipAck',
    events: eventsMissing(state.history, known.events),
    records: recordsMissing(state.records, known.records),
    known: asks ? { events, records } : null,
  }
}

/** True where the ring changed by it. */
export function onGossipAck(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, ack: GossipAck): boolean {
  const changed = learn(dht, state, ctx, ack.events)
  hearRecords(state, ctx, ack.records)
  if (ack.known !== null) {
    const reply = ackFor(state, ack.known, lacksSomething(state.history, ack.known.events))
    if (reply.events.length > 0 || reply.records.length > 0 || reply.known !== null) ctx.send(from, reply)
  }
  return changed
}

function hearRecords(state: DhtState, ctx: DhtContext, records: readonly PeerRecord[]): void {
  const { identity, history } = state
  const present = records.filter(({ owner }) => owner !== identity.id && !history.gone.has(owner))
  for (const { owner } of mergeRecords(state.records, present)) heard(state.heartbeats, owner, ctx.now)
  for (const owner of history.gone.keys()) {
    if (owner === identity.id) continue
    state.records.delete(owner)
    forget(state.heartbeats, owner)
  }
}

/** Tells others at once what they may not know: one's own events, before gossip gets round to it. */
export function push(state: DhtState, ctx: DhtContext, to: Iterable<NodeId>): void {
  const ack = ackFor(state, { events: [], records: [] }, true)
  for (const uri of new Set(to)) if (uri !== ctx.self) ctx.send(uri, ack)
}
