import { randomBytes } from 'node:crypto'
import type { Queue, QueueEvents } from 'bullmq'
import { warn } from '../output.ts'
import type { Catalogue } from '../catalogue.ts'
import { findScenario } from '../catalogue.ts'
import type { OpenRunner, Runner, Task, TaskKind, TaskResults } from '../sweep/task.ts'
import type { Link } from './link.ts'
import { announce, KEY_PREFIX, queueName, remove, type Notice } from './run-board.ts'
import { readResult, writeWork, type Work } from './wire.ts'

export interface FleetRunOptions {
  readonly scenarios: Notice['scenarios']
  /** Seeds a chunk. */
  readonly taskRuns: number
  readonly lostAfterMs: number
}

/** Chunks in the queue at a time: enough for many workers to find one as soon as they are free. */
const WINDOW = 64
const LONGEST_BEAT_MS = 10_000
/** Redis forgets the queue of a run whose process was killed, even where no other Petrel ever looks. */
const ABANDONED_MS = 3_600_000
/** Keys whose own time to live means something: BullMQ looks for dead workers again when the first is gone. */
const OWN_EXPIRY = new Set(['stalled-check', 'limiter'])
/** Of its stream of events: what came while the connection was lost is read later. */
const MOST_EVENTS = 20 * WINDOW

interface Waiting {
  readonly work: string
  /** Reads what came back and gives it to whoever asked. */
  readonly settle: (returned: unknown) => void
  readonly fail: (error: Error) => void
}

/**
 * A run that is carried out by a fleet: its chunks of seeds go into a queue of its own on BullMQ, workers anywhere take
 * them, and what they send back is counted once, by the id of the chunk, however often a chunk was run.
 */
export class FleetRun {
  readonly id = randomBytes(6).toString('hex')
  private readonly link: Link
  private readonly catalogue: Catalogue
  private readonly options: FleetRunOptions
  private readonly queue: Queue
  private readonly events: QueueEvents
  private readonly waiting = new Map<string, Waiting>()
  private heartbeat: NodeJS.Timeout | undefined
  /** The last renewal, which is over before the run is. */
  private beat = Promise.resolve()
  private tasks = 0
  private answers = 0
  private warned = false
  private readonly begunMs = performance.now()
  private failure: Error | undefined

  constructor(link: Link, catalogue: Catalogue, options: FleetRunOptions) {
    const { redis: connection, bullmq } = link
    const name = queueName(this.id)
    this.link = link
    this.catalogue = catalogue
    this.options = options
    this.queue = new bullmq.Queue(name, {
      connection,
      prefix: KEY_PREFIX,
      streams: { events: { maxLen: MOST_EVENTS } },
    })
    this.events = new bullmq.QueueEvents(name, { connection, prefix: KEY_PREFIX, lastEventId: '0' })
    this.listen()
  }

  /** Tells workers that there is something to do. */
  async begin(): Promise<void> {
    await this.orLost(this.renew())
    this.heartbeat = setInterval(
      () => {
        this.beat = this.beat.then(() => this.renewOrFail())
      },
      Math.min(LONGEST_BEAT_MS, this.options.lostAfterMs),
    )
  }

  /** Leaves nothing behind in Redis, unless Redis is what was lost. */
  async end(): Promise<void> {
    clearInterval(this.heartbeat)
    const over = this.beat
      .then(() => Promise.all([this.events.close(), this.queue.close()]))
      .then(() => remove(this.link, this.id))
    await this.orLost(over).catch((error: Error) => this.failAll(error))
  }

  /** One runner at a time: closing it drops what it has not got back yet. */
  readonly openRunner: OpenRunner = (): Runner => ({
    parallel: WINDOW,
    taskRuns: this.options.taskRuns,
    run: (task) => this.ask(task.kind, { verify: false, task }, task.scenario),
    verify: (task: Task<'print'>) => this.ask('sweep', { verify: true, task }, task.scenario),
    close: async () => {
      this.waiting.clear()
      if (this.failure === undefined) await this.orLost(this.queue.drain()).catch((error: Error) => this.failAll(error))
    },
  })

