import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Clock } from '../../sim/clock.ts'
import type { World } from '../../sim/world.ts'
import { events, heard, node, worldOf, type TestContext } from './support/world.ts'

const EPOCH_MS = 1_700_000_000_000

/** Writes down both clocks whenever its timer fires; every `everyMs` of its own time. */
function clockReader(readings: (readonly [now: number, wall: number])[], everyMs = 10): ReturnType<typeof node> {
  const read = (ctx: TestContext): void => {
    readings.push([ctx.now, ctx.wallClock - EPOCH_MS])
    ctx.setTimer('read', everyMs)
  }
  return node('n1', { start: read, onTimer: read })
}

function readingsOf(stage: (world: World) => void, everyMs?: number): readonly (readonly [number, number])[] {
  const readings: (readonly [number, number])[] = []
  const world = worldOf([clockReader(readings, everyMs)])
  stage(world)
  return readings
}

describe('the clocks of a node', () => {
  test('agree with the world while nothing is wrong with them', () => {
    expect(readingsOf((world) => world.run(25))).toEqual([
      [0, 0],
      [10, 10],
      [20, 20],
    ])
  })

  test('begin at 0 in each incarnation, while the wall clock goes on', () => {
    const readings = readingsOf((world) => {
      world.run(15)
      world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 5 })
      world.run(35)
    })
    expect(readings).toEqual([
      [0, 0],
      [10, 10],
      [0, 20],
      [10, 30],
    ])
  })

  test('stand still while a handler runs', () => {
    const world = worldOf([
      node('n1', { start: (ctx, log) => log.push(String([ctx.now, ctx.now, ctx.wallClock - ctx.wallClock])) }),
    ])
    world.run(1)
    expect(heard(world, 'n1')).toEqual(['0,0,0'])
  })

  test('drift at the rate of the fault, and timers with them, while it lasts', () => {
    const readings = readingsOf((world) => {
      world.step()
      world.inject({ kind: 'clock-drift', node: 'n1', rate: 2, forMs: 30 })
      world.run(60)
    })
    // The first timer was armed at the old rate and fires after 10 ms of the world, 20 of the node's own.
    expect(readings.map(([now]) => now)).toEqual([0, 20, 30, 40, 50, 60, 70, 80, 90])
  })

  test('the wall clock is off while a skew lasts, and the monotonic clock does not know', () => {
    const readings = readingsOf((world) => {
      world.step()
      world.inject({ kind: 'clock-skew', node: 'n1', byMs: -500, forMs: 15 })
      world.run(25)
    })
    expect(readings).toEqual([
      [0, 0],
      [10, -490],
      [20, 20],
    ])
  })

  test('the wall clock jumps, back too, and stays there through a restart', () => {
    const readings = readingsOf((world) => {
      world.run(5)
      world.inject({ kind: 'clock-jump', node: 'n1', byMs: -3_600_000 })
      world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 5 })
      world.run(15)
      world.heal()
      world.run(25)
    })
    expect(readings).toEqual([
      [0, 0],
      [0, 10 - 3_600_000],
      [10, 20 - 3_600_000],
    ])
  })

  test('the last begun of two drifts rules, and the other does when it ends', () => {
    const clock = (stage: (world: World) => void): number => {
      const readings = readingsOf(stage, 1)
      return readings.at(-1)![0]
    }
    const both = clock((world) => {
      world.step()
      world.inject({ kind: 'clock-drift', node: 'n1', rate: 2, forMs: 1000 })
      world.inject({ kind: 'clock-drift', node: 'n1', rate: 0.5, forMs: 100 })
      world.run(200)
    })
    expect(both).toBeGreaterThan(245)
    expect(both).toBeLessThanOrEqual(250.001)
  })

  test('never run backwards, and no timer fires before its time on the clock that armed it', () => {
    const rates = fc.constantFrom(0.5, 0.9, 1, 1.1, 1.05, 2)
    fc.assert(
      fc.property(
        fc.array(fc.record({ rate: rates, afterUs: fc.nat(100_000) }), { minLength: 1 }),
        fc.nat(1_000_000),
        (changes, durationUs) => {
          const clock = new Clock()
          let worldUs = 0
          let localMs = 0
          for (const { rate, afterUs } of changes) {
            worldUs += afterUs
            clock.setRate(rate, worldUs)
            expect(clock.monotonicMs(worldUs)).toBeGreaterThanOrEqual(localMs)
            localMs = clock.monotonicMs(worldUs)
          }
          const firesUs = worldUs + clock.worldDurationUs(durationUs)
          expect(Math.round((clock.monotonicMs(firesUs) - localMs) * 1000)).toBeGreaterThanOrEqual(durationUs)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('timers', () => {
  test('fire once, are armed anew, are put off and brought forward, and are cancelled', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          ctx.setTimer('once', 5)
          ctx.setTimer('later', 5)
          ctx.setTimer('later', 9)
          ctx.setTimer('sooner', 50)
          ctx.setTimer('sooner', 2)
          ctx.setTimer('never', 7)
          ctx.cancelTimer('never')
          ctx.cancelTimer('unknown')
          ctx.setTimer('again', 3)
        },
        onTimer: (ctx, timer) => timer === 'again' && ctx.now < 8 && ctx.setTimer('again', 3),
      }),
    ])
    world.run(100)
    expect(events(world, 'timer')).toEqual([
      '2 n1 sooner',
      '3 n1 again',
      '5 n1 once',
      '6 n1 again',
      '9 n1 later',
      '9 n1 again',
    ])
  })

  test('a record is one of many of its kind, each with its own time', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          for (const n of [1, 2, 3]) ctx.setTimer({ type: 'retry', n }, 10 - n)
          ctx.cancelTimer({ type: 'retry', n: 2 })
        },
        onTimer: (ctx, timer) => typeof timer !== 'string' && timer.n === 3 && ctx.now < 8 && ctx.setTimer(timer, 1.5),
      }),
    ])
    world.run(20)
    expect(heard(world, 'n1')).toEqual(['timer retry 3', 'timer retry 3', 'timer retry 1'])
    expect(world.node('n1').timers.size).toBe(0)
  })

  test('are found by their content, whatever the order of a record’s fields', () => {
    const world = worldOf([
      node('n1', {
        start: (ctx) => {
          ctx.setTimer({ type: 'retry', n: 1 }, 5)
          ctx.cancelTimer({ n: 1, type: 'retry' })
        },
      }),
    ])
    world.run(20)
    expect(heard(world, 'n1')).toEqual([])
  })

  test('draw whole microseconds of a range, both ends included, anew each time', () => {
    const drawn = new Set<number>()
    let before = 0
    const world = worldOf([
      node('n1', {
        start: (ctx) => ctx.setTimer('tick', [1, 1.004]),
        onTimer: (ctx) => {
          drawn.add(Math.round((ctx.now - before) * 1000))
          before = ctx.now
          ctx.setTimer('tick', [1, 1.004])
        },
      }),
    ])
    world.run(200)
    expect([...drawn].sort()).toEqual([1000, 1001, 1002, 1003, 1004])
  })

  test('refuse a time that is none', () => {
    const world = worldOf([node('n1', { start: (ctx) => ctx.setTimer('tick', -1) })])
    world.run(1)
    expect(world.findings.map(({ summary }) => summary)).toEqual([
      'RangeError: a timer needs a time from 0 ms up, not -1',
    ])
  })
})
