import { z } from 'zod'
import type { Link } from './link.ts'

/**
 * Which runs there are, for workers to find: a set of ids, and for each a lease that its process keeps renewing. A run
 * without a lease is abandoned: whoever notices takes its queue away.
 */

/** All keys of Petrel in Redis begin so; BullMQ's too. */
export const KEY_PREFIX = 'petrel'
const RUNS_KEY = `${KEY_PREFIX}:runs`
export const LEASE_MS = 60_000
const LONGEST_NOTICE = 100_000

const noticeSchema = z.object({
  schema: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** A worker that says nothing for so long is taken for dead. */
  lostAfterMs: z.number().min(1),
  /** With 7 hex digits of their code. */
  scenarios: z.array(z.object({ scenario: z.string(), code: z.string() })).min(1),
})

/** What workers are told of a run. */
export type Notice = z.infer<typeof noticeSchema>

export function queueName(id: string): string {
  return `run-${id}`
}

/** Says, again and again, that a run goes on. The lease comes first, so that no run is ever seen without one. */
export async function announce({ redis }: Link, notice: Notice): Promise<void> {
  await redis.set(leaseKey(notice.id), JSON.stringify(notice), 'PX', LEASE_MS)
  await redis.sadd(RUNS_KEY, notice.id)
}

/** The runs that go on; of abandoned ones everything is removed. What is no notice of ours is let be. */
export async function currentRuns(link: Link): Promise<readonly Notice[]> {
  const ids = (await link.redis.smembers(RUNS_KEY)).filter((id) => /^[0-9a-f]{12}$/.test(id)).sort()
  const notices: Notice[] = []
  for (const id of ids) {
    const text = await link.redis.get(leaseKey(id))
    if (text === null) await remove(link, id)
    else {
      const notice = parse(text)
      if (notice?.id === id) notices.push(notice)
    }
  }
  return notices
}

export async function isCurrent({ redis }: Link, id: string): Promise<boolean> {
  return (await redis.exists(leaseKey(id))) === 1
}

/** Removes everything of a run; workers that still have some of it stop when they notice. */
export async function remove(link: Link, id: string): Promise<void> {
  await link.redis.del(leaseKey(id))
  const queue = new link.bullmq.Queue(queueName(id), {
    connection: link.redis,
    prefix: KEY_PREFIX,
    skipMetasUpdate: true,
  })
  try {
    await queue.obliterate({ force: true })
  } finally {
    await queue.close()
  }
  await link.redis.srem(RUNS_KEY, id)
}

function leaseKey(id: string): string {
  return `${KEY_PREFIX}:lease:${id}`
}

function parse(text: string): Notice | undefined {
  if (text.length > LONGEST_NOTICE) return undefined
  try {
    return noticeSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
