import { describe, expect, test } from 'vitest'
import type { Delay, Fault } from '../../sim/faults.ts'
import type { World, WorldOptions } from '../../sim/world.ts'
import { drops, heard, messages, node, worldOf } from './support/world.ts'

type Staged = Parameters<World['inject']>[0]

/** n1 says `count` datagrams to n2, one every millisecond, numbered from 1. */
function sender(count: number): ReturnType<typeof node> {
  let said = 0
  return node('n1', {
    start: (ctx) => ctx.setTimer('say', 1),
    onTimer: (ctx) => {
      ctx.send('n2', { type: 'datagram', n: ++said })
      if (said < count) ctx.setTimer('say', 1)
    },
  })
}

function talk(count: number, faults: readonly Staged[], options: Partial<WorldOptions> = {}): World {
  const world = worldOf([sender(count), node('n2')], options)
  for (const fault of faults) world.inject(fault)
  world.run(count + 20_000)
  return world
}

const numbers = (world: World): readonly number[] => heard(world, 'n2').map((entry) => Number(entry.split(' ')[1]))

/** How long each datagram took beyond the millisecond it always takes, in milliseconds. */
const lateness = (world: World): readonly number[] =>
  world
    .trace!.events.filter(({ kind }) => kind === 'deliver')
    .map(({ atUs, body }) => atUs / 1000 - (body as { n: number }).n - 1)

const whole = { forMs: 1e9 }

describe('datagrams', () => {
  test('arrive once and in order while nothing is wrong and latency is even', () => {
    expect(numbers(talk(50, []))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  })

  test('overtake each other where latency varies', () => {
    const heardNumbers = numbers(talk(100, [], { network: { latencyMs: [1, 10], loss: 0, duplication: 0 } }))
    expect(heardNumbers).not.toEqual([...heardNumbers].sort((a, b) => a - b))
    expect(new Set(heardNumbers).size).toBe(100)
  })

  test('are lost with the probability of the network, and of a fault while it lasts', () => {
    const byNetwork = talk(2000, [], { network: { latencyMs: [1, 1], loss: 0.2, duplication: 0 } })
    expect(numbers(byNetwork).length).toBeGreaterThan(1500)
    expect(numbers(byNetwork).length).toBeLessThan(1700)
    expect(byNetwork.effects.get('loss')).toBe(2000 - numbers(byNetwork).length)
    expect(drops(byNetwork)).toEqual({ lost: 2000 - numbers(byNetwork).length })

    const byFault = numbers(talk(2000, [{ kind: 'loss', probability: 0.5, forMs: 1000 }]))
    expect(byFault.filter((n) => n < 1000).length).toBeGreaterThan(400)
    expect(byFault.filter((n) => n < 1000).length).toBeLessThan(600)
    expect(byFault.filter((n) => n > 1000).length).toBe(1000)
  })

  test('are doubled, and the copy comes later or at once', () => {
    const world = talk(500, [{ kind: 'duplication', probability: 0.3, ...whole }])
    const copies = numbers(world).length - 500
    expect(copies).toBeGreaterThan(100)
    expect(copies).toBeLessThan(200)
    expect(world.effects.get('duplication')).toBe(copies)
    expect(world.trace!.events.filter(({ kind }) => kind === 'duplicate')).toHaveLength(copies)
  })

  test('a lost one has no copy', () => {
    const world = talk(300, [
      { kind: 'loss', probability: 1, ...whole },
      { kind: 'duplication', probability: 1, ...whole },
    ])
    expect(numbers(world)).toEqual([])
    expect(world.effects.get('duplication')).toBe(undefined)
  })

  test('are reordered within the bound', () => {
    const world = talk(300, [{ kind: 'reordering', probability: 0.5, withinMs: 20, ...whole }])
    expect(numbers(world)).not.toEqual([...numbers(world)].sort((a, b) => a - b))
    expect(Math.max(...lateness(world))).toBeLessThanOrEqual(20)
    expect(world.effects.get('reordering')).toBeGreaterThan(100)
  })

  test.each<[Delay, (late: readonly number[]) => void]>([
    [{ shape: 'constant', ms: 50 }, (late) => expect(new Set(late.map(Math.round))).toEqual(new Set([50]))],
    [
      { shape: 'uniform', minMs: 10, maxMs: 30 },
      (late) => {
        expect([Math.floor(Math.min(...late)), Math.ceil(Math.max(...late))]).toEqual([10, 30])
        expect(Math.abs(mean(late) - 20)).toBeLessThan(1)
      },
    ],
    [
      { shape: 'exponential', meanMs: 40 },
      (late) => {
        expect(Math.abs(mean(late) - 40)).toBeLessThan(4)
        expect(Math.max(...late)).toBeGreaterThan(120)
      },
    ],
    [
      { shape: 'long-tailed', minMs: 5, maxMs: 2000 },
      (late) => {
        expect(Math.min(...late)).toBeGreaterThan(4.99)
        expect(Math.max(...late)).toBeLessThanOrEqual(2000)
        expect(Math.max(...late)).toBeGreaterThan(100)
        const sorted = [...late].sort((a, b) => a - b)
        // Shape 2: half of all draws lie below the minimum times the root of two.
        expect(sorted[1000]! / 5).toBeCloseTo(Math.SQRT2, 1)
      },
    ],
  ])('are delayed by $shape', (delay, check) => {
    const world = talk(2000, [{ kind: 'delay', probability: 1, delay, ...whole }])
    const late = lateness(world)
    expect(late).toHaveLength(2000)
    check(late)
    expect(world.effects.get(`delay-${delay.shape}`)).toBe(2000)
  })

  test('take as many times as long on a slow link', () => {
    const world = talk(50, [{ kind: 'slow-link', factor: 8, ...whole }])
    expect(new Set(lateness(world).map((ms) => Math.round(ms)))).toEqual(new Set([7]))
  })

  test('queue behind each other where bandwidth is short, in their order', () => {
    // 200 bytes each unless declared: 10 a second at 2,000 bytes a second.
    const world = talk(20, [{ kind: 'bandwidth', bytesPerSecond: 2000, ...whole }])
    expect(numbers(world)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    const at = world.trace!.events.filter(({ kind }) => kind === 'deliver').map(({ atUs }) => atUs / 1000)
    expect(at[0]).toBe(102)
    expect(at.slice(1).map((ms, index) => Math.round(ms - at[index]!))).toEqual(Array.from({ length: 19 }, () => 100))
  })

  test('only on the links that a fault names', () => {
    const chatty = (id: string, to: string): ReturnType<typeof node> =>
      node(id, { start: (ctx) => ctx.send(to, { type: 'datagram', n: 1 }) })
    const reached = (links: { from?: string[]; to?: string[] }): readonly string[] => {
      const world = worldOf([chatty('n1', 'n2'), chatty('n2', 'n3'), chatty('n3', 'n1')])
      world.inject({ kind: 'loss', probability: 1, ...whole, ...links })
      world.run(50)
      return world.nodes.filter(({ id }) => heard(world, id).length > 0).map(({ id }) => id)
    }
    expect(reached({})).toEqual([])
    expect(reached({ from: ['n1'] })).toEqual(['n1', 'n3'])
    expect(reached({ to: ['n1', 'n3'] })).toEqual(['n2'])
    expect(reached({ from: ['n1'], to: ['n3'] })).toEqual(['n1', 'n2', 'n3'])
  })

  test('to a name that is none are noted, and go nowhere', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.send('n7', { type: 'datagram', n: 1 }) })])
    world.run(10)
    expect(world.trace!.events[0]!.notes).toEqual([{ event: 'no such node', detail: 'n7' }])
  })
})

