import { describe, expect, test } from 'vitest'
import { drops, events, heard, logOf, node, worldOf, type Message } from './support/world.ts'

const says = (type: 'datagram' | 'stream'): ReturnType<typeof node> =>
  node('n1', {
    start: (ctx) => {
      for (const n of [1, 2, 3]) ctx.send('n2', { type, n })
    },
  })

const number = (message: unknown): number => (message as Message).n

describe('rules', () => {
  test('drop, delay or pass the packets they choose; the first that does not pass decides', () => {
    const world = worldOf([says('datagram'), node('n2')])
    world.rule(({ message }) => (number(message) === 1 ? 'drop' : 'pass'))
    world.rule(({ message }) => (number(message) < 3 ? { delayMs: 10 } : 'pass'))
    world.run(100)
    expect(events(world, 'deliver')).toEqual(['1 n2 datagram', '10 n2 datagram'])
    expect(heard(world, 'n2')).toEqual(['datagram 3 from n1', 'datagram 2 from n1'])
    expect(drops(world)).toEqual({ rule: 1 })
  })

  test('hold packets until they are released, all or chosen ones, in the order they were said', () => {
    const world = worldOf([says('datagram'), node('n2')])
    world.rule(() => 'hold')
    world.run(50)
    expect(heard(world, 'n2')).toEqual([])
    world.release(({ message }) => number(message) === 2)
    world.run(51)
    expect(heard(world, 'n2')).toEqual(['datagram 2 from n1'])
    world.release()
    world.run(60)
    expect(heard(world, 'n2')).toEqual([2, 1, 3].map((n) => `datagram ${n} from n1`))
  })

  test('a delay on a stream holds up all that is said after it', () => {
    const world = worldOf([says('stream'), node('n2')])
    world.rule(({ message }) => (number(message) === 2 ? { delayMs: 50 } : 'pass'))
    world.run(100)
    expect(heard(world, 'n2')).toEqual(['up n1', ...[1, 2, 3].map((n) => `stream ${n} from n1`)])
    expect(events(world, 'deliver').map((entry) => entry.split(' ')[0])).toEqual(['3', '53', '53'])
  })

  test('what is held of a stream is gone when its node has crashed', () => {
    const world = worldOf([says('stream'), node('n2')])
    world.rule(({ message, atMs }) => (number(message) === 2 && atMs < 10 ? 'hold' : 'pass'))
    world.run(20)
    world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 1 })
    world.run(40)
    world.release()
    world.run(200)
    expect(heard(world, 'n2').filter((entry) => entry.startsWith('stream 2'))).toHaveLength(0)
    expect(drops(world)['stream broke']).toBeGreaterThan(0)
  })
})

describe('break points', () => {
  test('run to the event with a number, and say so where there is none', () => {
    const world = worldOf([says('datagram'), node('n2')])
    expect(world.runToEvent(3, 1000)).toBe(true)
    expect([world.hash.events, logOf(world, 'n2')]).toEqual([3, ['start', 'datagram 1 from n1']])
    expect(world.runToEvent(1000, 1000)).toBe(false)
    expect(world.runToEvent(1000, Infinity)).toBe(false)
  })

  test('a run ends where its caller says, and an endless one with the last event', () => {
    const world = worldOf([says('datagram'), node('n2')])
    world.run(1000, () => world.hash.events === 4)
    expect([world.hash.events, world.nowMs]).toEqual([4, 1])
    expect(world.state('n2')).toEqual({ log: ['start', 'datagram 1 from n1', 'datagram 2 from n1'] })
  })
})
