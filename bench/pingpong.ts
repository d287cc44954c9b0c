import type { Machine } from '../sim/machine.ts'
import { protocol } from '../sim/protocol.ts'
import { World } from '../sim/world.ts'
import { BareHash, BareHeap, bareLatencyUs, BareRandom } from './bare-loop.ts'

const BALLS = 64
const LOSS = 0.01
/** A ball that has not come back for so long is served again. */
const LOST_AFTER_MS = 50

interface Ball {
  readonly type: 'ball'
  readonly ball: number
}

interface State {
  readonly seenAtMs: Float64Array
}

const balls = protocol<Ball>({ ball: { transport: 'datagram', identity: ({ ball }) => ball } })

/** Both send back what they get; the one that serves also looks for balls that were lost. */
function player(peer: string, serves: boolean): Machine<State, Ball, 'look'> {
  return {
    start: (ctx) => {
      if (serves) {
        for (let ball = 0; ball < BALLS; ball++) ctx.send(peer, { type: 'ball', ball })
        ctx.setTimer('look', LOST_AFTER_MS)
      }
      return { seenAtMs: new Float64Array(BALLS) }
    },
    onMessage: (state, ctx, from, message) => {
      state.seenAtMs[message.ball] = ctx.now
      ctx.send(from, message)
    },
    onTimer: (state, ctx) => {
      for (let ball = 0; ball < BALLS; ball++) {
        if (ctx.now - state.seenAtMs[ball]! < LOST_AFTER_MS) continue
        state.seenAtMs[ball] = ctx.now
        ctx.send(peer, { type: 'ball', ball })
      }
      ctx.setTimer('look', LOST_AFTER_MS)
    },
  }
}

/** Carries out so many messages in the simulated world. */
export function simulatedPingPong(messages: number): void {
  const world = new World({
    seed: 1,
    protocol: balls,
    network: { latencyMs: [1, 10], loss: LOSS, duplication: 0 },
    nodes: [
      { id: 'a', role: 'player', machine: () => player('b', true) },
      { id: 'b', role: 'player', machine: () => player('a', false) },
    ],
  })
  while (world.messages < messages) world.step()
}

/** The same in a bare loop: an item is a ball and who gets it. */
export function barePingPong(messages: number): number {
  const heap = new BareHeap(4 * BALLS)
  const random = new BareRandom()
  const hash = new BareHash()
  const seen = [new Int32Array(BALLS), new Int32Array(BALLS)]
  for (let ball = 0; ball < BALLS; ball++) heap.push(bareLatencyUs(random), ball * 2)
  for (let sent = 0; sent < messages; sent++) {
    const item = heap.pop()
    hash.add(heap.atUs)
    hash.add(item)
    seen[item & 1]![item >> 1]!++
    const lost = random.next() < LOSS * 4294967296
    heap.push(heap.atUs + (lost ? LOST_AFTER_MS * 1000 : 0) + bareLatencyUs(random), item ^ 1)
  }
  return hash.value
}