describe('a clogged link', () => {
  const clog = (forMs: number): Staged => ({ kind: 'clog', to: ['n2'], forMs })

  test('holds what is said while it lasts, and lets it go at its end, in order', () => {
    const world = talk(30, [clog(20)], { network: { latencyMs: [1, 5], loss: 0, duplication: 0 } })
    const arrivals = world.trace!.events.filter(({ kind }) => kind === 'deliver')
    const held = arrivals.filter(({ body }) => (body as { n: number }).n < 20)
    expect(held.map(({ body }) => (body as { n: number }).n)).toEqual(
      Array.from({ length: 19 }, (_, index) => index + 1),
    )
    expect(new Set(held.map(({ atUs }) => atUs))).toEqual(new Set([21_000]))
    expect(numbers(world)).toHaveLength(30)
    expect(world.effects.get('clog')).toBe(19)
  })

  test('holds until the last of several clogs is over', () => {
    const world = talk(10, [clog(20), clog(50)])
    expect(Math.min(...lateness(world))).toBe(40)
  })

  test('lets go at once where the calm heals it early', () => {
    const world = worldOf([sender(5), node('n2')])
    world.inject({ kind: 'clog', forMs: Infinity })
    world.run(100)
    expect(numbers(world)).toEqual([])
    world.heal()
    world.run(102)
    expect(numbers(world)).toEqual([1, 2, 3, 4, 5])
  })
})

describe('corrupted bytes', () => {
  const corruption: Fault = { id: 1, kind: 'corruption', atMs: 0, forMs: 1e9, probability: 0.4 }

  test('are dropped with the reason, never thrown, and the rest arrives whole', () => {
    const world = talk(300, [], { faults: [corruption] })
    const damaged = world.effects.get('corruption')!
    expect(damaged).toBeGreaterThan(80)
    expect(drops(world)).toEqual({ 'checksum does not fit': damaged })
    expect(numbers(world)).toHaveLength(300 - damaged)
    expect(world.findings).toEqual([])
  })

  test('can be staged by hand in a world that did without its codec', () => {
    const world = talk(100, [{ kind: 'corruption', probability: 1, forMs: 1e9 }])
    expect(numbers(world)).toEqual([])
    expect(drops(world)).toEqual({ 'checksum does not fit': 100 })
  })

  test('a message that its schema refuses is dropped where it goes through its codec', () => {
    const refuses = { safeParse: () => ({ success: false as const, error: { message: 'n is odd' } }) }
    const world = talk(3, [], {
      wire: true,
      protocol: { ...messages, datagram: { transport: 'datagram', schema: refuses } },
    })
    expect(drops(world)).toEqual({ 'not a datagram: n is odd': 3 })
  })
})

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
