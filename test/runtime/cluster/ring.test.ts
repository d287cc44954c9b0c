import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodeByItself, type OwnWords } from '../../../runtime/cluster/node-by-itself.ts'
import type { ServerWishes } from '../../../runtime/cluster/server-wishes.ts'
import { freePorts } from '../../../runtime/net/free-ports.ts'
import { defaultDhtParameters } from '../../../runtime/systems/dht-kv/parameters.ts'
import { dhtKvSystem } from '../../../runtime/systems/dht-kv/system.ts'
import { petrel } from '../../cli/support/petrel.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { until } from '../host/support/hosted.ts'
import { isAlive, processesIn, running } from './support/running.ts'

interface Shown {
  readonly nodeId: string
  readonly uri: string
  readonly tokens: readonly unknown[]
}

describe('petrel up dht-kv', { timeout: 120_000 }, () => {
  test('keeps a ring up: who is killed comes back as who it was, who leaves stays away, all end together', async () => {
    const folder = join(temporaryFolder(), 'ring')
    const [base] = await freePorts(1)
    const words = ['up', 'dht-kv', '--nodes', '3', '--tokens', '8', '--directory', folder]
    const up = running([...words, '--base-port', String(base)])
    for (const id of ['n1', 'n2', 'n3']) await up.says(new RegExp(`^${id} +is a member of the ring$`, 'm'))
    const url = (place: number): string => `http://127.0.0.1:${base! + place}`
    /** 503 is to be tried again: while nodes come and go, and do not agree yet on whose a key is. */
    const ask = async (place: number, body: object): Promise<void> => {
      const status = async (): Promise<number> =>
        (await fetch(url(place), { method: 'POST', body: JSON.stringify(body) }).catch(() => ({ status: 503 }))).status
      await expect.poll(status, { timeout: 20_000 }).not.toBe(503)
      expect(await status()).toBe(200)
    }
    const events = async (): Promise<readonly Shown[]> =>
      (await (await fetch(`${url(0)}/events`)).json()) as readonly Shown[]
    await expect.poll(async () => (await events()).length, { timeout: 20_000 }).toBe(3)
    expect((await events()).map(({ tokens }) => tokens.length)).toEqual([8, 8, 8])
    await ask(0, { type: 'PUT', key: 'k', value: 'v' })

    const before = await events()
    const killed = processesIn(up.text()).get('n2')!
    process.kill(killed, 'SIGKILL')
    await up.says(/^n2 +was killed \(SIGKILL\); starts again$/m)
    await until(() => processesIn(up.text()).get('n2') !== killed)
    await ask(1, { type: 'GET', key: 'k' })
    expect(await events()).toEqual(before)

    expect((await fetch(`${url(2)}/shutdown`, { method: 'POST' })).status).toBe(200)
    await up.says(/^n3 +ended; stays down$/m)
    await ask(1, { type: 'GET', key: 'k' })
    expect(petrel(folder, words)).toMatchObject({ status: 64, stderr: expect.stringContaining('is up already') })
    up.signal('SIGINT')
    expect(await up.closed).toBe(0)
    expect([...processesIn(up.text()).values()].filter(isAlive)).toEqual([])
    expect(['n1', 'n2', 'n3'].filter((id) => existsSync(join(folder, 'data', id, 'lock')))).toEqual([])
    expect(petrel(folder, [...words, '--tokens', '9'])).toMatchObject({
      status: 64,
      stderr: expect.stringContaining('is set up with 8 tokens a node and 3 replicas'),
    })
  })

  test('a recording of its nodes is done again without divergence', async () => {
    const folder = join(temporaryFolder(), 'ring')
    const [base] = await freePorts(1)
    const record = join(folder, 'recording')
    const words = ['up', 'dht-kv', '--nodes', '2', '--directory', folder, '--base-port', String(base)]
    const up = running([...words, '--record', record])
    for (const id of ['n1', 'n2']) await up.says(new RegExp(`^${id} +is a member of the ring$`, 'm'))
    const body = JSON.stringify({ type: 'PUT', key: 'k', value: 'v' })
    const put = async (): Promise<number> =>
      (await fetch(`http://127.0.0.1:${base! + 1}`, { method: 'POST', body })).status
    await expect.poll(put, { timeout: 20_000 }).toBe(200)
    up.signal('SIGINT')
    expect(await up.closed).toBe(0)
    const { status, stdout } = petrel(folder, ['replay', record])
    expect([status, stdout]).toEqual([0, expect.stringMatching(/without divergence|no divergence|as recorded/i)])
  })
})