  /** The result is of this kind, whatever the kind of the task. */
  private ask<Kind extends TaskKind>(kind: Kind, work: Work, scenarioName: string): Promise<TaskResults[Kind]> {
    const id = `task-${++this.tasks}`
    const scenario = findScenario(this.catalogue, scenarioName)
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) return reject(this.failure)
      const settle = (returned: unknown): void => resolve(readResult(scenario, kind, returned))
      const waiting: Waiting = { work: writeWork(work), settle, fail: reject }
      this.waiting.set(id, waiting)
      this.enqueue([[id, waiting]]).catch((error: Error) => this.failAll(error))
    })
  }

  /** What is in the queue already stays as it is. */
  private async enqueue(tasks: readonly (readonly [id: string, waiting: Waiting])[]): Promise<void> {
    const opts = { removeOnComplete: true, removeOnFail: true }
    await this.queue.addBulk(tasks.map(([jobId, { work }]) => ({ name: 'task', data: work, opts: { ...opts, jobId } })))
  }

  private listen(): void {
    const take = (jobId: string, act: (waiting: Waiting) => void): void => {
      const waiting = this.waiting.get(jobId)
      // Finished a second time, by a worker that was taken for dead: it counts once.
      if (waiting === undefined) return
      this.waiting.delete(jobId)
      this.answers++
      try {
        act(waiting)
      } catch (error) {
        waiting.fail(error as Error)
      }
    }
    this.events.on('completed', ({ jobId, returnvalue }) => take(jobId, ({ settle }) => settle(returnvalue)))
    this.events.on('failed', ({ jobId, failedReason }) =>
      take(jobId, ({ fail }) => fail(new Error(`a worker of the fleet failed: ${failedReason}`))),
    )
    // Of a lost connection the link tells; a stream that is not BullMQ's is the end.
    this.events.on('error', (error) => error instanceof SyntaxError && this.failAll(error))
    this.queue.on('error', () => undefined)
    this.link.lost.catch((error: Error) => this.failAll(error))
  }

  private async renewOrFail(): Promise<void> {
    try {
      await this.orLost(this.renew())
    } catch (error) {
      this.failAll(error as Error)
    }
  }

  /**
   * Renews the lease, and puts what is still waited for into the queue once more: nothing where it is there, and the
   * remedy where Redis was restarted without its data.
   */
  private async renew(): Promise<void> {
    const { scenarios, lostAfterMs } = this.options
    await announce(this.link, { schema: 1, id: this.id, lostAfterMs, scenarios })
    const before = [...this.waiting]
    if (before.length > 0) await this.enqueue(before)
    const kept = Object.keys(this.queue.keys).filter((name) => !OWN_EXPIRY.has(name))
    const pipeline = this.link.redis.pipeline()
    for (const name of [...kept, ...before.map(([id]) => id)]) pipeline.pexpire(this.queue.toKey(name), ABANDONED_MS)
    await pipeline.exec()
    await this.sayWhereNobodyWorks()
  }

  private async sayWhereNobodyWorks(): Promise<void> {
    if (this.warned || this.answers > 0 || performance.now() < this.begunMs + LONGEST_BEAT_MS) return
    this.warned = true
    if ((await this.queue.getActiveCount()) > 0) return
    const codes = this.options.scenarios.map(({ scenario, code }) => `${scenario} ${code}`).join(', ')
    warn(`no worker has taken anything yet: is petrel fleet work running, with the same code (${codes})?`)
  }

  private orLost<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.link.lost])
  }

  private failAll(error: Error): void {
    this.failure ??= error
    for (const { fail } of this.waiting.values()) fail(this.failure)
    this.waiting.clear()
  }
}
