import { describe, expect, test } from 'vitest'
import { DiskError, invariant } from '../../sim/machine.ts'
import type { World } from '../../sim/world.ts'
import {
  bytes,
  drops,
  events,
  filesOf,
  heard,
  logOf,
  node,
  textOf,
  worldOf,
  type TestContext,
} from './support/world.ts'

/** Says six things: two records and four messages, in turn. */
const sixThings = (ctx: TestContext): void => {
  ctx.send('n2', { type: 'datagram', n: 1 })
  ctx.disk.append('a', bytes('1'))
  ctx.send('n2', { type: 'datagram', n: 2 })
  ctx.send('n2', { type: 'datagram', n: 3 })
  ctx.disk.append('a', bytes('2'))
  ctx.send('n2', { type: 'datagram', n: 4 })
}

const PREFIXES = ['', '1', '1a', '1a2', '1a23', '1a23b', '1a23b4']

/** What n1 got to say of its six things, in order. */
const said = (world: World): string => {
  const numbers = new Set(heard(world, 'n2').map((entry) => entry.split(' ')[1]!))
  const written = textOf(world.node('n1').disk.read('a')) ?? ''
  return ['1', 'a', '2', '3', 'b', '4']
    .filter((one) => (one === 'a' ? written.includes('1') : one === 'b' ? written.includes('2') : numbers.has(one)))
    .join('')
}

describe('a crash in the middle of what a handler says', () => {
  test('keeps a prefix of it, and every prefix can come, be it nothing or all', () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 80; seed++) {
      const world = worldOf([node('n1', { start: (ctx) => ctx.setTimer('go', 5), onTimer: sixThings }), node('n2')], {
        seed,
      })
      world.run(1)
      world.inject({ kind: 'crash-in-output', node: 'n1', power: false })
      world.run(20)
      expect(world.node('n1').up).toBe(false)
      seen.add(said(world))
    }
    expect([...seen].sort()).toEqual(PREFIXES)
  })

  test('keeps a prefix of what a start says too', () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 80; seed++) {
      const world = worldOf([node('n1', { start: sixThings }), node('n2')], { seed })
      world.inject({ kind: 'crash-in-output', node: 'n1', power: false })
      world.run(20)
      seen.add(said(world))
    }
    expect([...seen].sort()).toEqual(PREFIXES)
  })

  test('hits as well what waits behind a sync', () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 60; seed++) {
      const world = worldOf(
        [
          node('n1', {
            start: (ctx) => {
              ctx.disk.append('a', bytes('x'))
              ctx.disk.sync()
              for (const n of [1, 2, 3]) ctx.send('n2', { type: 'datagram', n })
            },
          }),
          node('n2'),
        ],
        { seed },
      )
      world.run(5)
      world.inject({ kind: 'crash-in-output', node: 'n1', power: true })
      world.run(20)
      seen.add(heard(world, 'n2').join())
    }
    expect(seen.size).toBe(4)
    expect(seen).toContain('')
  })

  test('waits for a handler that writes, where its fault says so', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => ctx.setTimer('talk', 2),
        onTimer: (ctx, timer) => {
          ctx.send('n2', { type: 'datagram', n: 1 })
          if (timer === 'write') ctx.disk.append('a', bytes('x'))
          else ctx.setTimer(ctx.now < 10 ? 'talk' : 'write', 2)
        },
      }),
      node('n2'),
    ])
    world.run(1)
    world.inject({ kind: 'crash-in-output', node: 'n1', power: false, writing: true })
    world.run(50)
    expect(events(world, 'crash')).toEqual(['12 n1 killed while answering'])
  })

  test('comes back the way its fault says', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.setTimer('go', 5), onTimer: sixThings }), node('n2')])
    world.run(1)
    world.inject({ kind: 'crash-in-output', node: 'n1', power: false, restartAfterMs: 2, disk: 'empty' })
    world.run(7.5)
    expect([world.node('n1').incarnation, filesOf(world.node('n1').disk)]).toEqual([2, {}])
    expect(world.effects.get('crash-in-output')).toBe(1)
  })

  test('for good leaves the node down, after the calm too', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.setTimer('go', 5), onTimer: sixThings }), node('n2')])
    world.run(1)
    world.inject({ kind: 'crash-in-output', node: 'n1', power: true, forGood: true })
    world.run(3)
    expect(world.node('n1').up).toBe(true)
    world.run(20)
    world.heal()
    world.run(200)
    expect(world.node('n1').up).toBe(false)
  })
})

