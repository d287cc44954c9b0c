import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { World } from '../../sim/world.ts'
import { drops, node, worldOf } from './support/world.ts'

type Staged = Parameters<World['inject']>[0]
const IDS = ['n1', 'n2', 'n3', 'n4', 'n5'] as const

/** Everyone says one datagram to everyone else every 10 ms. */
const gossips = (): readonly ReturnType<typeof node>[] =>
  IDS.map((id) =>
    node(id, {
      start: (ctx) => ctx.setTimer('say', 10),
      onTimer: (ctx) => {
        for (const to of IDS) if (to !== id) ctx.send(to, { type: 'datagram', n: ctx.now })
        ctx.setTimer('say', 10)
      },
    }),
  )

/** The links that carry nothing in the next round of gossip: `n1>n2`. */
function closedLinks(world: World): readonly string[] {
  const before = world.trace!.events.length
  world.run(world.nowMs + 10)
  const open = new Set(
    world
      .trace!.events.slice(before)
      .filter(({ kind }) => kind === 'deliver')
      .map(({ peer, node: at }) => `${peer}>${at}`),
  )
  return IDS.flatMap((from) =>
    IDS.filter((to) => to !== from && !open.has(`${from}>${to}`)).map((to) => `${from}>${to}`),
  )
}

const both = (a: readonly string[], b: readonly string[]): readonly string[] =>
  [...a.flatMap((x) => b.map((y) => `${x}>${y}`)), ...b.flatMap((x) => a.map((y) => `${x}>${y}`))].sort()

function staged(fault: Staged): World {
  const world = worldOf(gossips())
  world.run(5)
  world.inject(fault)
  return world
}

describe('a partition', () => {
  test('lets nothing pass between its groups, and everything within them', () => {
    const world = staged({
      kind: 'partition',
      groups: [
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ],
      forMs: 1000,
    })
    expect(closedLinks(world)).toEqual(both(['n1', 'n2'], ['n3', 'n4', 'n5']))
    expect(world.effects.get('partition')).toBe(1)
    expect(Object.keys(drops(world))).toEqual(['partition'])
  })

  test('leaves a node in no group with everyone: a partial partition', () => {
    const world = staged({ kind: 'partition', groups: [['n1'], ['n2', 'n3']], forMs: 1000 })
    expect(closedLinks(world)).toEqual(both(['n1'], ['n2', 'n3']))
    expect(world.effects.get('partial-partition')).toBe(1)
  })

  test('leaves a node in two groups with both: a bridge', () => {
    const world = staged({
      kind: 'partition',
      groups: [
        ['n1', 'n2', 'n3'],
        ['n3', 'n4', 'n5'],
      ],
      forMs: 1000,
    })
    expect(closedLinks(world)).toEqual(both(['n1', 'n2'], ['n4', 'n5']))
    expect(world.effects.get('bridge')).toBe(1)
  })

  test('one way leaves the other way open', () => {
    const world = staged({ kind: 'one-way-partition', from: ['n1'], to: ['n2', 'n3'], forMs: 1000 })
    expect(closedLinks(world)).toEqual(['n1>n2', 'n1>n3'])
    expect(world.effects.get('one-way-partition')).toBe(1)
  })

  test('drops what is under way when it begins, and lets through what is under way when it ends', () => {
    const says = node('n1', { start: (ctx) => ctx.send('n2', { type: 'datagram', n: 1 }) })
    const across = (begin: number, forMs: number): number => {
      const world = worldOf([says, node('n2')], { network: { latencyMs: [10, 10], loss: 0, duplication: 0 } })
      world.run(begin)
      world.inject({ kind: 'partition', groups: [['n1'], ['n2']], forMs })
      world.run(100)
      return world.trace!.events.filter(({ kind }) => kind === 'deliver').length
    }
    expect([across(5, 50), across(5, 3), across(20, 5)]).toEqual([0, 1, 1])
  })

  test('ends where it began, though a node was spawned meanwhile', () => {
    const world = worldOf(gossips().slice(0, 4))
    world.inject({ kind: 'one-way-partition', from: ['n1'], to: ['n5', 'n2'], forMs: 20 })
    world.spawn(gossips()[4]!)
    world.run(25)
    world.inject({ kind: 'one-way-partition', from: ['n1'], to: ['n5'], forMs: 1000 })
    world.run(35)
    expect(closedLinks(world)).toEqual(['n1>n5'])
  })

  test('closes a link as long as any of the partitions that overlap does, in whatever order they heal', () => {
    const partition = fc.record({
      atMs: fc.integer({ min: 1, max: 60 }),
      forMs: fc.integer({ min: 1, max: 60 }),
      sides: fc.tuple(fc.subarray([...IDS], { minLength: 1 }), fc.subarray([...IDS], { minLength: 1 })),
      oneWay: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(partition, { maxLength: 6 }), (all) => {
        const world = worldOf(
          IDS.map((id) => node(id)),
          {
            trace: false,
            faults: all.map(({ atMs, forMs, sides: [from, to], oneWay }, id) =>
              oneWay
                ? { id, kind: 'one-way-partition', atMs, forMs, from, to }
                : { id, kind: 'partition', atMs, forMs, groups: [from, to] },
            ),
          },
        )
        for (let atMs = 0.5; atMs < 130; atMs += 10) {
          world.run(atMs)
          for (const from of IDS) {
            for (const to of IDS) {
              const shut =
                from !== to &&
                all.some(({ atMs: begin, forMs, sides: [left, right], oneWay }) => {
                  if (atMs < begin || atMs >= begin + forMs) return false
                  if (oneWay) return left.includes(from) && right.includes(to)
                  const [mine, theirs] = [from, to].map((id) => [left.includes(id), right.includes(id)])
                  return (
                    (mine![0] || mine![1]) &&
                    (theirs![0] || theirs![1]) &&
                    !(mine![0] && theirs![0]) &&
                    !(mine![1] && theirs![1])
                  )
                })
              expect(world.network.isClosed(world.node(from).index, world.node(to).index)).toBe(shut)
            }
          }
        }
      }),
      { numRuns: 60 },
    )
  })
})
