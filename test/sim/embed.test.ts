import { describe, expect, test } from 'vitest'
import { embed, embedProtocol, type EmbeddedMessage, type EmbeddedTimer } from '../../sim/embed.ts'
import type { Machine } from '../../sim/machine.ts'
import { protocol } from '../../sim/protocol.ts'
import { randomStream } from '../../sim/random.ts'
import { World } from '../../sim/world.ts'

/** A part that pings a peer now and then, counts answers on its disk, and draws a number. */
type PartMessage = { readonly type: 'ping'; readonly round: number } | { readonly type: 'pong'; readonly round: number }
type PartTimer = 'round' | { readonly type: 'late'; readonly round: number }
interface PartState {
  round: number
  pongs: number
  late: number
  drawn: number
  peers: string[]
}

const partProtocol = protocol<PartMessage>({
  ping: { transport: 'datagram', identity: ({ round }) => round },
  pong: { transport: 'stream' },
})

function pinger(peer: string): Machine<PartState, PartMessage, PartTimer> {
  return {
    start: (ctx) => {
      ctx.setTimer('round', [5, 15])
      ctx.note('began')
      return {
        round: 0,
        pongs: ctx.disk.read('pongs')?.length ?? 0,
        late: 0,
        drawn: ctx.random.integer(0, 1e6),
        peers: [],
      }
    },
    onMessage: (state, ctx, from, message) => {
      if (message.type === 'ping') ctx.send(from, { type: 'pong', round: message.round })
      else {
        state.pongs++
        ctx.cancelTimer({ type: 'late', round: message.round })
        ctx.disk.append('pongs', new Uint8Array(1))
        ctx.disk.sync()
      }
    },
    onTimer: (state, ctx, timer) => {
      if (timer !== 'round') {
        state.late++
        return
      }
      state.round++
      ctx.send(peer, { type: 'ping', round: state.round })
      ctx.setTimer({ type: 'late', round: state.round }, 200)
      ctx.setTimer('round', [5, 15])
    },
    onPeer: (state, _ctx, node, status) => {
      state.peers.push(`${node} ${status}`)
    },
  }
}

type WholeMessage = EmbeddedMessage<'left' | 'right', PartMessage>
type WholeTimer = EmbeddedTimer<'left' | 'right', PartTimer>
interface WholeState {
  readonly left: PartState
  readonly right: PartState
}

/** Two of the same part in one machine: whatever they shared by mistake would show. */
function whole(peer: string): Machine<WholeState, WholeMessage, WholeTimer> {
  const left = embed('left', pinger(peer))
  const right = embed('right', pinger(peer))
  return {
    start: (ctx) => ({ left: left.start(ctx), right: right.start(ctx) }),
    onMessage: (state, ctx, from, message) => {
      if (left.isMessage(message)) left.onMessage(state.left, ctx, from, message)
      if (right.isMessage(message)) right.onMessage(state.right, ctx, from, message)
    },
    onTimer: (state, ctx, timer) => {
      if (left.isTimer(timer)) left.onTimer(state.left, ctx, timer)
      if (right.isTimer(timer)) right.onTimer(state.right, ctx, timer)
    },
    onPeer: (state, ctx, peerId, status) => left.onPeer(state.left, ctx, peerId, status),
  }
}

const wholeProtocol = { ...embedProtocol('left', partProtocol), ...embedProtocol('right', partProtocol) }

function pair(): World {
  return new World({
    seed: 7,
    protocol: wholeProtocol,
    trace: true,
    network: { latencyMs: [1, 2], loss: 0, duplication: 0 },
    nodes: [
      ['a', 'b'],
      ['b', 'a'],
    ].map(([id, peer]) => ({ id: id!, role: 'node', machine: () => whole(peer!) })),
  })
}

