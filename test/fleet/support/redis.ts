import { Redis } from 'ioredis'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'

/** The Redis that tests use: the one that answers here. */
export const REDIS_URL = process.env['PETREL_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'

const { hostname, port } = new URL(REDIS_URL)

/** Where none answers the tests that need one are left out, unless services are required: then that is a failure. */
export const hasRedis = await answers()
if (!hasRedis)
  process.stderr.write(`No Redis answers at ${REDIS_URL}: the tests of the fleet that need one are left out.\n`)
test.runIf(process.env['PETREL_REQUIRE_SERVICES'] === '1')('a Redis answers, since services are required', () => {
  expect(hasRedis).toBe(true)
})

async function answers(): Promise<boolean> {
  const client = new Redis(REDIS_URL, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}

/** A client that goes with the test. */
export function redisClient(): Redis {
  const client = new Redis(REDIS_URL, { maxRetriesPerRequest: null })
  onTestFinished(() => client.disconnect())
  return client
}

/** All that a run has in Redis. */
export function keysOf(client: Redis, id: string): Promise<string[]> {
  return client.keys(`petrel:*${id}*`)
}

/** A server that answers each command with the same line; gives its port. */
export function answeringServer(line: string): Promise<number> {
  return listening(
    createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => socket.write(line.repeat(data.toString().match(/^\*\d/gm)?.length ?? 0)))
    }),
  )
}

/** Stands between Redis and whoever uses its port, and can cut all connections. */
export interface Proxy {
  readonly url: string
  /** Cuts what is connected; nothing gets through until {@link restore}. */
  cut(): void
  restore(): void
}

export async function redisProxy(): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let open = true
  const own = await listening(
    createServer((near) => {
      if (!open) return near.destroy()
      const far = connect(Number(port || 6379), hostname)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(one)
        one.on('error', () => undefined)
        one.on('close', () => {
          sockets.delete(one)
          other.destroy()
        })
        one.pipe(other)
      }
      return undefined
    }),
  )
  const cut = (): void => {
    open = false
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(cut)
  return { url: `redis://127.0.0.1:${own}`, cut, restore: () => void (open = true) }
}

function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close())
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}
