import { describe, expect, test } from 'vitest'
import type { LinkFaults } from '../../../runtime/host/link-faults.ts'
import type { Tagged } from '../../../sim/machine.ts'
import { heard, hosted, pair, until, type Word, type WordContext } from '../host/support/hosted.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'

const says = (to: string, everyMs: number) => {
  let n = 0
  const say = (ctx: WordContext): void => {
    ctx.send(to, { type: 'stream', n: ++n })
    ctx.setTimer('say', everyMs)
  }
  return { start: say, onTimer: say }
}

const numbers = (entries: readonly string[], from: string): readonly number[] =>
  entries.flatMap((entry) => (entry.startsWith('stream') && entry.endsWith(from) ? [Number(entry.split(' ')[1])] : []))

const news = (entries: readonly string[]): readonly string[] => entries.filter((entry) => /^(up|down)/.test(entry))

const numberOf = (message: Tagged | undefined): number => (message as Word | undefined)?.n ?? 0

const noFaults: LinkFaults = { datagram: () => [0], frame: () => 0, connects: () => true }

describe('a stream', () => {
  test('that breaks is heard by both ends, loses what was under way, and comes back by itself', async () => {
    const [a, b] = await pair(says('b', 1), {})
    await until(() => numbers(heard(b), 'a').length > 20)
    expect(a.resetStream('b')).toBe(true)
    await until(
      () => news(heard(b)).length === 3 && numbers(heard(b), 'a').length > 60,
      () => heard(b),
    )
    expect([news(heard(a)), news(heard(b))]).toEqual([
      ['up b', 'down b', 'up b'],
      ['up a', 'down a', 'up a'],
    ])
    const received = numbers(heard(b), 'a')
    expect(received).toEqual([...new Set(received)].sort((x, y) => x - y))
  })

  test('is one, however often both ends begin it at the same time', async () => {
    const greet = { onTimer: (ctx: WordContext) => ctx.send(ctx.self === 'a' ? 'b' : 'a', { type: 'stream', n: 1 }) }
    for (let round = 0; round < 15; round++) {
      const start = (ctx: WordContext): void => ctx.setTimer('greet', 5)
      const a = await hosted('a', { ...greet, start })
      const b = await hosted('b', { ...greet, start })
      a.introduce('b', b.listening.streams[0]!)
      b.introduce('a', a.listening.streams[0]!)
      await until(
        () => heard(a).length > 2 && heard(b).length > 2,
        () => [heard(a), heard(b), a.figures, b.figures],
      )
      const words = (entries: readonly string[]): readonly string[] =>
        entries.filter((entry) => !entry.startsWith('timer'))
      expect([words(heard(a)), words(heard(b))]).toEqual([
        ['up b', 'stream 1 from b'],
        ['up a', 'stream 1 from a'],
      ])
      expect([a.figures.connections, b.figures.connections]).toEqual([1, 1])
      await Promise.all([a.kill(), b.kill()])
    }
  })

  test('to a peer that is not there keeps what is said until the first attempt has failed, and then hears that', async () => {
    const dataDirectory = temporaryFolder()
    const b = await hosted('b', {}, { dataDirectory })
    const address = b.listening.streams[0]!
    await b.kill()
    const a = await hosted('a', says('b', 2), { peers: { b: address } })
    await until(() => heard(a).includes('down b'))
    const again = await hosted('b', {}, { dataDirectory, listen: [address] })
    await until(() => numbers(heard(again), 'a').length > 5)
    expect(news(heard(a))).toEqual(['down b', 'up b'])
    expect(numbers(heard(again), 'a')[0]).toBeGreaterThan(1)
    expect(a.figures.drops.get('stream is down')).toBeGreaterThan(0)
  })

  test('that is cut by a fault breaks and stays down until it may connect again', async () => {
    let isCut = false
    const linkFaults: LinkFaults = { ...noFaults, frame: () => (isCut ? 'cut' : 0), connects: () => !isCut }
    const [a, b] = await pair(says('b', 2), {}, { a: { linkFaults } })
    await until(() => numbers(heard(b), 'a').length > 5)
    isCut = true
    await until(() => heard(a).includes('down b') && heard(b).includes('down a'))
    const count = heard(b).length
    await until(() => (a.figures.drops.get('stream is down') ?? 0) > 20)
    expect(heard(b)).toHaveLength(count)
    isCut = false
    await until(() => news(heard(b)).length === 3)
  })

  test('keeps its order when a fault holds some of it', async () => {
    const linkFaults: LinkFaults = {
      ...noFaults,
      frame: (_to, message) => (numberOf(message) === 3 ? 40 : 0),
    }
    const [, b] = await pair(says('b', 1), {}, { a: { linkFaults } })
    await until(() => numbers(heard(b), 'a').length > 20)
    const received = numbers(heard(b), 'a')
    expect(received).toEqual(received.map((_, place) => place + 1))
  })

  test('that carries more than its other end takes is cut off instead of growing', async () => {
    const [a, b] = await pair(
      {
        start: (ctx) => {
          for (let n = 0; n < 300; n++) ctx.send('b', { type: 'stream', n })
          ctx.setTimer('more', 50)
        },
        onTimer: (ctx) => {
          for (let n = 0; n < 300; n++) ctx.send('b', { type: 'stream', n })
        },
      },
      {},
      { a: { limits: { outboxMessages: 200 } } },
    )
    await until(
      () => heard(a).includes('down b'),
      () => [heard(a), a.figures],
    )
    expect(heard(b).length).toBeLessThan(602)
  })

  test('that nobody answers on is down after a while, without a word from the other end', async () => {
    const limits = { keepAliveMs: 20, silenceMs: 200 }
    let isMute = false
    const linkFaults: LinkFaults = { ...noFaults, frame: () => (isMute ? 60_000 : 0) }
    const [a] = await pair(
      says('b', 60_000),
      {},
      { a: { limits }, b: { linkFaults, limits: { ...limits, silenceMs: 60_000 } } },
    )
    await until(() => heard(a).includes('up b'))
    isMute = true
    await until(() => heard(a).includes('down b'))
    expect(a.figures.drops.size).toBe(0)
  })
})

