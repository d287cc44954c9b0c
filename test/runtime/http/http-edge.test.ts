import { connect, createServer } from 'node:net'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { HttpEdge, type HttpEdgeOptions } from '../../../runtime/http/http-edge.ts'
import type { HttpAnswer } from '../../../runtime/http/routes.ts'
import { sharedPort, type SharedPortLimits } from '../../../runtime/http/shared-port.ts'
import type { HostedMachine } from '../../../runtime/host/host-machine.ts'
import type { Address, AnyMachine, Context } from '../../../sim/machine.ts'
import { protocol } from '../../../sim/protocol.ts'
import { hosted, until } from '../host/support/hosted.ts'

type Message =
  | { readonly type: 'put'; readonly id: number; readonly key: string; readonly bytes: Uint8Array }
  | { readonly type: 'get'; readonly id: number; readonly key: string }
  | { readonly type: 'add'; readonly id: number; readonly name: string; readonly weight: number }
  | { readonly type: 'answer'; readonly id: number; readonly status: number; readonly body: unknown }

const messages = protocol<Message>({
  put: { transport: 'stream' },
  get: { transport: 'stream' },
  add: { transport: 'stream' },
  answer: { transport: 'stream' },
})

/** As anyone may say them who connects. */
const openMessages = protocol<Message>({ ...messages, put: { transport: 'stream', open: true } })

/** Keeps bytes by key; never answers who asks for `nothing`. */
const keeper: AnyMachine = {
  start: () => new Map<string, Uint8Array>(),
  onMessage: (state: Map<string, Uint8Array>, ctx: Context<Message>, from: string, message: Message) => {
    const answer = (status: number, body: unknown): void =>
      ctx.send(from, { type: 'answer', id: message.id, status, body })
    if (message.type === 'put') {
      state.set(message.key, message.bytes)
      answer(200, undefined)
    } else if (message.type === 'add') answer(200, { name: message.name, weight: message.weight })
    else if (message.type === 'get' && message.key !== 'nothing') {
      const found = state.get(message.key)
      answer(found === undefined ? 404 : 200, found ?? { error: 'no such key' })
    }
  },
}

const options: HttpEdgeOptions = {
  listen: { host: '127.0.0.1', port: 0 },
  pages: { '/': { contentType: 'text/html; charset=utf-8', content: '<h1>keys</h1>' } },
  routes: [
    {
      method: 'PUT',
      path: '/keys/:key',
      body: 'bytes',
      ask: ({ id, parameters, body }) => ({ type: 'put', id, key: parameters['key']!, bytes: body as Uint8Array }),
    },
    { method: 'GET', path: '/keys/:key', ask: ({ id, parameters }) => ({ type: 'get', id, key: parameters['key']! }) },
    {
      method: 'POST',
      path: '/nodes',
      body: z.strictObject({ name: z.string(), weight: z.int().positive() }),
      ask: ({ id, body }) => ({ type: 'add', id, ...(body as { name: string; weight: number }) }),
    },
    { method: 'DELETE', path: '/nodes', ask: () => ({ status: 403, body: { error: 'not here' } }) as HttpAnswer },
  ],
  answer: (message) => {
    const { id, status, body } = message as Extract<Message, { type: 'answer' }>
    return { id, answer: { status, body } }
  },
}

/** The address of a node with an edge before it. */
async function edge(limits: HttpEdgeOptions['limits'] = {}): Promise<string> {
  const http = new HttpEdge({ ...options, limits })
  await hosted('n1', {}, { machine: () => keeper, protocol: messages, services: { http } })
  return `http://127.0.0.1:${http.address!.port}`
}

const errorOf = async (response: Response): Promise<unknown> => [response.status, await response.json()]

