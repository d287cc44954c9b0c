import { always } from '../../../../checks/property.ts'
import type { ClusterView } from '../../../../checks/property.ts'
import type { SmallSystem } from '../../../../explore/exhaustive/world.ts'
import type { Machine } from '../../../../sim/machine.ts'
import { protocol } from '../../../../sim/protocol.ts'

type Message = { readonly type: 'ping' | 'pong'; readonly value: number }

/** Counts what comes in the right order, and answers it; the one that serves begins with `ping 0`. */
function player(peer: string | undefined): Machine<{ count: number }, Message> {
  return {
    start: (ctx) => {
      if (peer !== undefined) ctx.send(peer, { type: 'ping', value: 0 })
      return { count: 0 }
    },
    onMessage: (state, ctx, from, { type, value }) => {
      if (value !== state.count) return
      ctx.send(from, type === 'pong' ? { type: 'ping', value: value + 1 } : { type: 'pong', value })
      state.count++
    },
  }
}

const count = (node: { readonly state: unknown }): number => (node.state as { count: number }).count

/** The actor test system of stateright (`actor_test_util.rs`), with its own count of states in `model.rs`. */
export const pingPong: SmallSystem = {
  protocol: protocol<Message>({ ping: { transport: 'datagram' }, pong: { transport: 'datagram' } }),
  nodes: [
    { id: 'a', role: 'server', machine: () => player('b') },
    { id: 'b', role: 'server', machine: () => player(undefined) },
  ],
  properties: [
    always('the counts differ by at most one', (view) => {
      const counts = view.nodes.filter(({ up }) => up).map(count)
      return Math.max(...counts) - Math.min(...counts) <= 1 ? undefined : `the counts are ${counts.join(' and ')}`
    }),
  ],
}

export function upTo(most: number): (view: ClusterView) => boolean {
  return (view) => view.nodes.every((node) => count(node) <= most)
}
