import { describe, expect, test } from 'vitest'
import { bytes, events, filesOf, heard, logOf, node, worldOf } from './support/world.ts'

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
    const late = world
      .trace!.events.filter(({ kind, node: at }) => kind === 'deliver' && at === 'n1')
      .map(({ atUs }) => atUs / 1000)
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
