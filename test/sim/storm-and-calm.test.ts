import { describe, expect, test } from 'vitest'
import type { Fault } from '../../sim/faults.ts'
import type { World } from '../../sim/world.ts'
import { events, node, worldOf } from './support/world.ts'

function calmed(faults: readonly Fault[]): World {
  const world = worldOf(
    ['n1', 'n2', 'n3'].map((id) => node(id)),
    { faults, calmAtMs: 100 },
  )
  world.run(1000)
  return world
}

const up = (world: World): readonly string[] => world.nodes.filter(({ up: isUp }) => isUp).map(({ id }) => id)
const closed = (world: World, from: string, to: string): boolean =>
  world.network.isClosed(world.node(from).index, world.node(to).index)

describe('the calm', () => {
  test('heals what is not for good, and leaves what is', () => {
    const world = calmed([
      { id: 1, kind: 'partition', atMs: 10, forMs: 1e6, groups: [['n1'], ['n2']] },
      { id: 2, kind: 'partition', atMs: 10, forMs: 20, groups: [['n1'], ['n3']], forGood: true },
      { id: 3, kind: 'loss', atMs: 10, forMs: 1e6, probability: 1 },
      { id: 4, kind: 'pause', atMs: 20, forMs: 1e6, node: 'n2' },
    ])
    expect([closed(world, 'n1', 'n2'), closed(world, 'n1', 'n3'), closed(world, 'n3', 'n1')]).toEqual([
      false,
      true,
      true,
    ])
    expect(world.node('n2').paused).toBe(false)
    expect(events(world, 'heal')).toEqual(['100 undefined partition', '100 undefined loss', '100 n2 pause'])
  })

  test('brings back the nodes that are down, but not those that are lost for good', () => {
    const world = calmed([
      { id: 1, kind: 'kill', atMs: 50, node: 'n1' },
      { id: 2, kind: 'power-loss', atMs: 50, node: 'n2', forGood: true },
      { id: 3, kind: 'kill', atMs: 90, node: 'n3', restartAfterMs: 5000 },
    ])
    expect(up(world)).toEqual(['n1', 'n3'])
    expect(events(world, 'start').slice(3)).toEqual(['120 n1 restart', '120 n3 restart'])
  })

  test('disarms crashes that have not come yet', () => {
    const talks = node('n1', {
      start: (ctx) => ctx.setTimer('say', 200),
      onTimer: (ctx) => ctx.send('n2', { type: 'datagram', n: 1 }),
    })
    const world = worldOf([talks, node('n2')], {
      faults: [{ id: 1, kind: 'crash-in-output', atMs: 50, node: 'n1', power: false }],
      calmAtMs: 100,
    })
    world.run(500)
    expect(up(world)).toEqual(['n1', 'n2'])
    expect(events(world, 'deliver')).toHaveLength(1)
  })

  test('forces no rare paths', () => {
    const forced = { storm: 0, calm: 0 }
    for (let seed = 0; seed < 40; seed++) {
      const tries = node('n1', {
        start: (ctx) => ctx.setTimer('try', 1),
        onTimer: (ctx) => {
          if (ctx.buggify('here')) forced[ctx.now < 100 ? 'storm' : 'calm']++
          ctx.setTimer('try', 1)
        },
      })
      worldOf([tries], { seed, calmAtMs: 100 }).run(200)
    }
    expect(forced.storm).toBeGreaterThan(10)
    expect(forced.calm).toBe(0)
  })

  test('never comes unless it is asked for', () => {
    const world = worldOf([node('n1')], { faults: [{ id: 1, kind: 'kill', atMs: 5, node: 'n1' }] })
    world.run(1e6)
    expect([up(world), events(world, 'calm')]).toEqual([[], []])
  })
})

describe('a plan', () => {
  test('that names nodes which are not there passes them over', () => {
    const world = calmed([
      { id: 1, kind: 'kill', atMs: 5, node: 'n9' },
      { id: 2, kind: 'partition', atMs: 5, forMs: 10, groups: [['n8'], ['n9']] },
    ])
    expect(world.effects.size).toBe(0)
  })

  test('shows its faults and their ends in the trace, by id', () => {
    const world = calmed([{ id: 7, kind: 'slow-process', atMs: 5, forMs: 10, byMs: 1, node: 'n1' }])
    expect(
      world
        .trace!.events.filter(({ fault }) => fault !== undefined)
        .map(({ kind, label, fault, atUs }) => [kind, label, fault, atUs]),
    ).toEqual([
      ['fault', 'slow-process', 7, 5000],
      ['heal', 'slow-process', 7, 15_000],
    ])
  })
})