describe('a machine inside another', () => {
  test('gets its own messages and timers, and no others', () => {
    const world = pair()
    world.run(1000)
    const { left, right } = world.state<WholeState>('a')!
    expect(left.round).toBeGreaterThan(60)
    expect([left.pongs, right.pongs].map((pongs) => pongs > 60)).toEqual([true, true])
    expect([left.late, right.late]).toEqual([0, 0])
  })

  test('hears of a request that got no answer by its tagged timer', () => {
    const world = pair()
    world.rule(({ message }) => (message.type === 'left/pong' ? 'drop' : 'pass'))
    world.run(1000)
    const { left, right } = world.state<WholeState>('a')!
    expect(left.late).toBeGreaterThan(40)
    expect(right.late).toBe(0)
  })

  test('has files and randomness of its own', () => {
    const world = pair()
    world.run(1000)
    const { left, right } = world.state<WholeState>('a')!
    expect(world.node('a').disk.list()).toEqual(['left/pongs', 'right/pongs'])
    expect(left.drawn).not.toBe(right.drawn)
  })

  test('recovers from its own file', () => {
    const world = pair()
    world.rule(({ message }) => (message.type === 'right/pong' ? 'drop' : 'pass'))
    world.run(500)
    world.inject({ kind: 'power-loss', node: 'a', restartAfterMs: 0 })
    world.run(501)
    const { left, right } = world.state<WholeState>('a')!
    expect(left.pongs).toBeGreaterThan(20)
    expect(right.pongs).toBe(0)
  })

  test('draws ranges of a named timer anew each time, as it would alone', () => {
    const world = pair()
    world.run(1000)
    const rounds = world.trace!.events.filter(
      ({ kind, node, label }) => kind === 'timer' && node === 'a' && label === 'left/round',
    )
    const gaps = rounds.slice(1).map((event, index) => event.atUs - rounds[index]!.atUs)
    expect(new Set(gaps).size).toBeGreaterThan(50)
  })

  test('notes under its name, and hears of connections', () => {
    const world = pair()
    world.run(100)
    expect(world.trace!.events[0]!.notes.map(({ event }) => event)).toEqual(['left/began', 'right/began'])
    expect(world.state<WholeState>('a')!.left.peers).toEqual(['b up'])
  })
})

describe('the protocol of a part', () => {
  test('keeps transport and identity under the new names', () => {
    const { 'left/ping': ping, 'left/pong': pong } = embedProtocol('left', partProtocol)
    expect([ping.transport, pong.transport]).toEqual(['datagram', 'stream'])
    expect(ping.identity!({ type: 'left/ping', message: { type: 'ping', round: 9 } })).toBe(9)
    expect(pong.identity).toBeUndefined()
  })

  test('validates what is inside', () => {
    const strict = embedProtocol(
      'p',
      protocol<PartMessage>({
        ping: {
          transport: 'datagram',
          schema: {
            safeParse: (value) =>
              typeof (value as { round?: unknown } | undefined)?.round === 'number'
                ? { success: true, data: value as { type: 'ping'; round: number } }
                : { success: false, error: { message: 'round must be a number' } },
          },
        },
        pong: { transport: 'stream' },
      }),
    )
    const { schema } = strict['p/ping']
    const good = { type: 'p/ping', message: { type: 'ping', round: 1 } }
    expect(schema!.safeParse(good)).toEqual({ success: true, data: good })
    expect(schema!.safeParse({ type: 'p/ping' }).success).toBe(false)
  })
})

describe('a named stream of random numbers', () => {
  test('goes on where it was, and moves no other', () => {
    const [one, other] = [randomStream(1, 'node'), randomStream(1, 'node')]
    const drawn = [one.named('a').float(), one.named('a').float()]
    expect(drawn[0]).not.toBe(drawn[1])
    expect([other.named('a').float(), other.named('b').float(), other.named('a').float()]).toEqual([
      drawn[0],
      expect.any(Number),
      drawn[1],
    ])
    expect(one.float()).toBe(other.float())
  })
})
