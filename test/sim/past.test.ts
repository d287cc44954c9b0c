import { describe, expect, test } from 'vitest'
import type { NodePast, PastSaying, RunningPast } from '../../sim/past.ts'
import type { WorldNode } from '../../sim/node.ts'
import { bytes, heard, node, textOf, worldOf, type Message, type Script, type Timer } from './support/world.ts'

const NOTHING: RunningPast = {
  state: { log: ['before'] },
  monotonicMs: 5_000,
  wallClockMs: 1_800_000_000_000,
  timers: [],
  streams: [],
  said: [],
}

/** A node that goes on from a past, made anew for each world. */
function goesOn(id: string, past: Partial<RunningPast>, script: Script = {}, more: Partial<WorldNode> = {}): WorldNode {
  const running = (): RunningPast => structuredClone({ ...NOTHING, ...past })
  return node(id, script, { past: (): NodePast => ({ incarnation: 3, running: running() }), ...more })
}

const retry: Timer = { type: 'retry', n: 7 }

function says(message: Message): PastSaying {
  return { kind: 'send', to: 'b', message }
}

describe('a node with a past', () => {
  test('goes on from its state, is not started, and counts its starts', () => {
    const world = worldOf([goesOn('a', {})])
    world.run(10)
    expect(heard(world, 'a')).toEqual(['before'])
    expect(world.node('a').incarnation).toBe(3)
    world.inject({ kind: 'kill', node: 'a', restartAfterMs: 1 })
    world.run(20)
    expect(heard(world, 'a')).toEqual([])
    expect(world.node('a')).toMatchObject({ up: true, incarnation: 4 })
  })

  test('has the clocks it had, and its timers fire when they would have, those that were cancelled not', () => {
    const world = worldOf([
      goesOn(
        'a',
        {
          timers: [
            { timer: 'tick', leftMs: 20, draws: 4 },
            { timer: 'never', leftMs: undefined, draws: 1 },
            { timer: retry, leftMs: 0, draws: 0 },
          ],
        },
        { onTimer: (ctx, _timer, log) => void log.push(`${ctx.now} ${ctx.wallClock}`) },
      ),
    ])
    world.run(1_000)
    expect(heard(world, 'a')).toEqual([
      'before',
      'timer retry 7',
      '5000 1800000000000',
      'timer tick',
      '5020 1800000000020',
    ])
  })

  test('says again what was under way, and behind its sync what waited for it', () => {
    const said: RunningPast['said'] = [
      says({ type: 'datagram', n: 1 }),
      { kind: 'append', path: 'log', bytes: bytes('two;') },
      { kind: 'sync' },
      says({ type: 'datagram', n: 2 }),
    ]
    const disk = new Map([['log', bytes('one;')]])
    const open = () => worldOf([goesOn('a', { said }, {}, { disk }), goesOn('b', {})])
    const world = open()
    world.run(100)
    expect(heard(world, 'b')).toEqual(['before', 'datagram 1 from a', 'datagram 2 from a'])
    expect(textOf(world.node('a').disk.read('log'))).toBe('one;two;')

    const killed = open()
    killed.run(0)
    killed.inject({ kind: 'power-loss', node: 'a', restartAfterMs: 1 })
    killed.run(100)
    expect(heard(killed, 'b')).toEqual(['before', 'datagram 1 from a'])
    expect(textOf(killed.node('a').disk.read('log'))).toMatch(/^one;/)
  })

  test('keeps a stream that both ends have heard of, and hears that one has broken', () => {
    const onStream = (peer: string, isBroken = false): RunningPast['streams'] => [{ peer, isBroken }]
    const said: RunningPast['said'] = [says({ type: 'stream', n: 1 })]
    const kept = worldOf([goesOn('a', { streams: onStream('b'), said }), goesOn('b', { streams: onStream('a') })])
    kept.run(100)
    expect([heard(kept, 'a'), heard(kept, 'b')]).toEqual([['before'], ['before', 'stream 1 from a']])

    const half = worldOf([goesOn('a', { streams: onStream('b') }), goesOn('b', {})])
    half.run(100)
    expect([heard(half, 'a'), heard(half, 'b')]).toEqual([['before'], ['before', 'up a']])

    const broken = worldOf([goesOn('a', { streams: onStream('b', true) }), goesOn('b', {})])
    broken.run(1_000)
    expect(heard(broken, 'a')).toEqual(['before', 'down b', 'up b'])
  })

  test('that is down comes back by itself, and with an end of its own does not', () => {
    const down = node('a', {}, { past: () => ({ incarnation: 1, running: undefined }) })
    const ended = node('b', {}, { past: () => ({ incarnation: 1, running: undefined, exitReason: 'done' }) })
    const world = worldOf([down, ended])
    world.run(3_000)
    expect(world.node('a')).toMatchObject({ up: true, incarnation: 2 })
    // A property that blames a node for its end must know that this one is none of the world's.
    expect(world.node('b')).toMatchObject({ up: false, exitReason: 'done', incarnation: 1, diskHarmed: true })
    expect(world.node('a').diskHarmed).toBe(false)
  })

  test('leaves nothing of one world in the next', () => {
    const nodes = [goesOn('a', { timers: [{ timer: 'tick', leftMs: 1, draws: 0 }] })]
    const hashes = [0, 1].map(() => {
      const world = worldOf(nodes)
      world.run(10)
      expect(heard(world, 'a')).toEqual(['before', 'timer tick'])
      return world.hash.hex
    })
    expect(hashes[0]).toBe(hashes[1])
  })
})

describe('what clients had done before', () => {
  test('comes first in the history, under numbers of its own', () => {
    const history = [
      { input: 'set', outcome: 'ok', output: null },
      { input: 'set again', outcome: 'info' },
    ] as const
    const world = worldOf([node('a', { start: (ctx) => ctx.history.invoke(0, 'get') })], { history })
    world.run(1)
    const [first, second, third] = world.history.operations
    expect([first!.id, second!.id, third!.id]).toEqual([-1, -2, 0])
    expect(first!.returnedAtMs).toBeLessThan(third!.invokedAtMs)
    expect(second!.returnedAtMs).toBe(Infinity)
    expect(new Set(world.history.operations.map(({ process }) => process)).size).toBe(3)
  })
})
