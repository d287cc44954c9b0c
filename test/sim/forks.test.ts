import { describe, expect, test } from 'vitest'
import type { Fork } from '../../sim/forks.ts'
import type { TraceEvent } from '../../sim/trace.ts'
import type { World } from '../../sim/world.ts'
import { EVERY_KIND, smallSystem } from './support/small-system.ts'
import { drops, heard, node, worldOf, type TestContext } from './support/world.ts'

const END_MS = 2500

function eventsOf(world: World): readonly TraceEvent[] {
  return world.trace!.events
}

function ran(forks: readonly Fork[], seed = 3): World {
  const world = smallSystem(seed, { forks, faults: EVERY_KIND, trace: true })
  world.run(END_MS)
  return world
}

/** n1 tells n2 a number every 10 ms, n2 says nothing. */
function teller(type: 'datagram' | 'stream', forks: readonly Fork[]): World {
  let said = 0
  const say = (ctx: TestContext): void => {
    ctx.send('n2', { type, n: ++said })
    ctx.setTimer('say', 10)
  }
  const world = worldOf([node('n1', { start: say, onTimer: say }), node('n2')], { forks })
  world.run(95)
  return world
}

/** The event in which n2 is told a number. */
function toldAt(type: 'datagram' | 'stream', n: number): number {
  const found = eventsOf(teller(type, [])).find(
    ({ kind, body }) => kind === 'deliver' && (body as { n: number }).n === n,
  )
  return found!.number
}

describe('a fork with new luck', () => {
  test('leaves every event before it as it was, and changes what comes after', () => {
    const original = ran([])
    for (const atEvent of [1, 2, 50, 333, 700]) {
      const forked = ran([{ atEvent, kind: 'new-luck', luck: 77 }])
      expect(eventsOf(forked).slice(0, atEvent - 1)).toEqual(eventsOf(original).slice(0, atEvent - 1))
      expect(forked.hash.hex).not.toBe(original.hash.hex)
    }
  })

  test('gives the same run for the same luck, and another for another', () => {
    const [one, again, other] = [77, 77, 78].map((luck) => ran([{ atEvent: 200, kind: 'new-luck', luck }]).hash.hex)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  test('draws messages, timers, syncs and what a machine asks its random stream anew', () => {
    const draws = (luck: number): readonly number[] => {
      const drawn: number[] = []
      const world = worldOf(
        [
          node('n1', {
            start: (ctx) => ctx.setTimer('again', 10),
            onTimer: (ctx) => {
              drawn.push(ctx.random.integer(0, 1e6))
              ctx.setTimer('again', 10)
            },
          }),
        ],
        { forks: [{ atEvent: 4, kind: 'new-luck', luck }] },
      )
      world.run(60)
      return drawn
    }
    const [one, other] = [draws(1), draws(2)]
    expect(one!.slice(0, 2)).toEqual(other!.slice(0, 2))
    expect(one!.slice(2)).not.toEqual(other!.slice(2))
  })

  test('can be forked again later', () => {
    const once = ran([{ atEvent: 100, kind: 'new-luck', luck: 5 }])
    const twice = ran([
      { atEvent: 400, kind: 'new-luck', luck: 6 },
      { atEvent: 100, kind: 'new-luck', luck: 5 },
    ])
    expect(eventsOf(twice).slice(0, 399)).toEqual(eventsOf(once).slice(0, 399))
    expect(twice.hash.hex).not.toBe(once.hash.hex)
  })

  test('beyond the end of a run changes nothing', () => {
    expect(ran([{ atEvent: 1e6, kind: 'new-luck', luck: 5 }]).hash.hex).toBe(ran([]).hash.hex)
  })
})

describe('a fork of one message', () => {
  const numbers = (world: World): readonly string[] =>
    heard(world, 'n2').filter((entry) => /^(datagram|stream)/.test(entry))

  test('drops the one that the event would deliver, and no other', () => {
    const world = teller('datagram', [{ atEvent: toldAt('datagram', 3), kind: 'drop' }])
    expect(numbers(world)).toEqual(numbers(teller('datagram', [])).filter((entry) => entry !== 'datagram 3 from n1'))
    expect(drops(world)).toEqual({ 'taken away': 1 })
  })

  test('takes the next one where the event delivers none', () => {
    const world = teller('datagram', [{ atEvent: toldAt('datagram', 3) - 1, kind: 'drop' }])
    expect(numbers(world)).not.toContain('datagram 3 from n1')
  })

  test('delivers it twice', () => {
    const world = teller('datagram', [{ atEvent: toldAt('datagram', 3), kind: 'duplicate', afterMs: 15 }])
    expect(
      numbers(world)
        .slice(1, 6)
        .map((entry) => entry.split(' ')[1]),
    ).toEqual(['2', '3', '4', '3', '5'])
  })

  test('delays it, so that a later one overtakes it', () => {
    const world = teller('datagram', [{ atEvent: toldAt('datagram', 3), kind: 'delay', byMs: 15 }])
    expect(
      numbers(world)
        .slice(1, 5)
        .map((entry) => entry.split(' ')[1]),
    ).toEqual(['2', '4', '3', '5'])
  })

  test('on a stream holds up all behind it', () => {
    const world = teller('stream', [{ atEvent: toldAt('stream', 3), kind: 'delay', byMs: 25 }])
    expect(numbers(world)).toEqual(numbers(teller('stream', [])))
    const third = eventsOf(world).find(({ kind, body }) => kind === 'deliver' && (body as { n: number }).n === 3)!
    expect(third.atUs).toBe(eventsOf(teller('stream', []))[toldAt('stream', 3) - 1]!.atUs + 25_000)
  })

  test('on a stream breaks it where the message is dropped', () => {
    const world = teller('stream', [{ atEvent: toldAt('stream', 3), kind: 'drop' }])
    expect(heard(world, 'n2')).toContain('down n1')
    expect(numbers(world)).not.toContain('stream 3 from n1')
  })
})

test('a fork that kills a node does so just before the event, and starts it again', () => {
  const atEvent = toldAt('datagram', 3)
  const world = teller('datagram', [{ atEvent, kind: 'power-loss', node: 'n2', atMs: 21, restartAfterMs: 20 }])
  const [fault, crash, lost] = eventsOf(world).slice(atEvent - 1)
  expect([fault!.kind, crash!.kind, lost!.kind]).toEqual(['fault', 'crash', 'drop'])
  expect(world.node('n2').incarnation).toBe(2)
})
