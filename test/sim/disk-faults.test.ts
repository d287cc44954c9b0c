import { describe, expect, test } from 'vitest'
import { bytes, diskErrorOf, events, filesOf, node, textOf, worldOf, type TestContext } from './support/world.ts'

const SEEDS = Array.from({ length: 120 }, (_, seed) => seed)

describe('a power loss', () => {
  /** Writes three records of 40 bytes without a sync. */
  const writes = node('n1', {
    start: (ctx) => {
      if (ctx.disk.list().length > 0) return
      for (const letter of ['a', 'b', 'c']) ctx.disk.append('log', bytes(letter.repeat(40)))
    },
  })
  const after = (seed: number): string => {
    const world = worldOf([writes], { seed })
    world.run(1)
    world.inject({ kind: 'power-loss', node: 'n1' })
    return textOf(world.node('n1').disk.read('log')) ?? ''
  }

  test('loses all, keeps all, keeps a prefix, or lets each write meet a fate of its own', () => {
    const shapes = new Set(
      SEEDS.map((seed) =>
        after(seed)
          .replace(/(.)\1*/g, '$1')
          .replaceAll('\0', '_'),
      ),
    )
    expect(shapes).toContain('')
    expect(shapes).toContain('abc')
    expect(shapes).toContain('ab')
    expect(shapes).toContain('_b')
    expect(shapes).toContain('a_c')
    expect(shapes).toContain('_c')
  })

  test('tears a write at any byte', () => {
    const seeds = Array.from({ length: 1500 }, (_, seed) => seed)
    const lengths = new Set(seeds.map((seed) => after(seed).length))
    const torn = Array.from({ length: 39 }, (_, byte) => byte + 1)
    for (const byte of torn)
      expect(
        [...lengths].some((length) => length % 40 === byte),
        `torn at ${byte}`,
      ).toBe(true)
  })

  test('tears a long write at the edge of a sector as well', () => {
    const edges = SEEDS.filter((seed) => {
      const world = worldOf([node('n1', { start: (ctx) => ctx.disk.append('log', bytes('x'.repeat(2000))) })], { seed })
      world.run(1)
      world.inject({ kind: 'power-loss', node: 'n1' })
      return world.node('n1').disk.read('log')?.length === 512
    })
    expect(edges.length).toBeGreaterThan(0)
  })

  test('is counted, and its torn writes are', () => {
    const world = worldOf([writes], { seed: SEEDS.find((seed) => after(seed).length % 40 !== 0)! })
    world.run(1)
    world.inject({ kind: 'power-loss', node: 'n1' })
    expect(world.effects.get('power-loss')).toBe(1)
    expect(world.effects.get('torn-write')).toBeGreaterThan(0)
  })
})