describe('petrel node dht-kv', { timeout: 60_000 }, () => {
  test('says where its disk belongs, and that its disk or its port is taken', async () => {
    const folder = temporaryFolder()
    const [port, other] = await freePorts(2)
    const node = (...words: readonly string[]): ReturnType<typeof petrel> =>
      petrel(folder, ['node', 'dht-kv', ...words])
    const first = running(['node', 'dht-kv', '--port', String(port), '--data', 'disk'], folder)
    await first.says(/"msg":"ring settled"/)
    expect(node('--port', String(other), '--data', 'disk')).toMatchObject({ status: 69 })
    expect(node('--port', String(port))).toMatchObject({
      status: 69,
      stderr: expect.stringContaining("can't listen at"),
    })
    first.signal('SIGTERM')
    expect(await first.closed).toBe(0)
    expect(node('--port', String(other), '--data', 'disk')).toMatchObject({
      status: 69,
      stderr: expect.stringContaining(`it is a member that is reached at http://127.0.0.1:${port}`),
    })
  })

  test('says that its seed does not answer, goes on asking, and ends with Ctrl-C', async () => {
    const folder = temporaryFolder()
    const [port, dead] = await freePorts(2)
    const seed = `http://127.0.0.1:${dead}`
    const node = running(['node', 'dht-kv', '--port', String(port), '--seeds', seed, '--data', 'disk'], folder)
    await node.says(new RegExp(`is in no ring yet: no seed has answered under the name ${seed}, `))
    const body = JSON.stringify({ type: 'GET', key: 'k' })
    expect((await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body })).status).toBe(503)
    const first = running(['node', 'dht-kv', '--port', String(dead), '--data', 'first'], folder)
    await node.says(/"msg":"ring settled"/)
    for (const one of [node, first]) one.signal('SIGINT')
    expect([await node.closed, await first.closed]).toEqual([0, 0])
  })

  test.each<readonly [OwnWords & ServerWishes, RegExp]>([
    [{ host: 'https://a:1' }, /^--host: "https:\/\/a:1" is no URL of a node: write http:/],
    [{ host: `http://${'a'.repeat(60)}:1` }, /is too long/],
    [{ seeds: ['a:1'] }, /^--seeds: "a:1" is no URL of a node/],
    [{ listen: ['somewhere'] }, /^--listen: "somewhere" is no address/],
    [{ replicas: 2, parameters: 'params.json' }, /^Leave --replicas out/],
    [{ parameters: '/nowhere/params.json' }, /params\.json is missing/],
    [{ bug: 'D99' }, /D99/],
  ])('refuses %j', (words, sentence) => {
    expect(() => nodeByItself(dhtKvSystem, words)).toThrow(sentence)
  })

  test('refuses parameters that do not fit each other, and takes its words as they are meant', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'params.json')
    writeFileSync(file, JSON.stringify({ ...defaultDhtParameters, WRITE_QUORUM: 4 }))
    expect(() => nodeByItself(dhtKvSystem, { parameters: file })).toThrow(
      /"WRITE_QUORUM": there are only so many replicas/,
    )
    const listening = (words: OwnWords): unknown => {
      const { self, listen, peers, dataDirectory } = nodeByItself(dhtKvSystem, words)
      return [self, listen, Object.keys(peers!), dataDirectory]
    }
    const disk = join('petrel-data', 'dht-kv', '8080')
    expect(listening({})).toEqual(['http://127.0.0.1:8080', [{ host: '127.0.0.1', port: 8080 }], [], disk])
    // Its own URL among the seeds is no peer: it is the first.
    expect(listening({ port: 81, seeds: ['http://127.0.0.1:81', 'http://b:1'], data: 'd' })).toEqual([
      'http://127.0.0.1:81',
      [{ host: '127.0.0.1', port: 81 }],
      ['http://b:1'],
      'd',
    ])
    expect(listening({ host: 'http://node.example:80', port: 8080, listen: ['0.0.0.0', '[::]:90'] })).toEqual([
      'http://node.example:80',
      [
        { host: '0.0.0.0', port: 8080 },
        { host: '::', port: 90 },
      ],
      [],
      disk,
    ])
  })
})
