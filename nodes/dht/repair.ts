import type { NodeId } from '../../sim/machine.ts'
import { isSuspected } from '../failure-detection/heartbeats.ts'
import { compareEntries, compareNode, merkleDigest, type MerkleEntry } from '../merkle/merkle.ts'
import { comparePositions, ownersAt, type Position, tokenAt } from '../ring/ring.ts'
import type { Dht } from './dht.ts'
import { fitting } from './items.ts'
import type { Compare, Comparison } from './messages.ts'
import type { DhtContext, DhtState } from './state.ts'

/**
 * Replicas that missed a write, and were never asked for it since, find out by comparing what they hold with another
 * replica: a Merkle tree for each arc of the ring that both keep, the roots of all in one message (Dynamo, section 4.7).
 */
export function repairWithAnother(dht: Dht, state: DhtState, ctx: DhtContext): void {
  const { identity, history, heartbeats, standing } = state
  if (standing !== 'member') return
  const able = [...history.members.values()].filter(
    ({ id }) =>
      id !== identity.id &&
      !isFetchingFrom(state, id) &&
      !isSuspected(heartbeats, id, ctx.now, dht.options.suspectAfterMs),
  )
  if (able.length === 0) return
  const { id, uri } = ctx.random.named('repair').pick(able)
  const arcs = arcsSharedWith(dht, state, id)
  if (arcs.size === 0) return
  const parts = [...arcs].map(([arc, entries]): Comparison => ({
    arc,
    part: { prefix: '', digest: merkleDigest(entries, '') },
  }))
  ctx.send(uri, { type: 'Compare', view: history.view, to: id, by: identity.id, parts })
}

/** What it lacks is on its way, and need not come twice. */
function isFetchingFrom({ sync }: DhtState, member: string): boolean {
  return sync?.sources.get(member)?.isDone === false
}

/** By the token that each ends at: what is kept here of the arcs that both keep, in order; also those that are empty. */
function arcsSharedWith(dht: Dht, state: DhtState, other: string): ReadonlyMap<Position, readonly MerkleEntry[]> {
  const { ring } = state.history
  const arcs = new Map<Position, MerkleEntry[]>()
  for (const { position } of ring) {
    const owners = ownersAt(ring, position, dht.options.replicas)
    if (owners.includes(other) && owners.includes(state.identity.id)) arcs.set(position, [])
  }
  for (const [position, { digest }] of state.items) {
    arcs.get(ring[tokenAt(ring, position)]!.position)?.push([position, digest])
  }
  for (const entries of arcs.values()) entries.sort(([one], [another]) => comparePositions(one, another))
  return arcs
}

/** Level by level, each side in turn, down to what differs; then each gives what it knows of that. */
export function onCompare(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, { by, parts }: Compare): void {
  if (isFetchingFrom(state, by)) return
  const arcs = arcsSharedWith(dht, state, by)
  const answer: Comparison[] = []
  const wanted: Position[] = []
  const given: Position[] = []
  for (const { arc, part } of parts) {
    const entries = arcs.get(arc)
    if (entries === undefined) continue
    if ('digest' in part) {
      for (const mine of compareNode(entries, part)) answer.push({ arc, part: mine })
    } else {
      const difference = compareEntries(entries, part.prefix, part.entries)
      wanted.push(...difference.wanted)
      given.push(...difference.given)
    }
  }
  const { view } = state.history
  const said = { view, to: by, by: state.identity.id }
  if (answer.length > 0) ctx.send(from, { type: 'Compare', ...said, parts: answer })
  if (wanted.length > 0) ctx.send(from, { type: 'Pull', ...said, positions: wanted })
  give(dht, state, ctx, from, by, given)
}

function give(
  dht: Dht,
  state: DhtState,
  ctx: DhtContext,
  to: NodeId,
  member: string,
  given: readonly Position[],
): void {
  if (given.length === 0) return
  state.tally.repaired += given.length
  const { maxItemsPerMessage, maxBytesPerMessage } = dht.options
  const first = given.slice(0, maxItemsPerMessage).map((position) => state.items.get(position)!)
  const items = fitting(first, maxBytesPerMessage)
  ctx.send(to, {
    type: 'Handover',
    id: state.nextId++,
    view: state.history.view,
    to: member,
    items: items.map(({ key, siblings }) => ({ key, siblings })),
  })
}