describe('a handler that throws', () => {
  const throwing = (error: () => Error, seed = 1): World => {
    const world = worldOf(
      [
        node('n1', {
          onMessage: (ctx) => {
            ctx.disk.append('a', bytes('kept'))
            ctx.send('n2', { type: 'datagram', n: 9 })
            throw error()
          },
        }),
        node('n2', { start: (ctx) => ctx.send('n1', { type: 'datagram', n: 1 }) }),
      ],
      { seed, superviseMs: [30, 30] },
    )
    world.run(500)
    return world
  }

  test('keeps what it wrote, sends nothing, stops the node, and is a finding', () => {
    const world = throwing(() => new Error('a bug'))
    expect(textOf(world.node('n1').disk.read('a'))).toBe('kept')
    expect(heard(world, 'n2')).toEqual([])
    expect(world.node('n1').up).toBe(false)
    expect(world.findings).toEqual([
      { property: 'no machine throws', summary: 'Error: a bug', node: 'n1', atMs: 1, atEvent: 3 },
    ])
  })

  test('a broken invariant is a finding of its own name', () => {
    const world = throwing(() => {
      try {
        invariant(Number('1') > 2, 'one is not more than two')
      } catch (error) {
        return error as Error
      }
      return new Error('invariant did not throw')
    })
    expect(world.findings.map(({ property, summary }) => [property, summary])).toEqual([
      ['invariant of the machine', 'InvariantError: one is not more than two'],
    ])
  })

  test('an error of the disk is no finding, and the supervisor starts the node again', () => {
    const world = throwing(() => new DiskError('EIO', 'a'))
    expect(world.findings).toEqual([])
    expect(world.node('n1').incarnation).toBe(2)
    expect(events(world, 'start').at(-1)).toBe('31 n1 restart')
  })

  test('a context that is kept and used outside its handler is found out', () => {
    let kept: TestContext | undefined
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          kept = ctx
        },
      }),
      node('n2', {
        onMessage: () => kept!.send('n2', { type: 'datagram', n: 1 }),
        start: (ctx) => ctx.send('n2', { type: 'local', n: 1 }),
      }),
    ])
    world.run(10)
    expect(world.findings.map(({ summary, node: at }) => [at, summary])).toEqual([
      ['n2', 'Error: a context of n1 was used outside its handler: a machine must not keep it'],
    ])
  })
})

describe('a process that ends', () => {
  test('by exit carries out all it said before, nothing it said after, and stays down', () => {
    const world = worldOf(
      [
        node('n1', {
          start: (ctx) => {
            ctx.disk.append('a', bytes('before'))
            ctx.disk.sync()
            ctx.send('n2', { type: 'datagram', n: 1 })
            ctx.exit('done')
            ctx.disk.append('a', bytes(' after'))
            ctx.send('n2', { type: 'datagram', n: 2 })
          },
        }),
        node('n2'),
      ],
      { superviseMs: [10, 10] },
    )
    world.run(200)
    world.heal()
    world.run(400)
    expect(heard(world, 'n2')).toEqual(['datagram 1 from n1'])
    expect(filesOf(world.node('n1').disk)).toEqual({ a: 'before' })
    expect([world.node('n1').up, world.node('n1').incarnation]).toEqual([false, 1])
    expect(events(world, 'exit')).toEqual(['10 n1 exit'])
  })

  test('by exit without a sync says nothing after it either', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          ctx.send('n2', { type: 'datagram', n: 1 })
          ctx.exit('done')
          ctx.send('n2', { type: 'datagram', n: 2 })
        },
      }),
      node('n2'),
    ])
    world.run(20)
    expect(heard(world, 'n2')).toEqual(['datagram 1 from n1'])
  })

  test('by kill keeps its page cache; by power loss does not have to', () => {
    const write = node('n1', {
      start: (ctx) => ctx.disk.list().length === 0 && ctx.disk.append('a', bytes('never synced')),
    })
    const kept = (kind: 'kill' | 'power-loss', seed: number): boolean => {
      const world = worldOf([write], { seed })
      world.run(1)
      world.inject({ kind, node: 'n1' })
      return textOf(world.node('n1').disk.read('a')) === 'never synced'
    }
    const seeds = Array.from({ length: 30 }, (_, seed) => seed)
    expect(seeds.every((seed) => kept('kill', seed))).toBe(true)
    expect(seeds.some((seed) => !kept('power-loss', seed))).toBe(true)
    expect(seeds.some((seed) => kept('power-loss', seed))).toBe(true)
  })

  test('takes its timers with it', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.now === 0 && logOnce(ctx) })])
    world.run(1)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 1 })
    world.run(5)
    expect(logOf(world, 'n1')).toEqual(['start'])
    world.run(9)
    expect(logOf(world, 'n1')).toEqual(['start', 'timer tick'])
    expect(events(world, 'timer')).toEqual(['7 n1 tick'])
  })

  test('is down for what arrives meanwhile', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => ctx.setTimer('go', 5),
        onTimer: (ctx) => ctx.send('n2', { type: 'datagram', n: 1 }),
      }),
      node('n2'),
    ])
    world.run(1)
    world.inject({ kind: 'kill', node: 'n2', restartAfterMs: 5.5 })
    world.run(20)
    expect(drops(world)).toEqual({ 'n2 is down': 1 })
    expect(logOf(world, 'n2')).toEqual(['start'])
  })
})

const logOnce = (ctx: TestContext): void => ctx.setTimer('tick', 5)