describe('datagrams', () => {
  test('are lost, late and doubled by the copies that a fault says', async () => {
    const linkFaults: LinkFaults = {
      ...noFaults,
      datagram: (_to, message) => [[], [0, 0], [30], [0]][numberOf(message)]!,
    }
    const [, b] = await pair(
      { start: (ctx) => [0, 1, 2, 3].forEach((n) => ctx.send('b', { type: 'datagram', n })) },
      {},
      { a: { linkFaults } },
    )
    await until(() => heard(b).length === 4)
    expect(heard(b)).toEqual([1, 1, 3, 2].map((n) => `datagram ${n} from a`))
  })

  test('reach IPv6 and IPv4 addresses from a node that has both', async () => {
    const echo = {
      onMessage: (ctx: WordContext, { n }: { n: number }, from: string) =>
        ctx.send(from, { type: 'datagram', n } as const),
    }
    const four = await hosted('four', echo)
    const six = await hosted('six', echo, { listen: [{ host: '::1', port: 0 }] })
    const both = await hosted(
      'both',
      { start: (ctx) => ['four', 'six'].forEach((to, n) => ctx.send(to, { type: 'datagram', n })) },
      {
        listen: [
          { host: '127.0.0.1', port: 0 },
          { host: '::1', port: 0 },
        ],
        peers: { four: four.listening.datagrams[0]!, six: six.listening.datagrams[0]! },
      },
    )
    await until(
      () => heard(both).length === 2,
      () => [both.figures, six.figures],
    )
    expect([...heard(both)].sort()).toEqual(['datagram 0 from four', 'datagram 1 from six'])
  })

  test('that are too large are refused and counted, not cut', async () => {
    const [a, b] = await pair(
      {
        start: (ctx) => {
          ctx.send('b', { type: 'datagram', n: 1, more: 'x'.repeat(70_000) } as never)
          ctx.send('b', { type: 'datagram', n: 2, more: 'x'.repeat(60_000) } as never)
        },
      },
      {},
    )
    await until(() => heard(b).length === 1)
    expect(heard(b)).toEqual(['datagram 2 from a'])
    expect(a.figures.drops).toEqual(new Map([['too large for a datagram', 1]]))
  })
})
