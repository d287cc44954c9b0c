import { UsageError } from '../../explore/usage-error.ts'

/** Where Redis is. */
export interface RedisAddress {
  /** As it was given, with the password where there is one: never to be printed. */
  readonly url: string
  /** The same without user and password, for people. */
  readonly shown: string
}

const EXAMPLE = 'redis://127.0.0.1:6379'

/** The address from `--redis`, or from the environment, where a password is not seen by others on the machine. */
export function redisAddress(given: string | undefined): RedisAddress {
  const url = given ?? process.env['PETREL_REDIS_URL']
  if (url === undefined || url === '')
    throw new UsageError('no-redis', `Say where Redis is: --redis ${EXAMPLE}, or PETREL_REDIS_URL in the environment.`)
  const source = given === undefined ? 'PETREL_REDIS_URL' : '--redis'
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isRedis = parsed !== undefined && /^rediss?:$/.test(parsed.protocol)
  if (!isRedis || parsed.hostname === '' || !/^(?:\/\d*)?$/.test(parsed.pathname))
    throw new UsageError(
      'bad-redis-url',
      `${source} is not the address of a Redis: give one such as ${EXAMPLE}, rediss://user:password@host:6379 or ${EXAMPLE}/1.`,
    )
  return { url, shown: `${parsed.protocol}//${parsed.hostname}:${parsed.port || '6379'}${parsed.pathname}` }
}
