import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { World } from '../../sim/world.ts'
import { drops, heard, logOf, node, worldOf, type TestContext } from './support/world.ts'

type Staged = Parameters<World['inject']>[0]

/** Says one numbered message by stream to each of the others every `everyMs`. */
function talker(id: string, others: readonly string[], everyMs = 1): ReturnType<typeof node> {
  let said = 0
  const say = (ctx: TestContext): void => {
    said++
    for (const to of others) ctx.send(to, { type: 'stream', n: said })
    ctx.setTimer('say', everyMs)
  }
  return node(id, { start: say, onTimer: say })
}

const numbersFrom = (world: World, at: string, from: string): readonly number[] =>
  heard(world, at).flatMap((entry) =>
    entry.startsWith('stream') && entry.endsWith(` from ${from}`) ? [Number(entry.split(' ')[1])] : [],
  )

const news = (world: World, id: string): readonly string[] =>
  heard(world, id).filter((entry) => /^(up|down)/.test(entry))

const pair = (everyMs?: number): World =>
  worldOf([talker('n1', ['n2'], everyMs), node('n2')], { network: { latencyMs: [1, 9], loss: 0, duplication: 0 } })

describe('a stream', () => {
  test('delivers all in order though latency varies, after both ends heard that it is up', () => {
    const world = pair()
    world.run(500)
    const received = numbersFrom(world, 'n2', 'n1')
    expect(received).toEqual(received.map((_, index) => index + 1))
    expect(received.length).toBeGreaterThan(470)
    expect([heard(world, 'n2')[0], news(world, 'n1'), news(world, 'n2')]).toEqual(['up n1', ['up n2'], ['up n1']])
  })

  test('loses nothing under loss: what is lost is sent again, later, and holds up the rest', () => {
    const world = pair()
    world.inject({ kind: 'loss', probability: 0.05, forMs: 1e9 })
    world.run(2000)
    world.heal()
    world.run(4000)
    const received = numbersFrom(world, 'n2', 'n1')
    expect(received).toEqual(received.map((_, index) => index + 1))
    expect(received.length).toBeGreaterThan(3900)
    expect(world.effects.get('loss')).toBeGreaterThan(50)
  })

  test('when reset is down at both ends, loses what was in flight, and connects again', () => {
    const world = pair(10)
    world.run(100.5)
    world.inject({ kind: 'stream-reset', from: ['n1'], to: ['n2'] })
    world.run(500)
    expect([news(world, 'n1'), news(world, 'n2')]).toEqual([
      ['up n2', 'down n2', 'up n2'],
      ['up n1', 'down n1', 'up n1'],
    ])
    const received = numbersFrom(world, 'n2', 'n1')
    expect(received).toEqual([...received].sort((a, b) => a - b))
    expect(received.at(-1)! - received.length).toBe(
      drops(world)['stream is down']! + (drops(world)['stream broke'] ?? 0),
    )
    expect(world.effects.get('stream-reset')).toBe(1)
  })

  test('breaks when nothing gets through for long, not for a short while, and loses what is said meanwhile', () => {
    const through = (forMs: number): World => {
      const world = pair(10)
      world.run(50)
      world.inject({ kind: 'partition', groups: [['n1'], ['n2']], forMs })
      world.run(5000)
      return world
    }
    const short = through(400)
    expect(news(short, 'n1')).toEqual(['up n2'])
    expect(drops(short)).toEqual({})
    const long = through(1500)
    expect([news(long, 'n1'), news(long, 'n2')]).toEqual([
      ['up n2', 'down n2', 'up n2'],
      ['up n1', 'down n1', 'up n1'],
    ])
    expect(Object.keys(drops(long)).sort()).toEqual(['stream broke', 'stream is down'])
  })

  test('tells the other end of a kill at once, of a power loss only after a silence', () => {
    const downAtMs = (kind: 'kill' | 'power-loss'): number => {
      const world = pair(10)
      world.run(100)
      world.inject({ kind, node: 'n2' })
      world.run(3000)
      return world.trace!.events.find((event) => event.kind === 'peer-down')!.atUs / 1000
    }
    expect(downAtMs('kill')).toBeLessThan(110)
    expect(downAtMs('power-loss')).toBeGreaterThan(1100)
  })

  test('that cannot connect is down for the one who said something, and for nobody else', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.send('n2', { type: 'stream', n: 1 }) }), node('n2')])
    world.step()
    world.inject({ kind: 'partition', groups: [['n1'], ['n2']], forMs: 500 })
    world.run(400)
    expect([heard(world, 'n1'), heard(world, 'n2')]).toEqual([['down n2'], []])
    world.run(3000)
    expect([news(world, 'n1'), heard(world, 'n2')]).toEqual([['down n2', 'up n2'], ['up n1']])
  })

  test('is not heard of by the end that never knew of it', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.send('n2', { type: 'stream', n: 1 }) }), node('n2')], {
      network: { latencyMs: [50, 50], loss: 0, duplication: 0 },
    })
    world.run(20)
    world.inject({ kind: 'kill', node: 'n1', forGood: true })
    world.run(5000)
    expect(heard(world, 'n2')).toEqual([])
  })

  test('tries again with longer and longer waits', () => {
    const world = pair(10)
    world.run(100)
    world.inject({ kind: 'kill', node: 'n2', restartAfterMs: 60_000 })
    const attempts: number[] = []
    const probe = world.streams.probe.bind(world.streams)
    world.streams.probe = (...order) => {
      attempts.push(world.nowMs)
      probe(...order)
    }
    world.run(60_000)
    const waits = attempts.slice(1).map((atMs, index) => atMs - attempts[index]!)
    expect(waits[0]).toBeLessThan(200)
    expect(Math.max(...waits)).toBeLessThan(1600)
    expect(Math.min(...waits.slice(8))).toBeGreaterThan(1000)
    world.run(63_000)
    expect(news(world, 'n1').at(-1)).toBe('up n2')
    expect(logOf(world, 'n2').slice(0, 2)).toEqual(['start', 'up n1'])
  })

  test('is held back by a clog, and let go in order within moments of its end', () => {
    const world = pair(10)
    world.run(100)
    world.inject({ kind: 'clog', from: ['n1'], forMs: 3000 })
    world.run(3000)
    const held = numbersFrom(world, 'n2', 'n1').length
    expect(held).toBeLessThan(12)
    world.run(3200)
    const received = numbersFrom(world, 'n2', 'n1')
    expect(received).toEqual(received.map((_, index) => index + 1))
    expect(received.length).toBeGreaterThan(300)
    expect(world.effects.get('clog')).toBeGreaterThan(0)
  })

  test('queues behind its own bytes where bandwidth is short', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          for (let n = 1; n <= 5; n++) ctx.send('n2', { type: 'stream', n })
        },
      }),
      node('n2'),
    ])
    world.inject({ kind: 'bandwidth', bytesPerSecond: 2000, forMs: 1e9 })
    world.run(2000)
    const at = world.trace!.events.filter(({ kind }) => kind === 'deliver').map(({ atUs }) => atUs / 1000)
    expect(at.slice(1).map((ms, index) => ms - at[index]!)).toEqual([100, 100, 100, 100])
  })

  test('to oneself opens once, and delivers', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          for (let n = 1; n <= 3; n++) ctx.send('n1', { type: 'stream', n })
        },
      }),
    ])
    world.run(50)
    expect(heard(world, 'n1')).toEqual(['up n1', 'stream 1 from n1', 'stream 2 from n1', 'stream 3 from n1'])
  })

  test('has an outbox whose length can be asked and which is bounded: a peer that does not keep up is cut off', () => {
    const lengths: number[] = []
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          lengths.push(ctx.outboxLength('n2'))
          ctx.send('n2', { type: 'stream', n: 0 })
          ctx.setTimer('fill', 10)
        },
        onTimer: (ctx) => {
          lengths.push(ctx.outboxLength('n2'))
          for (let n = 1; n <= 1000; n++) ctx.send('n2', { type: 'stream', n })
          if (lengths.length < 8) ctx.setTimer('fill', 1)
        },
      }),
      node('n2'),
    ])
    world.run(5)
    world.inject({ kind: 'clog', forMs: 1e6 })
    world.run(100)
    expect(lengths).toEqual([0, 0, 1000, 2000, 3000, 4000, 0, 0])
    expect(news(world, 'n1')).toEqual(['up n2', 'down n2'])
    expect(drops(world)['stream broke']).toBe(4097)
  })
})

