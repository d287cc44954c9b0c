import type { Worker } from 'bullmq'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sweepSeeds, type SweepOrder, type SweepPart } from '../../explore/sweep.ts'
import type { Catalogue } from '../../runtime/catalogue.ts'
import { FleetRun } from '../../runtime/fleet/fleet-run.ts'
import { openLink, type Link } from '../../runtime/fleet/link.ts'
import { announce, currentRuns, queueName, type Notice } from '../../runtime/fleet/run-board.ts'
import { readWork, writeResult } from '../../runtime/fleet/wire.ts'
import { sweep } from '../../runtime/sweep/sweep.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'
import { hasRedis, keysOf, REDIS_URL } from './support/redis.ts'

const order: SweepOrder = { settings: { ...raftKv.defaults, operations: 20, durationMs: 2000 } }
const catalogue: Catalogue = { scenarios: [raftKv], defaults: [raftKv], configPath: undefined, files: [] }
const RUNS = 12

async function link(): Promise<Link> {
  const opened = await openLink({ url: REDIS_URL, shown: REDIS_URL }, 10_000)
  onTestFinished(() => opened.close())
  return opened
}

async function fleetRun(): Promise<{ readonly fleet: FleetRun; readonly link: Link }> {
  const opened = await link()
  const scenarios = [{ scenario: raftKv.name, code: '0ddc0de' }]
  const fleet = new FleetRun(opened, catalogue, { scenarios, taskRuns: 3, lostAfterMs: 1000 })
  onTestFinished(() => fleet.end())
  await fleet.begin()
  return { fleet, link: opened }
}

/** A worker of the test's own: it gives back what it is told to. */
function work(
  { redis, bullmq }: Link,
  id: string,
  answer: (part: SweepPart, jobId: string) => Promise<unknown>,
): Worker {
  const worker = new bullmq.Worker(
    queueName(id),
    (job) => {
      const { firstSeed, count } = readWork(job.data).task.input as { firstSeed: number; count: number }
      return answer(sweepSeeds(raftKv, order, firstSeed, count), job.id!)
    },
    { connection: redis, prefix: 'petrel' },
  )
  worker.on('error', () => undefined)
  onTestFinished(() => worker.close())
  return worker
}

function sweepOver(fleet: FleetRun): Promise<SweepPart> {
  const signal = new AbortController().signal
  const range = { firstSeed: 1, runs: RUNS }
  const { openRunner } = fleet
  return sweep({ scenario: raftKv, order, range, openRunner, signal, onProgress: () => undefined }).then((merge) =>
    merge.part(),
  )
}

describe.skipIf(!hasRedis)('a run on a fleet', { timeout: 60_000 }, () => {
  test('counts a chunk once that is reported twice', async () => {
    const { fleet, link: opened } = await fleetRun()
    work(opened, fleet.id, async (part, jobId) => {
      const returnvalue = writeResult('sweep', part)
      const twice = ['event', 'completed', 'jobId', jobId, 'returnvalue', JSON.stringify(returnvalue)]
      await opened.redis.xadd(`petrel:${queueName(fleet.id)}:events`, '*', ...twice)
      return returnvalue
    })
    expect(await sweepOver(fleet)).toEqual(sweepSeeds(raftKv, order, 1, RUNS))
  })

  test('refuses what is no result of a chunk', async () => {
    const { fleet, link: opened } = await fleetRun()
    work(opened, fleet.id, (part) => Promise.resolve(JSON.stringify({ ...part, traceHash: 'none' })))
    await expect(sweepOver(fleet)).rejects.toThrow('a result that is not of this Petrel: traceHash')
  })

  test('fails with the reason where a chunk fails', async () => {
    const { fleet, link: opened } = await fleetRun()
    work(opened, fleet.id, () => Promise.reject(new Error('the machine threw')))
    await expect(sweepOver(fleet)).rejects.toThrow('a worker of the fleet failed: the machine threw')
  })

  test('finds its work again in a Redis that lost everything', async () => {
    const { fleet, link: opened } = await fleetRun()
    const part = sweepOver(fleet)
    for (const key of await keysOf(opened.redis, fleet.id)) await opened.redis.del(key)
    work(opened, fleet.id, (chunk) => Promise.resolve(writeResult('sweep', chunk)))
    expect(await part).toEqual(sweepSeeds(raftKv, order, 1, RUNS))
  })

  test('leaves nothing when it ends', async () => {
    const { fleet, link: opened } = await fleetRun()
    const dropped = fleet.openRunner(1)
    void dropped.run({ kind: 'sweep', scenario: raftKv.name, order, input: { firstSeed: 1, count: 1 } })
    await dropped.close()
    expect(await keysOf(opened.redis, fleet.id)).not.toEqual([])
    await fleet.end()
    expect(await keysOf(opened.redis, fleet.id)).toEqual([])
    expect(await opened.redis.sismember('petrel:runs', fleet.id)).toBe(0)
  })
})

describe.skipIf(!hasRedis)('the board of runs', () => {
  const notice: Notice = {
    schema: 1,
    id: '0ddc0de0ddc0',
    lostAfterMs: 1000,
    scenarios: [{ scenario: 'a', code: 'b' }],
  }

  test('shows a run as long as its lease lasts, and then takes all that is left of it away', async () => {
    const opened = await link()
    const { redis, bullmq } = opened
    await announce(opened, notice)
    const queue = new bullmq.Queue(queueName(notice.id), { connection: redis, prefix: 'petrel' })
    await queue.add('task', 'work', { jobId: 'task-1' })
    await queue.close()
    expect(await currentRuns(opened)).toContainEqual(notice)
    expect(await redis.pttl(`petrel:lease:${notice.id}`)).toBeGreaterThan(0)
    await redis.del(`petrel:lease:${notice.id}`)
    expect(await currentRuns(opened)).not.toContainEqual(notice)
    expect(await keysOf(redis, notice.id)).toEqual([])
  })

  test('passes over what is no notice', async () => {
    const opened = await link()
    onTestFinished(async () => {
      await opened.redis.del(`petrel:lease:${notice.id}`)
      await opened.redis.srem('petrel:runs', notice.id)
    })
    await announce(opened, notice)
    for (const strange of ['nonsense', '{}', JSON.stringify({ ...notice, id: 'another' })]) {
      await opened.redis.set(`petrel:lease:${notice.id}`, strange)
      expect((await currentRuns(opened)).map(({ id }) => id)).not.toContain(notice.id)
    }
  })
})
