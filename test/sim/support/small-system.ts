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

/** One fault of every kind, at fixed times, so that a run depends on the world alone and not on how plans are drawn. */
export const EVERY_KIND: readonly Fault[] = [
  { id: 1, kind: 'loss', atMs: 100, forMs: 300, probability: 0.3, from: ['n1'] },
  { id: 2, kind: 'duplication', atMs: 150, forMs: 300, probability: 0.3 },
  {
    id: 3,
    kind: 'delay',
    atMs: 200,
    forMs: 400,
    probability: 0.3,
    delay: { shape: 'long-tailed', minMs: 5, maxMs: 900 },
  },
  {
    id: 4,
    kind: 'delay',
    atMs: 220,
    forMs: 100,
    probability: 0.5,
    delay: { shape: 'exponential', meanMs: 20 },
    to: ['n2'],
  },
  { id: 5, kind: 'reordering', atMs: 250, forMs: 300, probability: 0.2, withinMs: 50 },
  { id: 6, kind: 'partition', atMs: 300, forMs: 900, groups: [['n1', 'n2'], ['n3']] },
  { id: 7, kind: 'one-way-partition', atMs: 350, forMs: 200, from: ['n4'], to: ['n1'] },
  { id: 8, kind: 'clog', atMs: 400, forMs: 150, from: ['n2'], to: ['n4'] },
  { id: 9, kind: 'slow-link', atMs: 420, forMs: 200, factor: 5, from: ['n3'] },
  { id: 10, kind: 'bandwidth', atMs: 450, forMs: 200, bytesPerSecond: 20_000 },
  { id: 11, kind: 'stream-reset', atMs: 480, from: ['n1'], to: ['n4'] },
  { id: 12, kind: 'corruption', atMs: 500, forMs: 100, probability: 0.1 },
  { id: 13, kind: 'kill', atMs: 520, node: 'n1', restartAfterMs: 40 },
  { id: 14, kind: 'power-loss', atMs: 560, node: 'n2', restartAfterMs: 60 },
  { id: 15, kind: 'crash-in-output', atMs: 640, node: 'n3', power: true, restartAfterMs: 30, upgrade: true },
  { id: 16, kind: 'crash-in-recovery', atMs: 700, node: 'n4', power: true, times: 2, restartAfterMs: 20 },
  { id: 17, kind: 'pause', atMs: 750, forMs: 80, node: 'n1' },
  { id: 18, kind: 'slow-process', atMs: 800, forMs: 100, node: 'n2', byMs: 7 },
  { id: 19, kind: 'spawn', atMs: 850, index: 0 },
  { id: 20, kind: 'slow-sync', atMs: 880, forMs: 100, node: 'n3', byMs: 20 },
  { id: 21, kind: 'disk-error', atMs: 900, forMs: 60, node: 'n4', probability: 0.2 },
  { id: 22, kind: 'disk-full', atMs: 950, forMs: 40, node: 'n1' },
  { id: 23, kind: 'bit-rot', atMs: 1000, node: 'n2' },
  { id: 24, kind: 'lost-sync', atMs: 1010, forMs: 100, node: 'n3' },
  { id: 25, kind: 'misdirected-write', atMs: 1050, node: 'n4' },
  { id: 26, kind: 'clock-skew', atMs: 1100, forMs: 100, node: 'n1', byMs: -500 },
  { id: 27, kind: 'clock-drift', atMs: 1150, forMs: 200, node: 'n2', rate: 1.1 },
  { id: 28, kind: 'clock-jump', atMs: 1200, node: 'n3', byMs: -1000 },
  { id: 29, kind: 'power-loss', atMs: 1250, node: 'n3', restartAfterMs: 20, disk: 'old' },
  { id: 30, kind: 'kill', atMs: 1300, node: 'n4', restartAfterMs: 20, disk: 'empty' },
]

export function smallSystem(seed: number, options: Partial<WorldOptions> = {}): World {
  const nodes: readonly WorldNode[] = SERVERS.map((id) => ({
    id,
    role: 'server',
    machine: () => counter(SERVERS),
    upgraded: () => counter([...SERVERS].reverse()),
  }))
  const world = new World({
    seed,
    protocol: words,
    nodes,
    network: { latencyMs: [1, 10], loss: 0.02, duplication: 0.02 },
    faults: EVERY_KIND,
    calmAtMs: 1500,
    superviseMs: [20, 80],
    spawn: (index) => ({ id: `late${index}`, role: 'server', machine: () => counter(SERVERS) }),
    ...options,
  })
  return world
}
