import { QueueEvents, type Job, Queue } from 'bullmq'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { editMachine, freshProject } from '../cli/support/projects.ts'
import { ROOT } from '../support/compiler.ts'
import { temporaryFolder } from '../support/temp-folder.ts'
import { killAll, start, type Ended, type Running } from './support/processes.ts'
import { answeringServer, hasRedis, keysOf, redisClient, redisProxy, REDIS_URL } from './support/redis.ts'

const RUN_OPENED = /run ([0-9a-f]{12}) is open to workers/
const AT_WORK = /run [0-9a-f]{12}: at work/

function worker(folder: string, url = REDIS_URL): Running {
  return start(folder, ['fleet', 'work', '--redis', url, '--jobs', '1'])
}

/** What the run left in Redis goes, also where the test fails. */
async function idOf(run: Running): Promise<string> {
  const [, id = ''] = await run.said(RUN_OPENED)
  const client = redisClient()
  onTestFinished(async () => {
    await killAll()
    for (const key of await keysOf(client, id)) await client.del(key)
    await client.srem('petrel:runs', id)
  })
  return id
}

/** The document of a run, without what the clock says. */
async function documentOf(run: Running): Promise<object> {
  const { stdout, stderr } = await run.ended
  if (stdout === '') throw new Error(stderr)
  const { wallMs: _wall, ...document } = JSON.parse(stdout)
  return document
}

/** What happens in a run's queue. */
function eventsOf(id: string): { readonly events: QueueEvents; readonly queue: Queue } {
  const options = { connection: redisClient(), prefix: 'petrel' }
  const events = new QueueEvents(`run-${id}`, { ...options, lastEventId: '0' })
  const queue = new Queue(`run-${id}`, { ...options, skipMetasUpdate: true })
  onTestFinished(async () => {
    await events.close()
    await queue.close()
  })
  return { events, queue }
}

/** Stops a worker for good while it has a chunk under way, and says which one. */
async function killAtWork(victim: Running, id: string): Promise<string> {
  const { events, queue } = eventsOf(id)
  const own = async (): Promise<Job | undefined> =>
    (await queue.getActive()).find((job) => job?.processedBy === `${hostname()}-${victim.pid}`)
  return new Promise((resolve, reject) => {
    let looking = false
    const look = async (): Promise<void> => {
      if (looking) return
      looking = true
      victim.signal('SIGSTOP')
      // Asked twice: what it had sent by the time it stopped has been heard by the second answer.
      const found = (await own()) === undefined ? undefined : await own()
      if (found === undefined) victim.signal('SIGCONT')
      else {
        victim.signal('SIGKILL')
        resolve(found.id!)
      }
      looking = found !== undefined
    }
    let done = 0
    events.on('completed', () => done++)
    events.on('active', () => void (done >= 3 && look().catch(reject)))
  })
}

describe.skipIf(!hasRedis)('a fleet', { timeout: 180_000 }, () => {
  const SWEEP = 'raft-kv --bug R14 --runs 300 --operations 60 --duration 3s --no-shrink --json'.split(' ')

  test('of three workers, one of which is killed in the middle, gives what one process gives', async () => {
    const folder = temporaryFolder()
    const workers = [worker(folder), worker(folder), worker(folder)]
    const run = start(folder, ['fleet', 'run', ...SWEEP, '--redis', REDIS_URL, '--chunk', '10', '--lost-after', '1s'])
    const id = await idOf(run)
    const stalled = new Set<string>()
    eventsOf(id).events.on('stalled', ({ jobId }) => stalled.add(jobId))
    await Promise.all(workers.map(({ said }) => said(AT_WORK)))
    const orphan = await killAtWork(workers[0]!, id)
    const fleet = await documentOf(run)
    expect(stalled).toContain(orphan)
    expect(fleet).toEqual(await documentOf(start(folder, ['run', ...SWEEP])))
    expect(fleet).toMatchObject({ runs: 300, verdict: 'violated' })
    for (const { signal } of workers.slice(1)) signal('SIGTERM')
    const statuses = await Promise.all(workers.map(async ({ ended }) => (await ended).status))
    expect(statuses).toEqual([null, 0, 0])
    expect(await keysOf(redisClient(), id)).toEqual([])
  })

  test('takes work only for the code that the worker has, and says which it lacks', async () => {
    const [folder, other] = [freshProject(), freshProject()]
    editMachine(other, 'const recovered =', 'void 0\n      const recovered =')
    const run = start(folder, ['fleet', 'run', '--runs', '40', '--redis', REDIS_URL, '--json'])
    const id = await idOf(run)
    const stranger = worker(other)
    await stranger.said(
      new RegExp(`run ${id} is not for this worker: the run has code [0-9a-f]{7} of register, this worker [0-9a-f]{7}`),
    )
    const none = worker(temporaryFolder())
    await none.said(new RegExp(`run ${id} is not for this worker: it has no scenario register`))
    worker(folder)
    expect(await documentOf(run)).toEqual(await documentOf(start(folder, ['run', '--runs', '40', '--json'])))
    expect(await keysOf(redisClient(), id)).toEqual([])
  })

  test('verifies, shrinks, learns, and ends with the first failure, as one process does', async () => {
    const folder = freshProject()
    worker(folder)
    for (const options of [
      ['--runs', '10', '--verify'],
      ['--runs', '40', '--bug', 'skips-sync'],
      ['--runs', '300', '--strategy', 'guided'],
      ['--runs', '200', '--bug', 'skips-sync', '--bail', '--no-shrink'],
    ]) {
      const run = start(folder, ['fleet', 'run', ...options, '--redis', REDIS_URL, '--json'])
      expect(await documentOf(run)).toEqual(await documentOf(start(folder, ['run', ...options, '--json'])))
    }
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const run = start(temporaryFolder(), ['fleet', 'run', 'raft-kv', '--runs', '100000', '--redis', REDIS_URL])
    const id = await idOf(run)
    expect(await keysOf(redisClient(), id)).not.toEqual([])
    run.signal('SIGINT')
    const { status, stderr } = await run.ended
    expect(stderr).toContain('petrel: interrupted')
    expect(status).toBe(130)
    expect(await keysOf(redisClient(), id)).toEqual([])
  })

  test('goes on when a lost Redis comes back', async () => {
    const folder = freshProject()
    const proxy = await redisProxy()
    const run = start(folder, [
      'fleet',
      'run',
      '--runs',
      '200',
      '--chunk',
      '5',
      '--lost-after',
      '1s',
      '--redis',
      proxy.url,
      '--json',
    ])
    const { events } = eventsOf(await idOf(run))
    worker(folder, proxy.url)
    await new Promise((resolve) => events.once('completed', resolve))
    proxy.cut()
    proxy.restore()
    expect(await documentOf(run)).toEqual(await documentOf(start(folder, ['run', '--runs', '200', '--json'])))
  })

  test('gives up a Redis that stays lost, with a sentence and exit 69, in the run and in the worker', async () => {
    const folder = freshProject()
    const proxy = await redisProxy()
    const options = ['--redis', proxy.url, '--patience', '200ms']
    const run = start(folder, ['fleet', 'run', '--runs', '100000', ...options])
    const id = await idOf(run)
    const idle = start(folder, ['fleet', 'work', '--jobs', '1', ...options])
    await idle.said(AT_WORK)
    proxy.cut()
    for (const { status, stdout, stderr } of await Promise.all([run.ended, idle.ended])) {
      expect(stderr).toMatch(
        /petrel: Redis at redis:\/\/127\.0\.0\.1:\d+ was lost and has not come back in 0\.2 s\.\n$/,
      )
      expect({ status, stdout }).toEqual({ status: 69, stdout: '' })
    }
    // It could not clean up; whoever looks next after its lease has run out does.
    const client = redisClient()
    await client.del(`petrel:lease:${id}`)
    const next = worker(folder)
    await next.said(/looks for runs/)
    next.signal('SIGTERM')
    await next.ended
    expect(await keysOf(client, id)).toEqual([])
  })
})

