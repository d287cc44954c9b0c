import type * as BullMq from 'bullmq'
import type { Redis } from 'ioredis'
import { UsageError } from '../../explore/usage-error.ts'
import type { RedisAddress } from './redis-address.ts'
import { UnavailableError } from '../unavailable-error.ts'

/** A connection to Redis that comes back by itself when it was lost, for a while. */
export interface Link {
  readonly bullmq: typeof BullMq
  readonly address: RedisAddress
  readonly redis: Redis
  /** Rejects with an UnavailableError when the connection was lost and did not come back in time. */
  readonly lost: Promise<never>
  close(): void
}

const CONNECT_TIMEOUT_MS = 10_000
const LONGEST_WAIT_MS = 2000

/** Loaded when a fleet is asked for: nothing else of Petrel needs them. */
async function loadEngine() {
  try {
    return { bullmq: await import('bullmq'), Client: (await import('ioredis')).Redis }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new UsageError(
      'no-bullmq',
      'A fleet needs BullMQ and its Redis client, which do not come with Petrel: npm install --save-dev bullmq ioredis.',
      { cause: error },
    )
  }
}

/** Connects, or throws an UnavailableError that says why not. */
export async function openLink(address: RedisAddress, patienceMs: number): Promise<Link> {
  const { bullmq, Client } = await loadEngine()
  /** Also of the connections that BullMQ makes in the image of this one. */
  let comesBack = false
  const redis = new Client(address.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // BullMQ asks for it: a command waits for the connection as long as we have patience.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (comesBack ? Math.min(times * 100, LONGEST_WAIT_MS) : null),
  })
  let problem: Error | undefined
  redis.on('error', (error: Error) => (problem = error))
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), silence(CONNECT_TIMEOUT_MS)])
  } catch (error) {
    redis.disconnect()
    throw unavailable(address, problem ?? (error as Error))
  }
  comesBack = true
  const close = (): void => {
    comesBack = false
    redis.disconnect()
  }
  return { bullmq, address, redis, lost: lossOf(redis, address, patienceMs), close }
}

/** What listens there may be no Redis, and say nothing at all. */
function silence(timeoutMs: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs).unref()
  })
}

function lossOf(redis: Redis, address: RedisAddress, patienceMs: number): Promise<never> {
  const lost = new Promise<never>((_, reject) => {
    let timer: NodeJS.Timeout | undefined
    redis.on('close', () => {
      timer ??= setTimeout(
        () =>
          reject(
            new UnavailableError(`Redis at ${address.shown} was lost and has not come back in ${patienceMs / 1000} s.`),
          ),
        patienceMs,
      )
    })
    for (const event of ['ready', 'end'] as const)
      redis.on(event, () => {
        clearTimeout(timer)
        timer = undefined
      })
  })
  // Whoever waits for it hears of it; until then it is no unhandled rejection.
  lost.catch(() => undefined)
  return lost
}

/** The client's messages name hosts and commands, never passwords. */
function unavailable({ shown }: RedisAddress, { message }: Error): UnavailableError {
  const refused = /NOAUTH|WRONGPASS|invalid password|NOPERM/i.test(message)
  const advice = refused
    ? 'give user and password in PETREL_REDIS_URL, as redis://user:password@host:6379'
    : 'is it running, and is the address right?'
  return new UnavailableError(
    refused
      ? `Redis at ${shown} refuses us (${message}): ${advice}.`
      : `Redis at ${shown} can't be reached (${message}): ${advice}`,
  )
}
