import { type ClusterView, eventually, type EventuallyProperty } from '../../checks/property.ts'
import { isSuspected } from '../failure-detection/heartbeats.ts'
import { ownersAt } from '../ring/ring.ts'
import { isEqual, merge, type Siblings } from '../versions/siblings.ts'
import type { DhtInput } from './client.ts'
import { siblingsAt } from './contents.ts'
import { dhtState } from './dht-state.ts'
import { digestOf, lacksSomething } from './history.ts'
import { othersOf } from './membership.ts'
import { isSettled } from './settle.ts'
import type { DhtState } from './state.ts'

/** Nobody was heard of for so long: that node is cut off, and cannot be asked to agree. */
const CUT_OFF_MS = 2_500

interface Present {
  readonly id: string
  readonly state: DhtState
}

/** Nodes that are up, take part, and hear somebody. */
function present(view: ClusterView): readonly Present[] {
  return view.nodes.flatMap((node) => {
    const state = dhtState(node)
    return state === undefined || state.standing === 'idle' || isCutOff(state) ? [] : [{ id: node.id, state }]
  })
}

function isCutOff(state: DhtState): boolean {
  const others = othersOf(state)
  // Who knows of no event was answered by nobody; who founded a ring is all of it.
  if (others.length === 0) return state.history.events.length === 0
  return others.every(({ id }) => isSuspected(state.heartbeats, id, state.gossipedMs, CUT_OFF_MS))
}

/** Every node that takes part knows the same events, and so has the same ring. */
export const ringsAgree: EventuallyProperty = eventually('all nodes come to one ring', (view) => {
  const [first, ...others] = present(view)
  if (first === undefined) return 'no node takes part'
  const { history } = first.state
  const differs = others.find(({ state }) => state.history.view !== history.view)
  if (differs !== undefined) {
    return `${first.id} and ${differs.id} know ${history.events.length} and ${differs.state.history.events.length} events, not the same ones`
  }
  const apart = others.find(({ state }) => membersOf(state) !== membersOf(first.state))
  return apart === undefined ? undefined : `${first.id} and ${apart.id} know the same events, and have other members`
})

function membersOf({ history }: DhtState): string {
  return [...history.members.keys()].sort().join(' ')
}

/** Nobody is in the ring who is not at the place that the ring names, or down. */
export const noGhosts: EventuallyProperty = eventually('the ring has no ghosts', (view) => {
  const nodes = present(view)
  for (const { id: seenBy, state } of nodes) {
    for (const { id, name, uri } of state.history.members.values()) {
      const node = view.node(uri)
      const there = node === undefined ? undefined : dhtState(node)
      if (node?.exitReason?.includes('left') === true) return `${seenBy} has ${name} in its ring, which has left`
      if (there === undefined || cannotSay(there) || isUnheard(nodes, state, id, there)) continue
      if (there.identity.id === id && there.standing === 'member') continue
      return `${seenBy} has ${name} in its ring at ${uri}, where there is no such member`
    }
  }
  return undefined
})

/** A node that came back as another, and is cut off, cannot tell anyone that the one it was is gone. */
function cannotSay(state: DhtState): boolean {
  // One that takes no part hears of others only while these ask it.
  return state.standing === 'idle' ? state.history.events.length === 0 : isCutOff(state)
}

/**
 * One that had left and was added again by others takes no part until it hears of that: from it nobody has heard, and
 * it does not know what these know.
 */
function isUnheard(nodes: readonly Present[], seenBy: DhtState, id: string, there: DhtState): boolean {
  return (
    there.standing === 'idle' &&
    lacksSomething(there.history, digestOf(seenBy.history)) &&
    nodes.every(({ state }) => isSuspected(state.heartbeats, id, state.gossipedMs, CUT_OFF_MS))
  )
}

/** Where every member is up, no older ring is in force any more, and who was to leave has left. */
export const ringSettles: EventuallyProperty = eventually('the ring settles', (view) => {
  const nodes = present(view)
  const members = new Set(nodes.map(({ state }) => state.identity.id))
  for (const { id, state } of nodes) {
    if (othersOf(state).some((other) => !members.has(other.id))) continue
    if (state.standing !== 'member') return `${id} is still ${state.standing}`
    if (!isSettled(state)) return `${id} has ${state.inForce.length} rings in force`
  }
  return undefined
})

/**
 * All that keep a key know the same of it, and all that any other copy knows; and there are no other copies where every
 * member can be reached, and so the ring be settled.
 */
export const replicasEqual: EventuallyProperty = eventually('all replicas are equal', (view) => {
  const nodes = present(view)
  const byMember = new Map(nodes.map((node) => [node.state.identity.id, node]))
  for (const { id, state } of nodes) {
    const isWhole = othersOf(state).every((other) => byMember.has(other.id))
    for (const [position, { key, siblings }] of state.items) {
      const isStray = state.strays.has(position)
      if (isStray && isWhole) return `${id} still has a copy of ${key}`
      for (const home of ownersAt(state.history.ring, position, state.replicas)) {
        const other = byMember.get(home)
        if (other === undefined || knowsAll(other.state, position, siblings, isStray)) continue
        return `${other.id} does not know of ${key} what ${id} knows`
      }
    }
  }
  return undefined
})

/** True where the node knows the same; or, of a stray copy, at least as much. */
function knowsAll(state: DhtState, position: string, siblings: Siblings, isStray: boolean): boolean {
  const known = siblingsAt(state, position)
  return isEqual(isStray ? merge(known, siblings) : siblings, known)
}

/** How long the ring may need to come to rest once all is well, and how long a request is given then. */
const GRACE_MS = 1_500

/** Whoever asks for a key in the calm is answered. Nothing is missing where nobody has asked for long enough. */
export function clientsServed(calmAtMs: number): EventuallyProperty {
  const check: EventuallyProperty['check'] = (view, history) => {
    let asked = 0
    for (let place = history.length - 1; place >= 0; place--) {
      const { invokedAtMs, outcome, input } = history[place]!
      if (invokedAtMs < calmAtMs) break
      if (!('key' in (input as DhtInput))) continue
      if (outcome === 'ok') return undefined
      if (invokedAtMs >= calmAtMs + GRACE_MS && invokedAtMs <= view.nowMs - GRACE_MS) asked++
    }
    return asked === 0 ? undefined : `${asked} requests began in the calm and none has ended ok`
  }
  return eventually('clients are served in the calm', check, { clientVisible: true })
}
