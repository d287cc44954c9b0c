import type { Dht, DhtOptions } from '../dht.ts'
import { positionOf } from '../items.ts'
import { author, selfMember } from '../membership.ts'
import { ownersAt } from '../../ring/ring.ts'
import { presentRing } from '../settle.ts'
import type { DhtContext, DhtState } from '../state.ts'
import type { DhtBug } from './bug.ts'

/** The design has no replicas. */
const ONE_COPY: Partial<DhtOptions> = { replicas: 1, writeQuorum: 1, readQuorum: 1, ownWrites: 1 }

/** Holes of the design of the table as it was first published, each by itself. */
export const publishedHoles: readonly DhtBug[] = [
  {
    id: 'as-published-clock',
    about:
      'membership events are ordered by wall clocks, which differ, so that a member is removed before it was added',
    violates: 'the ring settles',
    rarity: 'rare',
    rules: { eventOrder: (one, other) => one.timestampMs - other.timestampMs || (one.author < other.author ? -1 : 1) },
  },
  {
    id: 'as-published-migration',
    about:
      'whoever is asked answers by the ring as it sees it: a write lands where the key has just been moved away from',
    violates: 'an answer holds every acknowledged write',
    rarity: 'common',
    rules: { ringsToAsk: (state) => [presentRing(state)], isSameView: () => true },
  },
  {
    id: 'as-published-missing',
    about:
      'whoever a key has come to answers for it at once, also before it has it: there is no such key; with one copy',
    violates: 'an answer holds every acknowledged write',
    rarity: 'common',
    rules: { ringsToAsk: (state) => [presentRing(state)] },
    options: ONE_COPY,
  },
  {
    id: 'as-published-one-copy',
    about: 'each key is kept once, so that it is lost with its disk',
    violates: 'no acknowledged write is lost',
    rarity: 'common',
    rules: {},
    options: ONE_COPY,
  },
  {
    id: 'as-published-forwarding',
    about: 'a request is passed on as often as a node sees another as its owner',
    violates: 'no request goes round for ever',
    rarity: 'rare',
    rules: { mayForward: () => true },
  },
  {
    id: 'as-published-leave',
    about: 'a member that is told to leave takes that down for itself, hands over what it holds, and goes',
    violates: 'the ring has no ghosts',
    rarity: 'common',
    rules: { leave: (dht, state, ctx) => leaveAtOnce(dht, state, ctx) },
  },
  {
    id: 'as-published-neighbours',
    about: 'members that leave at once hand over to each other, and wait for nobody to have it; with one copy',
    violates: 'no acknowledged write is lost',
    rarity: 'rare',
    rules: { leave: (dht, state, ctx) => leaveAtOnce(dht, state, ctx) },
    options: ONE_COPY,
  },
  {
    id: 'as-published-ghost',
    about: 'a node whose disk was lost joins as another, and the one it was stays in the ring',
    violates: 'the ring has no ghosts',
    rarity: 'rare',
    rules: { ghostsOf: () => [] },
  },
]

/** Nobody has to have heard of it, or to have what was handed over. */
function leaveAtOnce(dht: Dht, state: DhtState, ctx: DhtContext): void {
  author(dht, state, ctx, [['REMOVE', selfMember(dht, state, ctx)]])
  const { ring, members, view } = state.history
  for (const { key, siblings } of state.items.values()) {
    const owner = members.get(ownersAt(ring, positionOf(key), 1)[0] ?? '')
    if (owner === undefined) continue
    ctx.send(owner.uri, { type: 'Handover', id: state.nextId++, view, to: owner.id, items: [{ key, siblings }] })
  }
  ctx.exit('it has left the ring')
}
