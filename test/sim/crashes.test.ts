import { describe, expect, test } from 'vitest'
import { DiskError, invariant } from '../../sim/machine.ts'
import type { World } from '../../sim/world.ts'
import { bytes, drops, events, filesOf, heard, logOf, node, textOf, worldOf, type TestContext } from './support/world.ts'

/** Says six things: two records and four messages, in turn. */
const sixThings = (ctx: TestContext): void => {
  ctx.send('n2', { type: 'datagram', n: 1 })
  ctx.disk.append('a', bytes('1'))
  ctx.send('n2', { type: 'datagram', n: 2 })
  ctx.send('n2', { type: 'datagram', n: 3 })
  ctx.disk.append('a', bytes('2'))
  ctx.send('n2', { type: 'datagram', n: 4 })
}

const PREFIXES = ['', '1', '1a', '1a2', '1a23', '1a23b']

/** What n1 got to say of its six things, in order. */
const said = (world: World): string => {
  const numbers = heard(world, 'n2').map((entry) => entry.split(' ')[1]!)
  const written = textOf(world.node('n1').disk.read('a')) ?? ''
  return ['1', 'a', '2', '3', 'b', '4']
    .filter((one) => (one === 'a' ? written.includes('1') : one === 'b' ? written.includes('2') : numbers.includes(one)))
    .join('')
}

describe('a crash in the middle of what a handler says', () => {
  test('keeps a prefix of it, and every proper prefix can come', () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 80; seed++) {
      const world = worldOf([node('n1', { start: (ctx) => ctx.setTimer('go', 5), onTimer: sixThings }), node('n2')], { seed })
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
    expect(seen.size).toBe(3)
    expect(seen).toContain('')
  })

  test('comes back the way its fault says', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.setTimer('go', 5), onTimer: sixThings }), node('n2')])
    world.run(1)
    world.inject({ kind: 'crash-in-output', node: 'n1', power: false, restartAfterMs: 2, disk: 'empty' })
    world.run(7.5)
    expect([world.node('n1').incarnation, filesOf(world.node('n1').disk)]).toEqual([2, {}])
    expect(world.effects.get('crash-in-output')).toBe(1)
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
    expect(world.findings).toEqual([{ property: 'no machine throws', summary: 'Error: a bug', node: 'n1', atMs: 1, atEvent: 3 }])
  })

  test('a broken invariant is a finding of its own name', () => {
    const world = throwing(() => {
      try {
        invariant(1 > 2, 'one is not more than two')
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
      node('n1', { start: (ctx) => { kept = ctx } }),
      node('n2', { onMessage: () => kept!.send('n2', { type: 'datagram', n: 1 }), start: (ctx) => ctx.send('n2', { type: 'local', n: 1 }) }),
    ])
    world.run(10)
    expect(world.findings.map(({ summary, node: at }) => [at, summary])).toEqual([
      ['n2', 'Error: a context of n1 was used outside its handler: a machine must not keep it'],
    ])
  })
})

describe('a process that ends', () => {
  test('by exit carries out all it said before, nothing it said after, and stays down', () => {
    const world = worldOf([
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
    ], { superviseMs: [10, 10] })
    world.run(200)
    world.heal()
    world.run(400)
    expect(heard(world, 'n2')).toEqual(['datagram 1 from n1'])
    expect(filesOf(world.node('n1').disk)).toEqual({ a: 'before' })
    expect([world.node('n1').up, world.node('n1').incarnation]).toEqual([false, 1])
    expect(events(world, 'exit')).toEqual(['10 n1 exit'])
  })

  test('by kill keeps its page cache; by power loss does not have to', () => {
    const write = node('n1', { start: (ctx) => ctx.disk.list().length === 0 && ctx.disk.append('a', bytes('never synced')) })
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
    const world = worldOf([node('n1', { start: (ctx) => ctx.setTimer('go', 5), onTimer: (ctx) => ctx.send('n2', { type: 'datagram', n: 1 }) }), node('n2')])
    world.run(1)
    world.inject({ kind: 'kill', node: 'n2', restartAfterMs: 5.5 })
    world.run(20)
    expect(drops(world)).toEqual({ 'n2 is down': 1 })
    expect(logOf(world, 'n2')).toEqual(['start'])
  })
})

const logOnce = (ctx: TestContext): void => ctx.setTimer('tick', 5)

