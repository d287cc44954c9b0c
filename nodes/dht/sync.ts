import type { NodeId } from '../../sim/machine.ts'
import { comparePositions } from '../ring/ring.ts'
import { keep } from './contents.ts'
import type { Dht } from './dht.ts'
import { fitting, positionOf } from './items.ts'
import { othersOf } from './membership.ts'
import type { Member } from './member.ts'
import type { Fetch, ItemDigest, Offer, Pull, Pulled } from './messages.ts'
import { makeDurable } from './persistence.ts'
import { reportSynced } from './settle.ts'
import type { DhtContext, DhtState, SyncSource } from './state.ts'

/**
 * A new ring: what this node is to keep in it is fetched from everyone, since anyone may have taken it by an older
 * ring, or for somebody else. Who is asked has come to the new ring, and takes nothing by an older one any more.
 */
export function beginSync(state: DhtState, ctx: DhtContext): void {
  const { history, synced, standing } = state
  if (state.sync?.view === history.view || synced === history.view) return
  if (standing !== 'member' && standing !== 'leaving') return
  // One that leaves keeps nothing in the new ring.
  const members = standing === 'leaving' ? [] : othersOf(state)
  state.sync = { view: history.view, sources: new Map(members.map((member) => [member.id, newSource(member)])) }
  for (const source of state.sync.sources.values()) ask(state, ctx, source)
  endSync(state, ctx)
}

function newSource(member: Member): SyncSource {
  return { member, after: '', wanted: new Set(), isLast: false, next: '', isDone: false }
}

/** Whoever has not answered is asked again. */
export function repeatSync(state: DhtState, ctx: DhtContext, limit: number): void {
  for (const source of state.sync?.sources.values() ?? []) {
    if (source.isDone) continue
    if (source.wanted.size > 0) pull(state, ctx, source, limit)
    else ask(state, ctx, source)
  }
}

function ask({ history, identity }: DhtState, ctx: DhtContext, { member, after }: SyncSource): void {
  ctx.send(member.uri, { type: 'Fetch', view: history.view, to: member.id, by: identity.id, after })
}

function pull({ history, identity }: DhtState, ctx: DhtContext, { member, wanted }: SyncSource, limit: number): void {
  const positions = [...wanted].slice(0, limit)
  ctx.send(member.uri, { type: 'Pull', view: history.view, to: member.id, by: identity.id, positions })
}

/** Digests of what is kept here and is to be kept by the one who asks, a page of them. */
export function onFetch(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, { view, by, after }: Fetch): void {
  const { maxDigestsPerMessage, replicas } = dht.options
  const theirs: ItemDigest[] = []
  for (const [position, { digest }] of state.items) {
    if (position <= after) continue
    if (dht.rules.ownersToMoveTo(state.history.ring, position, replicas).includes(by)) theirs.push([position, digest])
  }
  theirs.sort(([one], [other]) => comparePositions(one, other))
  const digests = theirs.slice(0, maxDigestsPerMessage)
  const isLast = digests.length === theirs.length
  ctx.send(from, { type: 'Offer', view, by: state.identity.id, after, digests, isLast })
}

export function onOffer(dht: Dht, state: DhtState, ctx: DhtContext, offer: Offer): void {
  const source = sourceOf(state, offer)
  if (source === undefined || source.wanted.size > 0 || source.after !== offer.after) return
  for (const [position, digest] of offer.digests) {
    if (state.items.get(position)?.digest !== digest) source.wanted.add(position)
  }
  source.isLast = offer.isLast
  source.next = offer.digests.at(-1)?.[0] ?? offer.after
  goOn(dht, state, ctx, source)
}

/** The source of an answer that belongs to the present view and is still awaited. */
function sourceOf({ sync }: DhtState, { view, by }: Offer | Pulled): SyncSource | undefined {
  const source = sync?.view === view ? sync.sources.get(by) : undefined
  return source?.isDone === true ? undefined : source
}

export function onPull(dht: Dht, state: DhtState, ctx: DhtContext, from: NodeId, { view, positions }: Pull): void {
  const { maxItemsPerMessage, maxBytesPerMessage } = dht.options
  const wanted = positions.slice(0, maxItemsPerMessage)
  const present = wanted.flatMap((position) => {
    const item = state.items.get(position)
    return item === undefined ? [] : [{ key: item.key, siblings: item.siblings }]
  })
  // What is left out is wanted still, and asked for once more.
  const items = fitting(present, maxBytesPerMessage)
  const missing = wanted.filter((position) => !state.items.has(position))
  ctx.send(from, { type: 'Pulled', view, by: state.identity.id, items, missing })
}

export function onPulled(dht: Dht, state: DhtState, ctx: DhtContext, pulled: Pulled): void {
  if (pulled.view !== state.history.view) return
  for (const { key, siblings } of pulled.items) if (keep(dht, state, ctx, key, siblings)) state.tally.fetched++
  makeDurable(state, ctx)
  const source = sourceOf(state, pulled)
  if (source === undefined) return
  for (const { key } of pulled.items) source.wanted.delete(positionOf(key))
  for (const position of pulled.missing) source.wanted.delete(position)
  goOn(dht, state, ctx, source)
}

function goOn(dht: Dht, state: DhtState, ctx: DhtContext, source: SyncSource): void {
  if (source.wanted.size > 0) {
    pull(state, ctx, source, dht.options.maxItemsPerMessage)
    return
  }
  if (!source.isLast) {
    source.after = source.next
    ask(state, ctx, source)
    return
  }
  source.isDone = true
  endSync(state, ctx)
}

function endSync(state: DhtState, ctx: DhtContext): void {
  if (state.sync === null || [...state.sync.sources.values()].some(({ isDone }) => !isDone)) return
  state.sync = null
  reportSynced(state, ctx)
}