describe('a disk that fails', () => {
  /** Tries everything once a millisecond, and writes down what went wrong. */
  const tries = (log: string[]): ReturnType<typeof node> =>
    node('n1', {
      start: (ctx) => {
        ctx.disk.append('a', bytes('x'))
        ctx.setTimer('try', 1)
      },
      onTimer: (ctx) => {
        ctx.setTimer('try', 1)
        const attempts: Record<string, () => void> = {
          read: () => ctx.disk.read('a'),
          append: () => ctx.disk.append('a', bytes('y')),
          truncate: () => ctx.disk.truncate('a', 1),
          list: () => ctx.disk.list(),
        }
        for (const [name, attempt] of Object.entries(attempts)) log.push(`${name} ${diskErrorOf(attempt) ?? 'ok'}`)
      },
    })

  test('when full refuses what needs room, and nothing else, until it is over', () => {
    const log: string[] = []
    const world = worldOf([tries(log)])
    world.run(0.5)
    world.inject({ kind: 'disk-full', node: 'n1', forMs: 1 })
    world.run(2.2)
    expect(log).toEqual([
      'read ok',
      'append ENOSPC',
      'truncate ok',
      'list ok',
      'read ok',
      'append ok',
      'truncate ok',
      'list ok',
    ])
    expect(world.effects.get('disk-full')).toBe(1)
  })

  test('when broken fails each operation by itself, with the probability', () => {
    const log: string[] = []
    const world = worldOf([tries(log)])
    world.inject({ kind: 'disk-error', node: 'n1', probability: 0.3, forMs: 1e6 })
    world.run(600)
    const shares = ['read', 'append', 'truncate', 'list'].map((name) => {
      const mine = log.filter((entry) => entry.startsWith(name))
      return mine.filter((entry) => entry.endsWith('EIO')).length / mine.length
    })
    expect(shares.filter((share) => share < 0.2 || share > 0.4)).toEqual([])
  })

  test('stops the node where the error escapes, and says how soon it is started again', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.disk.append('a', bytes('x')) })], {
      superviseMs: [500, 500],
    })
    world.inject({ kind: 'disk-full', node: 'n1', forMs: 25, restartAfterMs: 10 })
    world.run(100)
    expect(events(world, 'start')).toEqual(['0 n1 start', '10 n1 restart', '20 n1 restart', '30 n1 restart'])
    expect(world.findings).toEqual([])
  })

  test('stops the node when a sync fails, with what was to follow it unsaid', () => {
    const answers = node('n1', {
      start: (ctx) => {
        ctx.disk.append('a', bytes('x'))
        ctx.disk.sync()
        ctx.send('n2', { type: 'datagram', n: 1 })
      },
    })
    const world = worldOf([answers, node('n2')])
    world.run(5)
    world.inject({ kind: 'disk-error', node: 'n1', probability: 1, forMs: 10 })
    world.run(50)
    expect(events(world, 'sync-failed')).toEqual(['10 n1 sync'])
    expect(world.node('n1').up).toBe(false)
    expect(events(world, 'deliver')).toEqual([])
  })

  test('two troubles that overlap end one by one', () => {
    const log: string[] = []
    const world = worldOf([tries(log)])
    world.run(0.2)
    world.inject({ kind: 'disk-error', node: 'n1', probability: 1, forMs: 10.5 })
    world.inject({ kind: 'disk-error', node: 'n1', probability: 1, forMs: 5.5 })
    world.run(20.5)
    expect(log.filter((entry) => entry === 'read EIO')).toHaveLength(10)
    expect(log.filter((entry) => entry === 'read ok')).toHaveLength(10)
  })

  test('takes longer for a sync while it is slow', () => {
    const synced = (seed: number): readonly string[] => {
      const world = worldOf([node('n1', { start: (ctx) => (ctx.disk.append('a', bytes('x')), ctx.disk.sync()) })], {
        seed,
      })
      world.inject({ kind: 'slow-sync', node: 'n1', byMs: 100, forMs: 50 })
      world.run(500)
      expect(world.effects.get('slow-sync')).toBe(1)
      return events(world, 'synced')
    }
    expect(synced(1)).toEqual(['110 n1 sync'])
  })
})

describe('a disk that lies', () => {
  const writes = (ctx: TestContext): void => {
    if (ctx.disk.list().length > 0) return
    ctx.disk.append('a', bytes('acknowledged'))
    ctx.disk.sync()
    ctx.send('n2', { type: 'datagram', n: 1 })
  }

  test('loses what it said was synced, at a power loss and not at a kill', () => {
    const kept = (kind: 'kill' | 'power-loss', seed: number): boolean => {
      const world = worldOf([node('n1', { start: writes }), node('n2')], { seed })
      world.inject({ kind: 'lost-sync', node: 'n1', forMs: 50 })
      world.run(20)
      expect(events(world, 'deliver')).toEqual(['11 n2 datagram'])
      world.inject({ kind, node: 'n1' })
      return filesOf(world.node('n1').disk)['a'] === 'acknowledged'
    }
    expect(SEEDS.every((seed) => kept('kill', seed))).toBe(true)
    expect(SEEDS.some((seed) => !kept('power-loss', seed))).toBe(true)
  })

  test('rots and misdirects on demand, and counts it where it did', () => {
    const twice = node('n1', {
      start: (ctx) => {
        ctx.disk.append('a', bytes('one'))
        ctx.disk.sync()
        ctx.setTimer('more', 20)
      },
      onTimer: (ctx) => {
        ctx.disk.append('a', bytes('two'))
        ctx.disk.sync()
      },
    })
    const world = worldOf([twice])
    world.run(15)
    world.inject({ kind: 'bit-rot', node: 'n1' })
    expect(world.effects.get('bit-rot')).toBe(undefined)
    world.inject({ kind: 'misdirected-write', node: 'n1' })
    world.run(40)
    expect(world.effects.get('misdirected-write')).toBe(1)
    world.inject({ kind: 'bit-rot', node: 'n1' })
    expect(world.effects.get('bit-rot')).toBe(1)
    expect(textOf(world.node('n1').disk.read('a'))).not.toBe('onetwo')
  })
})