describe('a node that comes back', () => {
  const writes = node('n1', {
    start: (ctx) => {
      ctx.disk.append('starts', bytes('s'))
      ctx.disk.sync()
    },
  })

  test('with its disk, with the disk of its last start, or with none', () => {
    const after = (disk: 'kept' | 'old' | 'empty'): unknown => {
      const world = worldOf([writes], {})
      world.run(20)
      world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 1 })
      world.run(40)
      world.inject({ kind: 'power-loss', node: 'n1', restartAfterMs: 1, disk })
      world.run(60)
      return [filesOf(world.node('n1').disk).starts, world.effects.get(`restart-${disk}-disk`)]
    }
    expect(after('kept')).toEqual(['sss', undefined])
    expect(after('old')).toEqual(['ss', 1])
    expect(after('empty')).toEqual(['s', 1])
  })

  test('with other code where the scenario has some, and with the first code again after a second upgrade', () => {
    const world = worldOf([
      { ...node('n1'), upgraded: node('n1', { start: (_ctx, log) => log.push('new code') }).machine },
      node('n2'),
    ])
    const upgrade = (id: string): readonly string[] => {
      world.inject({ kind: 'kill', node: id, restartAfterMs: 1, upgrade: true })
      world.run(world.nowMs + 5)
      return logOf(world, id)
    }
    world.run(1)
    expect(upgrade('n1')).toEqual(['start', 'new code'])
    expect(upgrade('n1')).toEqual(['start'])
    expect(upgrade('n2')).toEqual(['start'])
    expect(world.effects.get('upgrade')).toBe(2)
  })

  test('crashes again while it recovers, as often as the fault says', () => {
    const world = worldOf([writes])
    world.run(20)
    world.inject({ kind: 'crash-in-recovery', node: 'n1', power: false, times: 2, restartAfterMs: 5 })
    world.run(200)
    expect([world.node('n1').up, world.node('n1').incarnation]).toEqual([true, 4])
    expect(world.effects.get('crash-in-recovery')).toBe(2)
    expect(events(world, 'start')).toEqual(['0 n1 start', '25 n1 restart', '45 n1 restart', '65 n1 restart'])
  })

  test('once: an order to start it that is out of date does not cut a later crash short', () => {
    const world = worldOf([node('n1')])
    world.run(1)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 50 })
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 10 })
    world.run(45)
    expect(world.node('n1').incarnation).toBe(2)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 100 })
    world.run(140)
    expect(world.node('n1').up).toBe(false)
    world.run(150)
    expect([world.node('n1').up, world.node('n1').incarnation]).toEqual([true, 3])
  })

  test('never, where it is lost for good, whatever orders to start it are still under way', () => {
    const world = worldOf([node('n1')])
    world.run(1)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 30 })
    world.inject({ kind: 'power-loss', node: 'n1', forGood: true })
    world.run(100)
    world.heal()
    world.run(500)
    expect([world.node('n1').up, world.node('n1').incarnation]).toEqual([false, 1])
  })

  test('never, where a crash in the middle of its output was for good', () => {
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

describe('a process that stands still', () => {
  const chatter = node('n2', {
    start: (ctx) => ctx.setTimer('say', 1),
    onTimer: (ctx) => {
      ctx.send('n1', { type: 'datagram', n: ctx.now })
      if (ctx.now < 30) ctx.setTimer('say', 1)
    },
  })

  test('handles what came meanwhile when it goes on, in order', () => {
    const world = worldOf([node('n1'), chatter])
    world.run(5.5)
    world.inject({ kind: 'pause', node: 'n1', forMs: 20 })
    world.run(25)
    const before = heard(world, 'n1').length
    expect(before).toBe(4)
    world.run(25.5)
    const at = (entry: string): number => Number(entry.split(' ')[1])
    expect(heard(world, 'n1').map(at)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1))
  })

  test('stands still until the last of several pauses is over', () => {
    const world = worldOf([node('n1'), chatter])
    world.run(2.5)
    world.inject({ kind: 'pause', node: 'n1', forMs: 20 })
    world.run(4.5)
    world.inject({ kind: 'pause', node: 'n1', forMs: 5 })
    world.run(22)
    expect(heard(world, 'n1')).toHaveLength(1)
    world.run(22.5)
    expect(heard(world, 'n1').length).toBeGreaterThan(15)
  })

  test('hears of a connection only when it goes on, and before the first message', () => {
    const world = worldOf([node('n1'), node('n2', { start: (ctx) => ctx.send('n1', { type: 'stream', n: 1 }) })])
    world.step()
    world.inject({ kind: 'pause', node: 'n1', forMs: 20 })
    world.run(19)
    expect(heard(world, 'n1')).toEqual([])
    world.run(50)
    expect(heard(world, 'n1')).toEqual(['up n2', 'stream 1 from n2'])
  })

  test('a slow one takes that much longer for each event', () => {
    const world = worldOf([node('n1'), chatter])
    world.inject({ kind: 'slow-process', node: 'n1', byMs: 5, forMs: 1000 })
    world.run(8)
    const late = world.trace!.events.filter(({ kind, node: at }) => kind === 'deliver' && at === 'n1').map(({ atUs }) => atUs / 1000)
    expect(late).toEqual([7, 8])
  })
})

describe('a node that was not there before', () => {
  test('is spawned by a fault, once, from what the scenario says it is', () => {
    const world = worldOf([node('n1')], {
      spawn: (index) => node(`late${index}`, { start: (ctx) => ctx.send('n1', { type: 'datagram', n: index }) }),
      faults: [
        { id: 1, kind: 'spawn', atMs: 5, index: 7 },
        { id: 2, kind: 'spawn', atMs: 6, index: 7 },
      ],
    })
    world.run(20)
    expect(world.nodes.map(({ id }) => id)).toEqual(['n1', 'late7'])
    expect(heard(world, 'n1')).toEqual(['datagram 7 from late7'])
    expect(world.effects.get('spawn')).toBe(1)
  })

  test('may not take a name that is taken, and a name that is none says which there are', () => {
    const world = worldOf([node('n1'), node('n2')])
    expect(() => world.spawn(node('n1'))).toThrow('there is a node "n1" already')
    expect(() => world.node('n3')).toThrow('there is no node "n3"; there are n1, n2')
  })
})
