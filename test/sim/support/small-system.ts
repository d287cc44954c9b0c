import { drawFaults } from '../../../explore/fault-plan.ts'
import type { Fault } from '../../../sim/faults.ts'
import type { Machine } from '../../../sim/machine.ts'
import type { WorldNode } from '../../../sim/node.ts'
import { protocol } from '../../../sim/protocol.ts'
import { World, type WorldOptions } from '../../../sim/world.ts'
import { bytes } from './world.ts'

/**
 * A small system that uses all the world has to offer: every server counts in a file, tells the others by datagram
 * and by stream, and answers what it hears once that is durable.
 */
export type Word =
  | { readonly type: 'count'; readonly n: number }
  | { readonly type: 'seen'; readonly n: number }
  | { readonly type: 'feed'; readonly n: number }
  | { readonly type: 'stored'; readonly n: number }

export interface Counter {
  n: number
  readonly heard: Map<string, number>
}

export const words = protocol<Word>({
  count: { transport: 'datagram', identity: ({ n }) => n },
  seen: { transport: 'datagram', identity: ({ n }) => n },
  feed: { transport: 'stream', identity: ({ n }) => n },
  stored: { transport: 'local' },
})

export const SERVERS = ['n1', 'n2', 'n3', 'n4']

export function counter(peers: readonly string[]): Machine<Counter, Word, 'count' | 'feed'> {
  return {
    start: (ctx) => {
      ctx.setTimer('count', [5, 30])
      ctx.setTimer('feed', 40)
      return { n: ctx.disk.read('counts')?.length ?? 0, heard: new Map() }
    },
    onTimer: (state, ctx, timer) => {
      ctx.setTimer(timer, timer === 'feed' ? 40 : [5, 30])
      if (timer === 'feed') {
        for (const peer of peers) if (peer !== ctx.self) ctx.send(peer, { type: 'feed', n: state.n })
        return
      }
      state.n += 1
      ctx.disk.append('counts', bytes('x'))
      ctx.disk.sync()
      ctx.send(ctx.self, { type: 'stored', n: state.n })
    },
    onMessage: (state, ctx, from, message) => {
      switch (message.type) {
        case 'stored':
          for (const peer of peers) if (peer !== ctx.self) ctx.send(peer, { type: 'count', n: message.n })
          return
        case 'count':
          state.heard.set(from, Math.max(message.n, state.heard.get(from) ?? 0))
          ctx.disk.append(`heard ${from}`, bytes(`${ctx.random.integer(0, 9)}`))
          ctx.disk.sync()
          ctx.send(from, { type: 'seen', n: message.n })
          return
        case 'seen':
          if (ctx.buggify('recount')) state.heard.clear()
          return
        case 'feed':
          state.heard.set(from, message.n)
      }
    },
  }
}

export function planFor(seed: number): readonly Fault[] {
  return drawFaults(seed, { nodes: SERVERS.map((id) => ({ id, role: 'server' })), menu: {}, calmAtMs: 1500 })
}

export function smallSystem(seed: number, options: Partial<WorldOptions> = {}): World {
  const nodes: readonly WorldNode[] = SERVERS.map((id) => ({ id, role: 'server', machine: () => counter(SERVERS) }))
  const world = new World({
    seed, protocol: words, nodes, network: { latencyMs: [1, 10], loss: 0.02, duplication: 0.02 },
    faults: planFor(seed), calmAtMs: 1500, superviseMs: [20, 80],
    spawn: (index) => ({ id: `late${index}`, role: 'server', machine: () => counter(SERVERS) }),
    ...options,
  })
  return world
}
