import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostMachine } from '../../../runtime/host/host-machine.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { heard, hosted, listener, pair, until, words, type WordContext } from './support/hosted.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a hosted machine', () => {
  test('sends datagrams, and answers whoever asked', async () => {
    const [a, b] = await pair(
      { start: (ctx) => ctx.send('b', { type: 'datagram', n: 1 }) },
      { onMessage: (ctx, { n }, from) => ctx.send(from, { type: 'datagram', n: n + 1 }) },
    )
    await until(
      () => heard(a).length > 0,
      () => [a.figures, b.figures],
    )
    expect([heard(b), heard(a)]).toEqual([['datagram 1 from a'], ['datagram 2 from b']])
  })

  test('sends on a stream in order, once both ends have heard that it is up', async () => {
    const [a, b] = await pair(
      {
        start: (ctx) => {
          for (let n = 1; n <= 500; n++) ctx.send('b', { type: 'stream', n })
        },
      },
      { onMessage: (ctx, { n }, from) => n === 500 && ctx.send(from, { type: 'stream', n: 0 }) },
    )
    await until(
      () => heard(a).length > 1,
      () => [heard(a), a.figures],
    )
    expect(heard(a)).toEqual(['up b', 'stream 0 from b'])
    expect(heard(b)).toEqual(['up a', ...Array.from({ length: 500 }, (_, n) => `stream ${n + 1} from a`)])
  })

  test('keeps its promise behind a sync: what is sent there leaves when the file is durable', async () => {
    const [a, b] = await pair(
      {
        start: (ctx) => {
          ctx.disk.append('log', bytes('one'))
          ctx.send('b', { type: 'datagram', n: 1 })
          ctx.disk.sync()
          ctx.send('a', { type: 'local', n: 2 })
          ctx.setTimer('soon', 0)
        },
        onMessage: (ctx, { n }) => ctx.send('b', { type: 'datagram', n }),
      },
      {},
    )
    await until(() => heard(b).length === 2)
    expect(heard(b)).toEqual(['datagram 1 from a', 'datagram 2 from a'])
    expect(heard(a)).toContain('local 2 from a')
  })

  test('arms timers, re-arms them, and cancels them', async () => {
    const node = await hosted('a', {
      start: (ctx) => {
        ctx.setTimer('later', 20)
        ctx.setTimer('never', 5)
        ctx.setTimer('moved', 60_000)
        ctx.setTimer('moved', [10, 12])
        ctx.cancelTimer('never')
      },
    })
    await until(() => heard(node).length === 2)
    expect(heard(node)).toEqual(['timer moved', 'timer later'])
  })

  test('that throws keeps what it wrote, sends nothing, and stops', async () => {
    const folder = temporaryFolder()
    const b = await hosted('b')
    const node = await hostMachine({
      self: 'a',
      machine: () =>
        listener({
          start: (ctx: WordContext) => {
            ctx.disk.append('log', bytes('one'))
            ctx.send('b', { type: 'datagram', n: 1 })
            ctx.disk.append('log', bytes('two'))
            ctx.disk.sync()
            ctx.disk.append('log', bytes('three'))
            throw new Error('a bug')
          },
        }),
      protocol: words,
      dataDirectory: folder,
      peers: { b: b.listening.datagrams[0]! },
    })
    expect(await node.ended).toMatchObject({ how: 'failed', reason: 'a handler threw: Error: a bug' })
    expect(node.figures.datagrams.sent.messages).toBe(0)
    const again = await hosted('a', {}, { dataDirectory: folder })
    const seen: string[] = []
    await again.kill()
    await hosted(
      'a',
      { start: (ctx) => seen.push(new TextDecoder().decode(ctx.disk.read('log'))) },
      { dataDirectory: folder },
    )
    expect(seen).toEqual(['onetwo'])
  })

  test('that exits does so once all it said before is carried out', async () => {
    const [a, b] = await pair(
      {
        start: (ctx) => {
          ctx.disk.append('log', bytes('one'))
          ctx.disk.sync()
          ctx.send('b', { type: 'stream', n: 1 })
          ctx.exit('all is done')
          ctx.send('b', { type: 'stream', n: 2 })
        },
      },
      {},
    )
    expect(await a.ended).toMatchObject({ how: 'exit', reason: 'all is done' })
    await until(() => heard(b).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(heard(b).filter((entry) => entry.startsWith('stream'))).not.toContain('stream 2 from a')
  })

  test('has its data directory to itself', async () => {
    const dataDirectory = join(temporaryFolder(), 'data')
    const first = await hosted('a', {}, { dataDirectory })
    await expect(hosted('a', {}, { dataDirectory })).rejects.toThrow(/is in use by process \d+: stop it first/)
    await first.stop()
    expect(await (await hosted('a', {}, { dataDirectory })).stop()).toMatchObject({ how: 'stopped' })
  })

  test('says which address it cannot have, and why, and leaves nothing behind', async () => {
    const first = await hosted('a')
    const taken = first.listening.streams[0]!
    const dataDirectory = join(temporaryFolder(), 'b')
    await expect(hosted('b', {}, { listen: [taken], dataDirectory })).rejects.toThrow(
      `127.0.0.1:${taken.port} is taken: another process listens there; stop it, or choose another port`,
    )
    await expect(hosted('b', {}, { listen: [{ host: '203.0.113.1', port: 0 }], dataDirectory })).rejects.toThrow(
      'is no address of this machine',
    )
    await hosted('b', {}, { dataDirectory })
  })
})