describe('a fleet whose Redis is not to be had says so', { timeout: 60_000 }, () => {
  const ended = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    start(temporaryFolder(), ['fleet', ...args], environment).ended

  test.each([
    ['where none is named', [], /Say where Redis is: --redis redis:\/\/127\.0\.0\.1:6379, or PETREL_REDIS_URL/],
    ['where the address is none', ['--redis', 'localhost:6379'], /--redis is not the address of a Redis/],
    ['where the address is of something else', ['--redis', 'http://secret@a'], /--redis is not the address of a Redis/],
    ['where the database is no number', ['--redis', 'redis://a/b'], /--redis is not the address of a Redis/],
  ])('%s, with exit 64', async (_where, options, sentence) => {
    const { status, stdout, stderr } = await ended(['run', ...options])
    expect(stderr).toMatch(sentence)
    expect(stderr).not.toContain('secret')
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
  })

  test.each([
    [
      'refuses the password',
      '-WRONGPASS invalid username-password pair or user is disabled.\r\n',
      /refuses us \(WRONGPASS/,
    ],
    ['asks for a password', '-NOAUTH Authentication required.\r\n', /refuses us \(NOAUTH Authentication required/],
    ['is no Redis', 'HTTP/1.1 400 Bad Request\r\n\r\n', /can't be reached \(Unknown RESP type/],
  ])('where it %s, with exit 69 and without the password', async (_what, line, sentence) => {
    const port = await answeringServer(line)
    const url = `redis://petrel:secret@127.0.0.1:${port}`
    for (const command of ['run', 'work']) {
      const { status, stdout, stderr } = await ended([command], { PETREL_REDIS_URL: url, PETREL_STACK: '1' })
      expect(stderr).toMatch(sentence)
      expect(stderr).toContain(`redis://127.0.0.1:${port}`)
      expect(stderr).not.toContain('secret')
      expect({ status, stdout }).toEqual({ status: 69, stdout: '' })
    }
  })

  test('where nothing listens, with exit 69', async () => {
    const { status, stderr } = await ended(['work', '--redis', 'redis://127.0.0.1:1'])
    expect(stderr).toMatch(/Redis at redis:\/\/127\.0\.0\.1:1 can't be reached \(.*ECONNREFUSED.*\): is it running/)
    expect(status).toBe(69)
  })

  test('where BullMQ is not installed, with exit 64; everything else works', async () => {
    const folder = temporaryFolder()
    const modules = join(folder, 'node_modules')
    mkdirSync(join(modules, 'petrel'), { recursive: true })
    for (const part of ['package.json', 'dist'])
      cpSync(join(ROOT, part), join(modules, 'petrel', part), { recursive: true })
    for (const name of readdirSync(join(ROOT, 'node_modules')))
      if (!/^\.|^(?:petrel|bullmq|ioredis)$/.test(name))
        symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
    // An empty folder, since where there is none Node looks in the folders above as well.
    mkdirSync(join(modules, 'bullmq'))
    const command = join(modules, 'petrel', 'dist', 'cli.js')
    const without = (args: readonly string[]): Promise<Ended> => start(folder, args, {}, command).ended
    expect((await without(['run', 'raft-kv', '--runs', '2', '--jobs', '1'])).status).toBe(0)
    const { status, stderr } = await without(['fleet', 'work', '--redis', REDIS_URL])
    expect(stderr).toMatch(/A fleet needs BullMQ .* npm install --save-dev bullmq ioredis/)
    expect(status).toBe(64)
  })
})
