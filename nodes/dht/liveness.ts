import { type ClusterView, eventually, type EventuallyProperty } from '../../checks/property.ts'
import { isSuspected } from '../failure-detection/heartbeats.ts'
import { ownersAt } from '../ring/ring.ts'
import type { DhtInput } from './client.ts'
import { dhtState } from './dht-state.ts'
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
  return others.length > 0 && others.every(({ id }) => isSuspected(state.heartbeats, id, state.gossipedMs, CUT_OFF_MS))
}

/** Every node that takes part knows the same events, and so has the same ring. */
export const ringsAgree: EventuallyProperty = eventually('all nodes come to one ring', (view) => {
  const [first, ...others] = present(view)
  if (first === undefined) return 'no node takes part'
  const other = others.find(({ state }) => state.history.view !== first.state.history.view)
  return other === undefined
    ? undefined
    : `${first.id} and ${other.id} know ${first.state.history.events.length} and ${other.state.history.events.length} events, not the same ones`
})

/** Nobody is in the ring who is not at the place that the ring names, or down. */
export const noGhosts: EventuallyProperty = eventually('the ring has no ghosts', (view) => {
  for (const { id: seenBy, state } of present(view)) {
    for (const { id, name, uri } of state.history.members.values()) {
      const node = view.node(uri)
      const there = node === undefined ? undefined : dhtState(node)
      if (there === undefined || (there.identity.id === id && there.standing === 'member')) continue
      return `${seenBy} has ${name} in its ring at ${uri}, where there is no such member`
    }
  }
  return undefined
})

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

/** All that keep a key know the same of it, and nobody else has a copy, unless one of them cannot be reached. */
export const replicasEqual: (replicas: number) => EventuallyProperty = (replicas) =>
  eventually('all replicas are equal', (view) => {
    const nodes = present(view)
    const byMember = new Map(nodes.map((node) => [node.state.identity.id, node]))
    for (const { id, state } of nodes) {
      for (const [position, { key, digest }] of state.items) {
        const homes = ownersAt(state.history.ring, position, replicas)
        const others = homes.flatMap((home) => byMember.get(home) ?? [])
        const other = others.find((home) => home.state.items.get(position)?.digest !== digest)
        if (other !== undefined) return `${id} and ${other.id} do not know the same of ${key}`
        if (others.length === homes.length && state.strays.has(position)) return `${id} still has a copy of ${key}`
      }
    }
    return undefined
  })

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
