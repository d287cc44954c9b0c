import { dhtNode, dhtOf } from '../nodes/dht/node.ts'
import type { Dht } from '../nodes/dht/dht.ts'
import { gossip, onGossipAck, onGossipSyn } from '../nodes/dht/gossip.ts'
import { byLogicalClock, type History, historyOf } from '../nodes/dht/history.ts'
import type { Member } from '../nodes/dht/member.ts'
import { author } from '../nodes/dht/membership.ts'
import type { DhtMessage, MembershipEvent } from '../nodes/dht/messages.ts'
import { dhtProtocol } from '../nodes/dht/protocol.ts'
import type { DhtContext, DhtState } from '../nodes/dht/state.ts'
import type { Machine } from '../sim/machine.ts'
import { World } from '../sim/world.ts'

const INTERVAL_MS = 1_000
/** By then all nodes gossip, each at moments of its own. */
const WARM_UP_MS = 3_000
const STEP_MS = 50
const MOST_MS = 200_000
/** Nothing else goes on in the ring. */
const NEVER_MS = 1e9

type Turn = 'round' | 'news'

/**
 * How many gossip intervals it takes until all nodes know of an event that one of them took down, for as many events as
 * are asked for, each by a node of its own. The nodes are those of the table, in a ring of so many members; they gossip,
 * and do nothing else.
 */
export function gossipRounds(size: number, loss: number, events: number, seed: number): readonly number[] {
  const members = Array.from({ length: size }, (_, place) => memberOf(place))
  const founded = historyOf(members.map(foundingEvent), byLogicalClock)
  const authors = Array.from({ length: events }, (_, place) => Math.floor((place * size) / events))
  const world = new World({
    seed,
    protocol: dhtProtocol(),
    network: { latencyMs: [1, 10], loss, duplication: 0 },
    nodes: members.map((member, place) => ({
      id: member.uri,
      role: 'server',
      machine: () => gossiper(member, founded, authors.includes(place)),
    })),
  })
  const knownMs = new Map<number, number>()
  for (let atMs = WARM_UP_MS; knownMs.size < events; atMs += STEP_MS) {
    if (atMs > MOST_MS) throw new Error(`an event does not reach all of ${size} nodes`)
    world.run(atMs)
    for (const place of authors) {
      if (!knownMs.has(place) && isKnownToAll(world, members[place]!.id)) knownMs.set(place, atMs)
    }
  }
  return authors.map((place) => (knownMs.get(place)! - WARM_UP_MS) / INTERVAL_MS)
}

function isKnownToAll(world: World, of: string): boolean {
  return world.nodes.every(({ state }) => (state as DhtState).history.counts.get(of) === 2)
}

function memberOf(place: number): Member {
  return { id: `member ${place}`, name: `Member ${place}`, uri: `n${place}`, tokens: [`${place}`.padStart(40, '0')] }
}

function foundingEvent(member: Member, place: number): MembershipEvent {
  return { clock: place + 1, author: member.id, serial: 1, timestampMs: 0, type: 'ADD', member }
}

/** A member of the ring as it was founded that only gossips, and some time takes down an event. */
function gossiper(member: Member, founded: History, hasNews: boolean): Machine<DhtState, DhtMessage, Turn> {
  const options = { joinsAtStart: false, gossipEveryMs: INTERVAL_MS, suspectAfterMs: NEVER_MS }
  const dht: Dht = dhtOf(options)
  const whole = dhtNode(options)
  return {
    start: (ctx) => {
      const state = { ...whole.start(ctx as unknown as DhtContext), identity: member, history: founded }
      for (const timer of ['gossip', 'chores', 'repair']) ctx.cancelTimer(timer as Turn)
      ctx.setTimer('round', [0, INTERVAL_MS])
      if (hasNews) ctx.setTimer('news', WARM_UP_MS)
      return state
    },
    onMessage: (state, ctx, from, message) => {
      const own = ctx as unknown as DhtContext
      if (message.type === 'GossipSyn') onGossipSyn(state, own, from, message)
      else if (message.type === 'GossipAck') onGossipAck(dht, state, own, from, message)
    },
    onTimer: (state, ctx, timer) => {
      const own = ctx as unknown as DhtContext
      if (timer === 'round') {
        gossip(dht, state, own)
        ctx.setTimer('round', [INTERVAL_MS * 0.9, INTERVAL_MS * 1.1])
      } else {
        author(dht, state, own, [['ADD', { ...memberOf(-1), id: `news of ${member.id}`, uri: member.uri }]])
      }
    },
  }
}
