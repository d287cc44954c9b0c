import type { Machine } from '../sim/machine.ts'
import { protocol } from '../sim/protocol.ts'
import { World } from '../sim/world.ts'
import { BareHash, BareHeap, bareLatencyUs, BareRandom } from './bare-loop.ts'

const FAN_OUT = 4
/** A rumour begins this often, all nodes together. */
const EVERY_MS = 2

interface Rumour {
  readonly type: 'rumour'
  readonly rumour: number
}

interface State {
  readonly heard: Uint8Array
  begun: number
}

const rumours = protocol<Rumour>({ rumour: { transport: 'datagram', identity: ({ rumour }) => rumour } })

/** Tells four others of what it hears for the first time; every so often it has news of its own. */
function gossip(self: number, names: readonly string[], count: number): Machine<State, Rumour, 'news'> {
  const period = EVERY_MS * names.length
  return {
    start: (ctx) => {
      ctx.setTimer('news', EVERY_MS * (self + 1))
      return { heard: new Uint8Array(count), begun: 0 }
    },
    onMessage: (state, ctx, _from, message) => {
      if (state.heard[message.rumour] === 1) return
      state.heard[message.rumour] = 1
      for (let told = 0; told < FAN_OUT; told++) ctx.send(ctx.random.pick(names), message)
    },
    onTimer: (state, ctx) => {
      const rumour = self + names.length * state.begun++
      if (rumour >= count) return
      state.heard[rumour] = 1
      for (let told = 0; told < FAN_OUT; told++) ctx.send(ctx.random.pick(names), { type: 'rumour', rumour })
      ctx.setTimer('news', period)
    },
  }
}

/** As many rumours as give about so many messages; gives how many there were. */
export function simulatedGossip(nodes: number, messages: number): number {
  const names = Array.from({ length: nodes }, (_, index) => `n${index}`)
  const count = rumoursFor(nodes, messages)
  const world = new World({
    seed: 1,
    protocol: rumours,
    network: { latencyMs: [1, 10], loss: 0, duplication: 0 },
    nodes: names.map((id, index) => ({ id, role: 'gossip', machine: () => gossip(index, names, count) })),
  })
  while (world.queue.length > 0) world.step()
  return world.messages
}

/** The same in a bare loop: an item is a rumour and who hears it. */
export function bareGossip(nodes: number, messages: number): number {
  const count = rumoursFor(nodes, messages)
  const heap = new BareHeap(nodes * count * FAN_OUT + count)
  const random = new BareRandom()
  const hash = new BareHash()
  const heard = Array.from({ length: nodes }, () => new Uint8Array(count))
  for (let rumour = 0; rumour < count; rumour++)
    heap.push(EVERY_MS * 1000 * (rumour + 1), rumour * nodes + (rumour % nodes))
  let handled = 0
  while (heap.length > 0) {
    const item = heap.pop()
    const node = item % nodes
    const rumour = (item - node) / nodes
    hash.add(heap.atUs)
    hash.add(item)
    handled++
    if (heard[node]![rumour] === 1) continue
    heard[node]![rumour] = 1
    for (let told = 0; told < FAN_OUT; told++)
      heap.push(heap.atUs + bareLatencyUs(random), rumour * nodes + random.below(nodes))
  }
  return handled - count
}

function rumoursFor(nodes: number, messages: number): number {
  return Math.max(1, Math.round(messages / (nodes * FAN_OUT)))
}
