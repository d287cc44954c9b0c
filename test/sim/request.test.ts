import { describe, expect, test } from 'vitest'
import type { Machine } from '../../sim/machine.ts'
import { protocol } from '../../sim/protocol.ts'
import { abandon, expire, newRequests, request, settle, type Requests, type RequestTimer } from '../../sim/request.ts'
import { World } from '../../sim/world.ts'

type Message = { readonly type: 'question'; readonly id: number } | { readonly type: 'answer'; readonly id: number }

const messages = protocol<Message>({
  question: { transport: 'datagram', identity: ({ id }) => id },
  answer: { transport: 'datagram', identity: ({ id }) => id },
})

interface Asker {
  readonly requests: Requests<string>
  /** What came of each request, in order. */
  readonly log: string[]
}

type AskerTimer = 'give up' | RequestTimer

/** Asks `b` one thing at each start. */
function asker(giveUpAfterMs = 1000): Machine<Asker, Message, AskerTimer> {
  return {
    start: (ctx) => {
      const requests = newRequests<string>(ctx)
      request(requests, ctx, 'b', (id) => ({ type: 'question', id }), 100, 'the weather')
      ctx.setTimer('give up', giveUpAfterMs)
      return { requests, log: [] }
    },
    onMessage: (state, ctx, from, message) => {
      const settled = settle(state.requests, ctx, from, message.id)
      state.log.push(settled === undefined ? 'ignored' : `${settled.detail}, asked of ${settled.to}`)
    },
    onTimer: (state, ctx, timer) => {
      if (timer === 'give up') {
        for (const id of state.requests.pending.keys()) abandon(state.requests, ctx, id)
        state.log.push('gave up')
        return
      }
      const expired = expire(state.requests, timer)
      state.log.push(expired === undefined ? 'ended before' : `no answer about ${expired.detail}`)
    },
  }
}

/** Answers each question as often as told, and also in the name of others. */
function answerer(times: number): Machine<null, Message> {
  return {
    start: () => null,
    onMessage: (_state, ctx, from, { id }) => {
      for (let answer = 0; answer < times; answer++) ctx.send(from, { type: 'answer', id })
    },
  }
}

function worldOf(asking: () => Machine<Asker, Message, AskerTimer>, answers = 1): World {
  return new World({
    seed: 3,
    protocol: messages,
    network: { latencyMs: [5, 5], loss: 0, duplication: 0 },
    nodes: [
      { id: 'a', role: 'asker', machine: asking },
      { id: 'b', role: 'answerer', machine: () => answerer(answers) },
    ],
  })
}

const logOf = (world: World): readonly string[] => world.state<Asker>('a')!.log
const pendingOf = (world: World): number => world.state<Asker>('a')!.requests.pending.size

describe('a request', () => {
  test('ends with its reply, and its timeout does not come', () => {
    const world = worldOf(asker)
    world.run(500)
    expect(logOf(world)).toEqual(['the weather, asked of b'])
    expect(pendingOf(world)).toBe(0)
  })

  test('ends with its timeout where no reply comes', () => {
    const world = worldOf(asker)
    world.rule(() => 'drop')
    world.run(99)
    expect(pendingOf(world)).toBe(1)
    world.run(101)
    expect(logOf(world)).toEqual(['no answer about the weather'])
    expect(pendingOf(world)).toBe(0)
  })

  test('ignores a reply that comes a second time', () => {
    const world = worldOf(asker, 2)
    world.run(500)
    expect(logOf(world)).toEqual(['the weather, asked of b', 'ignored'])
  })

  test('ignores a reply that comes too late', () => {
    const world = worldOf(asker)
    world.rule(({ message }) => (message.type === 'answer' ? { delayMs: 200 } : 'pass'))
    world.run(500)
    expect(logOf(world)).toEqual(['no answer about the weather', 'ignored'])
  })

  test('ignores a reply of another node than the one asked', () => {
    const world = worldOf(asker)
    const id = (): number => [...world.state<Asker>('a')!.requests.pending.keys()][0]!
    world.rule(({ message }) => (message.type === 'question' ? 'drop' : 'pass'))
    world.run(10)
    const before = id()
    world.spawn({ id: 'c', role: 'liar', machine: () => liar(before) })
    world.run(50)
    expect(logOf(world)).toEqual(['ignored'])
    expect(id()).toBe(before)
  })

  test('that was given up neither settles nor expires', () => {
    const world = worldOf(() => asker(50))
    world.rule(({ message }) => (message.type === 'answer' ? { delayMs: 200 } : 'pass'))
    world.run(500)
    expect(logOf(world)).toEqual(['gave up', 'ignored'])
  })

  test('of an earlier incarnation is not settled by its reply to a later one', () => {
    const world = worldOf(asker)
    world.rule(({ message }) => (message.type === 'answer' ? 'hold' : 'pass'))
    world.run(20)
    world.inject({ kind: 'kill', node: 'a', restartAfterMs: 0 })
    world.run(40)
    let held = 0
    world.release(() => held++ === 0)
    world.run(50)
    expect(logOf(world)).toEqual(['ignored'])
    world.release()
    world.run(60)
    expect(logOf(world)).toEqual(['ignored', 'the weather, asked of b'])
  })
})

function liar(id: number): Machine<null, Message> {
  return {
    start: (ctx) => {
      ctx.send('a', { type: 'answer', id })
      return null
    },
    onMessage: () => undefined,
  }
}
