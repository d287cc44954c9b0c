import type { Worker } from 'bullmq'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf, type Catalogue } from '../catalogue.ts'
import { warn } from '../output.ts'
import type { Runner } from '../sweep/task.ts'
import type { Link } from './link.ts'
import { currentRuns, isCurrent, KEY_PREFIX, queueName, remove, type Notice } from './run-board.ts'
import { readWork, writeResult } from './wire.ts'

export interface FleetWorkerOptions {
  /** Shown to people. */
  readonly name: string
  readonly runner: Runner
  /** Ends it when the chunks under way are done. */
  readonly signal: AbortSignal
}

/** A run begins or ends for a worker within this time. */
const LOOK_EVERY_MS = 500
/** A chunk that was under way in so many workers that died is given up: it may be what kills them. */
const MOST_DEATHS = 5

/** Looks for runs and works for each that has the same code; comes and goes as it likes. */
export class FleetWorker {
  private readonly link: Link
  private readonly catalogue: Catalogue
  private readonly options: FleetWorkerOptions
  /** By id of the run; undefined where it is not for us. */
  private readonly runs = new Map<string, Worker | undefined>()
  private readonly leaving = new Set<Promise<void>>()

  constructor(link: Link, catalogue: Catalogue, options: FleetWorkerOptions) {
    this.link = link
    this.catalogue = catalogue
    this.options = options
  }

  /** Until the signal, or until Redis is lost, which throws. */
  async serve(): Promise<void> {
    const { name, runner, signal } = this.options
    warn(`worker ${name} looks for runs at ${this.link.address.shown}, ${runner.parallel} at a time.`)
    try {
      await Promise.race([this.look(signal), this.link.lost])
      for (const id of this.runs.keys()) this.leave(id)
      await Promise.race([Promise.all(this.leaving), this.link.lost])
    } finally {
      // Whose Redis is lost can't be left in good order.
      for (const worker of this.runs.values()) worker?.close(true).catch(() => undefined)
    }
  }

  private async look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const notices = await currentRuns(this.link)
      for (const notice of notices) if (!this.runs.has(notice.id)) this.runs.set(notice.id, this.join(notice))
      for (const id of this.runs.keys()) if (!notices.some((notice) => notice.id === id)) this.leave(id)
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  private join(notice: Notice): Worker | undefined {
    const { id, lostAfterMs } = notice
    const refusal = this.refusal(notice)
    if (refusal !== undefined) {
      warn(`run ${id} is not for this worker: ${refusal}`)
      return undefined
    }
    const { bullmq, redis: connection } = this.link
    const worker = new bullmq.Worker(queueName(id), ({ data }) => this.carryOut(notice, data), {
      connection,
      prefix: KEY_PREFIX,
      name: this.options.name,
      concurrency: this.options.runner.parallel,
      lockDuration: lostAfterMs,
      stalledInterval: lostAfterMs,
      maxStalledCount: MOST_DEATHS,
    })
    // A lost connection is the link's to tell; a chunk that is gone when it is done belonged to a run that is over.
    worker.on('error', () => undefined)
    warn(`run ${id}: at work on ${notice.scenarios.map(({ scenario }) => scenario).join(', ')}.`)
    return worker
  }

  /** Why this worker can't do what the run asks for: other code would give other results. */
  private refusal({ scenarios }: Notice): string | undefined {
    for (const { scenario: name, code } of scenarios) {
      const scenario = this.catalogue.scenarios.find((candidate) => candidate.name === name)
      if (scenario === undefined) return `it has no scenario ${name}. Start it with the same --config.`
      const here = codeOf(this.catalogue, scenario)
      if (here !== code) return `the run has code ${code} of ${name}, this worker ${here}. Give both the same code.`
    }
    return undefined
  }

  private async carryOut({ scenarios }: Notice, data: unknown): Promise<string> {
    const work = readWork(data)
    if (!scenarios.some(({ scenario }) => scenario === work.task.scenario))
      throw new Error(`${work.task.scenario} is not among the scenarios of the run.`)
    const { runner } = this.options
    return work.verify
      ? writeResult('sweep', await runner.verify(work.task))
      : writeResult(work.task.kind, await runner.run(work.task))
  }

  /** Finishes what is under way; what it wrote into a queue that was gone by then goes too. */
  private leave(id: string): void {
    const worker = this.runs.get(id)
    this.runs.delete(id)
    if (worker === undefined) return
    const left = this.finish(id, worker).finally(() => this.leaving.delete(left))
    this.leaving.add(left)
  }

  private async finish(id: string, worker: Worker): Promise<void> {
    await worker.close()
    const current = await isCurrent(this.link, id)
    if (!current) await remove(this.link, id)
    warn(`run ${id}: ${current ? 'left' : 'over'}.`)
  }
}
