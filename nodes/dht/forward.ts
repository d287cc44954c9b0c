import type { NodeId } from '../../sim/machine.ts'
import { isSuspected } from '../failure-detection/heartbeats.ts'
import { ownersAt } from '../ring/ring.ts'
import { answerTo } from './answer.ts'
import type { Dht } from './dht.ts'
import { synOf } from './gossip.ts'
import { positionOf } from './items.ts'
import type { Member } from './member.ts'
import type { Forward, Forwarded } from './messages.ts'
import { beginRead } from './read.ts'
import { type KeyRequest, sizeRefusal, unavailable } from './requests.ts'
import type { Asker, DhtContext, DhtState } from './state.ts'
import { beginWrite } from './write.ts'

/** How much longer a forwarded request is waited for than its coordinator takes at most. */
const SLACK = 1.25

/**
 * Any node takes any request. The key's owner, or the next replica where it is suspected, coordinates it; any other
 * node knows the whole ring, and passes it straight on (Dynamo's zero-hop routing, section 2.3).
 */
export function onKeyRequest(
  dht: Dht,
  state: DhtState,
  ctx: DhtContext,
  asker: Asker,
  request: KeyRequest,
  hops: number,
): void {
  const refusal = sizeRefusal(request, dht.options.maxBytes)
  if (refusal !== undefined) {
    answerTo(ctx, asker, refusal)
    return
  }
  const coordinator = coordinatorFor(dht, state, ctx, request.key, hops)
  if (coordinator === undefined) answerTo(ctx, asker, unavailable('this node is not part of a ring, or not yet'))
  else if (coordinator.id === state.identity.id) coordinate(dht, state, ctx, asker, request)
  else if (dht.rules.mayForward(hops)) forward(dht, state, ctx, asker, request, coordinator, hops)
  else {
    // Whoever passed it on sees another ring: both learn, and the client asks again.
    ctx.send(asker.node, synOf(state))
    answerTo(ctx, asker, unavailable('the nodes do not agree on whose key this is; try again'))
  }
}

/** Once, as nodes that see different rings could send a request round for ever. */
export function mayForward(hops: number): boolean {
  return hops === 0
}

function coordinatorFor(
  { options }: Dht,
  state: DhtState,
  ctx: DhtContext,
  key: string,
  hops: number,
): Member | undefined {
  const { history, identity, heartbeats, inForce } = state
  const ids = ownersAt(history.ring, positionOf(key), options.replicas)
  // One that has joined, and has not yet heard that everyone knows, keeps keys but coordinates nothing.
  const able = ids.filter((id) => id !== identity.id || inForce.length > 0)
  // Whoever it was forwarded to coordinates it if it can: the other suspects the owner, perhaps.
  if (hops > 0 && able.includes(identity.id)) return history.members.get(identity.id)
  const live = able.find((id) => id === identity.id || !isSuspected(heartbeats, id, ctx.now, options.suspectAfterMs))
  return history.members.get(live ?? able[0] ?? '')
}

function coordinate(dht: Dht, state: DhtState, ctx: DhtContext, asker: Asker, request: KeyRequest): void {
  if (request.type === 'GET') beginRead(dht, state, ctx, asker, request.key)
  else beginWrite(dht, state, ctx, asker, request)
}

function forward(
  { options }: Dht,
  state: DhtState,
  ctx: DhtContext,
  asker: Asker,
  request: KeyRequest,
  { name, uri }: Member,
  hops: number,
): void {
  const id = state.nextId++
  state.forwards.set(id, { id, asker, request, hops: hops + 1 })
  state.tally.forwarded++
  ctx.note('forwarding', { request: request.type, key: shown(request.key), to: `${name}[${uri}]` })
  ctx.send(uri, { type: 'Forward', id, request, hops: hops + 1 })
  ctx.setTimer({ type: 'forward', id }, options.requestTimeoutMs * SLACK)
}

/** As much of a key as fits a line. */
function shown(key: string): string {
  return key.length > 80 ? `${key.slice(0, 80)}…` : key
}

export function onForward(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, message: Forward): void {
  const { id, request, hops } = message
  const asker: Asker = { node: from, id, isForwarded: true }
  if (request.type === 'GET' || request.type === 'PUT' || request.type === 'DELETE') {
    onKeyRequest(dht, state, ctx, asker, request, hops)
  }
}

export function onForwarded(state: DhtState, ctx: DhtContext, { id, answer }: Forwarded): void {
  const forwarding = state.forwards.get(id)
  if (forwarding === undefined) return
  state.forwards.delete(id)
  ctx.cancelTimer({ type: 'forward', id })
  answerTo(ctx, forwarding.asker, answer)
}

/** Nobody knows what became of it. */
export function onForwardTimer(state: DhtState, ctx: DhtContext, id: number): void {
  const forwarding = state.forwards.get(id)
  if (forwarding === undefined) return
  state.forwards.delete(id)
  answerTo(ctx, forwarding.asker, unavailable('the node that keeps the key did not answer in time'))
}
