import { isSuspected } from '../../failure-detection/heartbeats.ts'
import { ownersAt, type Position, type Ring } from '../../ring/ring.ts'
import type { Dht } from '../dht.ts'
import { historyOf } from '../history.ts'
import { presentRing } from '../settle.ts'
import type { DhtContext, DhtState } from '../state.ts'
import type { DhtBug } from './bug.ts'

/** How many times as long as it takes to suspect a member it takes to forget it. */
const FORGETS_AFTER = 1.5

/** Bugs that real tables of this kind had. */
export const literatureBugs: readonly DhtBug[] = [
  {
    id: 'D01',
    about: 'the ring is switched at once when a member joins, and new owners answer before they have the keys',
    violates: 'an answer holds every acknowledged write',
    rarity: 'common',
    rules: { ringsToAsk: (state) => [presentRing(state)] },
  },
  {
    id: 'D04',
    about: 'a member that is silent for long is forgotten, without an event, and comes back by gossip',
    violates: 'all nodes come to one ring, and what follows from that',
    rarity: 'common',
    rules: { onSilence: forgetSilent },
  },
  {
    id: 'D05',
    about: 'membership events are applied in the order in which they arrive',
    violates: 'all nodes come to one ring',
    rarity: 'rare',
    rules: { eventOrder: () => 0 },
  },
  {
    id: 'D06',
    about: 'who moves keys gives those behind the highest token to its owner, where the ring goes round to the lowest',
    violates: 'no acknowledged write is lost, all replicas are equal',
    rarity: 'common',
    rules: { ownersToMoveTo: withoutWrap },
  },
  {
    id: 'D08',
    about: 'a node whose disk was lost, or that dropped a key, counts its writes from the start under its old name',
    violates: 'no two writes have one dot; no acknowledged write is lost',
    rarity: 'very rare',
    rules: { actor: (_identity, ctx) => ctx.self },
  },
]

/** The silent member is out of the ring here, as if it had never been in it. */
function forgetSilent(dht: Dht, state: DhtState, ctx: DhtContext): void {
  const { history, heartbeats, identity } = state
  const silentMs = dht.options.suspectAfterMs * FORGETS_AFTER
  const silent = [...history.members.keys()].filter(
    (id) => id !== identity.id && heartbeats.heardMs.has(id) && isSuspected(heartbeats, id, ctx.now, silentMs),
  )
  if (silent.length === 0) return
  const kept = history.events.filter(({ member, author }) => !silent.includes(member.id) && !silent.includes(author))
  state.history = historyOf(kept, dht.rules.eventOrder)
  for (const id of silent) heartbeats.heardMs.delete(id)
}

function withoutWrap(ring: Ring, position: Position, count: number): readonly string[] {
  const highest = ring.at(-1)?.position
  return ownersAt(ring, highest !== undefined && position > highest ? highest : position, count)
}
