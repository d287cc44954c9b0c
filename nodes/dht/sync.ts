import type { NodeId } from '../../sim/machine.ts'
import { comparePositions, type Position } from '../ring/ring.ts'
import { keep } from './contents.ts'
import type { Dht } from './dht.ts'
import { fitting, positionOf } from './items.ts'
import { othersOf } from './membership.ts'
import type { Member } from './member.ts'
import type { Fetch, ItemDigest, Offer, Pull, Pulled } from './messages.ts'
import { isAnswered, mayAsk, newPatience } from './patience.ts'
import { makeDurable } from './persistence.ts'
import { reportSynced } from './settle.ts'
import type { DhtContext, DhtState, SyncSource } from './state.ts'

/**
 * A new ring: what this node is to keep in it is fetched from everyone, since anyone may have taken it by an older
 * ring, or for somebody else. Who is asked has come to the new ring, and takes nothing by an older one any more.
 */
export function beginSync({ options }: Dht, state: DhtState, ctx: DhtContext): void {
  const { history, synced, standing } = state
  if (state.sync?.view === history.view || synced === history.view) return
  if (standing !== 'member' && standing !== 'leaving') return
  // One that leaves keeps nothing in the new ring.
  const members = standing === 'leaving' ? [] : othersOf(state)
  const sourceOfMember = (member: Member, place: number): SyncSource => ({
    member,
    after: '',
    wanted: new Map(),
    beginsAt: place / members.length,
    isLast: false,
    next: '',
    isDone: false,
    patience: newPatience(ctx.now, options.choresEveryMs),
  })
  state.sync = {
    view: history.view,
    sources: new Map(members.map((member, place) => [member.id, sourceOfMember(member, place)])),
  }
  for (const source of state.sync.sources.values()) ask(state, ctx, source)
  endSync(state, ctx)
}

/** Whoever has not answered for long is asked again. */
export function repeatSync({ options }: Dht, state: DhtState, ctx: DhtContext): void {
  for (const source of state.sync?.sources.values() ?? []) {
    if (source.isDone || !mayAsk(source.patience, ctx.now, options.requestTimeoutMs)) continue
    if (source.wanted.size > 0) pull(state, ctx, source, options.maxItemsPerMessage)
    else ask(state, ctx, source)
  }
}

function ask({ history, identity }: DhtState, ctx: DhtContext, { member, after }: SyncSource): void {
  ctx.send(member.uri, { type: 'Fetch', view: history.view, to: member.id, by: identity.id, after })
}

/** Others offer much of the same: with each it begins elsewhere, so that little comes from two of them. */
function pull({ history, identity }: DhtState, ctx: DhtContext, source: SyncSource, limit: number): void {
  const { member, wanted, beginsAt } = source
  const all = [...wanted.keys()]
  const first = Math.floor(beginsAt * all.length)
  const positions = [...all.slice(first), ...all.slice(0, first)].slice(0, limit)
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
    if (state.items.get(position)?.digest !== digest) source.wanted.set(position, digest)
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
  // An answer to a repeat, where the first answer came after all: what follows is asked for already.
  if (!takeOff(source, [...pulled.items.map(({ key }) => positionOf(key)), ...pulled.missing])) return
  goOn(dht, state, ctx, source)
}

/** True where any of these was still wanted. */
function takeOff({ wanted }: SyncSource, positions: readonly Position[]): boolean {
  const before = wanted.size
  for (const position of positions) wanted.delete(position)
  return wanted.size < before
}

function goOn(dht: Dht, state: DhtState, ctx: DhtContext, source: SyncSource): void {
  const { choresEveryMs, requestTimeoutMs } = dht.options
  isAnswered(source.patience, ctx.now, choresEveryMs, requestTimeoutMs)
  mayAsk(source.patience, ctx.now, requestTimeoutMs)
  // What has come from others meanwhile need not come again.
  for (const [position, digest] of source.wanted) {
    if (state.items.get(position)?.digest === digest) source.wanted.delete(position)
  }
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