describe('streams under any faults', () => {
  const IDS = ['n1', 'n2', 'n3']
  const atMs = fc.integer({ min: 1, max: 2000 })
  const who = fc.constantFrom(...IDS)
  const side = fc.subarray(IDS, { minLength: 1 })
  const forMs = fc.integer({ min: 1, max: 2000 })
  const fault: fc.Arbitrary<Staged & { readonly atMs: number }> = fc.oneof(
    fc.record({ kind: fc.constant('partition' as const), atMs, forMs, groups: fc.tuple(side, side) }),
    fc.record({ kind: fc.constant('one-way-partition' as const), atMs, forMs, from: side, to: side }),
    fc.record({
      kind: fc.constantFrom('kill' as const, 'power-loss' as const),
      atMs,
      node: who,
      restartAfterMs: fc.integer({ min: 0, max: 2000 }),
    }),
    fc.record({
      kind: fc.constant('crash-in-output' as const),
      atMs,
      node: who,
      power: fc.boolean(),
      restartAfterMs: fc.integer({ min: 0, max: 2000 }),
    }),
    fc.record({ kind: fc.constant('pause' as const), atMs, forMs, node: who }),
    fc.record({
      kind: fc.constant('slow-process' as const),
      atMs,
      forMs,
      node: who,
      byMs: fc.integer({ min: 1, max: 60 }),
    }),
    fc.record({ kind: fc.constant('stream-reset' as const), atMs, from: side, to: side }),
    fc.record({ kind: fc.constant('clog' as const), atMs, forMs, from: side }),
    fc.record({ kind: fc.constant('loss' as const), atMs, forMs, probability: fc.constant(0.3) }),
    fc.record({
      kind: fc.constant('delay' as const),
      atMs,
      forMs,
      probability: fc.constant(0.5),
      delay: fc.constant({ shape: 'long-tailed' as const, minMs: 5, maxMs: 500 }),
    }),
  )

  test('order holds between up and down, nothing comes before up, up and down take turns, and the calm connects all', () => {
    fc.assert(
      fc.property(fc.array(fault, { minLength: 1, maxLength: 8 }), fc.nat(1000), (faults, seed) => {
        const world = worldOf(
          IDS.map((id) =>
            talker(
              id,
              IDS.filter((other) => other !== id),
              25,
            ),
          ),
          {
            seed,
            faults: faults.map((each, id) => ({ ...each, id }) as never),
            calmAtMs: 2500,
            network: { latencyMs: [1, 10], loss: 0, duplication: 0 },
          },
        )
        world.run(6000)
        for (const id of IDS) {
          for (const peer of IDS) if (peer !== id) checkLog(logsOf(world, id), peer)
        }
      }),
      { numRuns: 60 },
    )
  })

  /** What each incarnation of a node saw: news of its peers, and numbers by peer. */
  function logsOf(
    world: World,
    id: string,
  ): readonly (readonly { readonly peer: string; readonly what: 'up' | 'down' | number }[])[] {
    const logs: { peer: string; what: 'up' | 'down' | number }[][] = []
    for (const event of world.trace!.events) {
      if (event.node !== id) continue
      if (event.kind === 'start') logs.push([])
      if (event.kind === 'deliver') logs.at(-1)!.push({ peer: event.peer!, what: (event.body as { n: number }).n })
      if (event.kind === 'peer-up' || event.kind === 'peer-down')
        logs.at(-1)!.push({ peer: event.peer!, what: event.kind === 'peer-up' ? 'up' : 'down' })
    }
    return logs
  }

  function checkLog(logs: ReturnType<typeof logsOf>, peer: string): void {
    let highest = 0
    for (const [incarnation, log] of logs.entries()) {
      let status: 'up' | 'down' | 'unknown' = 'unknown'
      let first = true
      for (const { what } of log.filter((entry) => entry.peer === peer)) {
        if (typeof what === 'string') {
          if (what === status) throw new Error(`heard ${what} ${peer} twice`)
          status = what
          first = true
        } else {
          if (status !== 'up') throw new Error(`message ${what} of ${peer} came while ${status}`)
          if (first ? what <= highest : what !== highest + 1)
            throw new Error(`message ${what} of ${peer} came after ${highest}`)
          highest = what
          first = false
        }
      }
      if (incarnation === logs.length - 1) expect(status).toBe('up')
    }
  }
})