describe('an HTTP edge', () => {
  test('turns requests into messages, and messages into answers', async () => {
    const url = await edge()
    const key = encodeURIComponent('κλειδί/𝄞')
    const value = new Uint8Array(100_000).map((_, index) => index)
    expect((await fetch(`${url}/keys/${key}`, { method: 'PUT', body: value })).status).toBe(200)
    const found = await fetch(`${url}/keys/${key}`)
    expect([found.status, new Uint8Array(await found.arrayBuffer())]).toEqual([200, value])
    expect(await errorOf(await fetch(`${url}/keys/other`))).toEqual([404, { error: 'no such key' }])
    expect(await (await fetch(url)).text()).toBe('<h1>keys</h1>')
  })

  test('takes JSON that fits its schema, and says what is wrong with any other', async () => {
    const url = await edge()
    const post = (body: string): Promise<Response> => fetch(`${url}/nodes`, { method: 'POST', body })
    expect(await errorOf(await post('{"name":"n2","weight":3}'))).toEqual([200, { name: 'n2', weight: 3 }])
    expect(await errorOf(await post('{"name":'))).toEqual([400, { error: 'the body is no JSON' }])
    expect(await errorOf(await post('{"name":"n2","weight":-1}'))).toEqual([
      400,
      { error: expect.stringContaining('the body is not what is asked for') },
    ])
    expect(await errorOf(await fetch(`${url}/nodes`, { method: 'DELETE' }))).toEqual([403, { error: 'not here' }])
  })

  test('refuses what it has no route for, and what is malformed or too long', async () => {
    const url = await edge({ bodyBytes: 1_000 })
    expect((await fetch(`${url}/nowhere`)).status).toBe(404)
    const other = await fetch(`${url}/nodes`, { method: 'PUT', body: 'x' })
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST, DELETE'])
    expect((await fetch(`${url}/keys/%ff`)).status).toBe(400)
    expect((await fetch(`${url}/keys/a`, { method: 'PUT', body: 'x'.repeat(1_001) })).status).toBe(413)
    expect(await chunked(`${url}/keys/a`, 50, 100)).toBe(413)
    expect((await fetch(`${url}/keys/a`, { method: 'PUT', body: 'x'.repeat(1_000) })).status).toBe(200)
  })

  test('gives up a request that nobody answers, and takes only so many at a time', async () => {
    const url = await edge({ answerMs: 300, inFlight: 3 })
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(`${url}/keys/nothing`)).status),
    )
    expect(statuses.sort()).toEqual([503, 503, 504, 504, 504])
    expect((await fetch(`${url}/keys/other`)).status).toBe(404)
  })

  test('cuts off who sends slowly', async () => {
    expect(await slowly(await edge({ requestMs: 200 }))).toMatch(/^HTTP\/1.1 408 /)
  })

  test('refuses what a browser asks for the page of another site, and serves its own', async () => {
    const url = await edge()
    const asked = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sending = request(`${url}/keys/a`, { headers }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        sending.on('error', reject)
        sending.end()
      })
    expect(await asked({ origin: 'http://evil.example' })).toBe(403)
    expect(await asked({ origin: 'null' })).toBe(403)
    expect(await asked({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
    expect(await asked({ origin: url, 'sec-fetch-site': 'same-origin' })).toBe(404)
    // A link that somebody follows.
    expect(await asked({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(404)
  })

  test('takes only so many bytes of bodies at once', async () => {
    const url = await edge({ allBodiesBytes: 1_000 })
    expect(await chunked(`${url}/keys/a`, 20, 100)).toBe(503)
    expect(await chunked(`${url}/keys/a`, 9, 100)).toBe(200)
  })
})

describe('one port for streams and HTTP', () => {
  test('tells them apart by their first byte, however much follows', async () => {
    const { node, at, url } = await keeperAt()
    const value = new Uint8Array(600_000).map((_, index) => index * 7)
    expect((await fetch(`${url}/keys/a`, { method: 'PUT', body: value })).status).toBe(200)
    await hosted(
      'c1',
      {},
      {
        machine: () => ({
          start: (ctx: Context<Message>) =>
            ctx.send('n1', { type: 'put', id: 1, key: 'b', bytes: new Uint8Array(900_000).fill(3) }),
          onMessage: () => undefined,
        }),
        protocol: openMessages,
        peers: { n1: at },
      },
    )
    const kept = node.state() as Map<string, Uint8Array>
    await until(() => kept.has('b'))
    const found = await fetch(`${url}/keys/b`)
    expect(Buffer.alloc(900_000, 3).equals(new Uint8Array(await found.arrayBuffer()))).toBe(true)
    expect(Buffer.from(kept.get('a')!).equals(value)).toBe(true)
    expect((await fetch(`${url}/nowhere`)).status).toBe(404)
  })

  test('cuts off who says nothing, and lets no more than so many be silent', async () => {
    const { at } = await keeperAt({ silent: 1, silentMs: 300 })
    const silent = [connect(at.port, at.host), connect(at.port, at.host)]
    for (const socket of silent) socket.on('error', () => undefined)
    await until(() => silent.every((socket) => socket.closed))
    expect(silent.every((socket) => socket.bytesRead === 0)).toBe(true)
  })

  test('cuts off who sends a request slowly', async () => {
    const { url } = await keeperAt(undefined, { requestMs: 200 })
    expect(await slowly(url)).toMatch(/^HTTP\/1.1 408 /)
  })

  test('gives the port back when the node ends, also with requests under way', async () => {
    const { node, at, url } = await keeperAt()
    const waiting = fetch(`${url}/keys/nothing`)
    await until(() => node.figures.events > 1)
    await node.stop()
    expect((await waiting).status).toBe(503)
    const next = createServer()
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject)
      next.listen(at.port, at.host, resolve)
    })
    next.close()
  })
})

/** Where a keeper is reached by streams and HTTP. */
async function keeperAt(
  limits?: SharedPortLimits,
  httpLimits: HttpEdgeOptions['limits'] = {},
): Promise<{ node: HostedMachine; at: Address; url: string }> {
  const { listen: _, ...handed } = options
  const http = new HttpEdge({ ...handed, limits: httpLimits })
  const node = await hosted(
    'n1',
    {},
    {
      machine: () => keeper,
      protocol: openMessages,
      services: { http },
      streams: sharedPort((socket) => http.accept(socket), limits),
    },
  )
  const [at] = node.listening.streams
  return { node, at: at!, url: `http://127.0.0.1:${at!.port}` }
}

/** Held against both ways in: a port of its own, and one that is shared with peers. */
const ways: readonly (readonly [way: string, url: () => Promise<string>])[] = [
  ['at a port of its own', () => edge()],
  ['at a shared port', async () => (await keeperAt()).url],
]

describe.each(ways)('bytes of all kinds %s', (_way, url) => {
  test('who closes its half of the connection is answered all the same', async () => {
    const asked = 'PUT /keys/a HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1\r\n\r\nx'
    expect(await saidTo(await url(), asked, true)).toMatch(/^HTTP\/1.1 200 /)
    expect(await saidTo(await url(), asked.slice(0, -1), true)).toMatch(/^HTTP\/1.1 400 /)
  })

  test('what is no HTTP, or has too long a head, is answered with a sentence', async () => {
    expect(await saidTo(await url(), 'hello\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 [^]*{"error":"this is no request of HTTP"}\n$/,
    )
    const long = `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`
    expect(await saidTo(await url(), long)).toMatch(/^HTTP\/1.1 431 [^]*{"error":"the headers are too long"}\n$/)
  })
})

/** What is said to who begins a request and does not go on. */
const slowly = (url: string): Promise<string> => saidTo(url, 'PUT /keys/a HTTP/1.1\r\ncontent-length: 10\r\n')

/** All that is said to who sends these bytes, until the connection is closed. */
async function saidTo(url: string, bytes: string, isAll = false): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  socket.on('data', (piece) => (text += piece.toString()))
  socket.on('end', () => socket.end())
  socket.on('error', () => undefined)
  if (isAll) socket.end(bytes)
  else socket.write(bytes)
  await until(() => socket.closed)
  return text
}

/** Sends a body whose length is not announced; gives the status. */
function chunked(url: string, pieces: number, bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'PUT' }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sending.on('error', reject)
    for (let piece = 0; piece < pieces; piece++) sending.write('x'.repeat(bytes))
    sending.end()
  })
}
