import { Worker } from 'node:worker_threads'
import type { Runner, Task, TaskKind, TaskResults } from './task.ts'

/** What a worker is started with: where the user's configuration is, so that it loads the same scenarios. */
export interface WorkerStart {
  readonly configPath: string | undefined
}

export type WorkerAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }

interface Waiting {
  readonly task: Task
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * Each worker's heap, in mebibytes. The young generation is kept small: a run's garbage is short-lived, and what V8
 * would reserve for it grows with every worker.
 */
const HEAP_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 }

/** Worker threads that take tasks as they become free. A worker that dies fails its task; nothing is retried. */
export class WorkerPool implements Omit<Runner, 'verify'> {
  readonly parallel: number
  private readonly configPath: string | undefined
  private readonly workers = new Set<Worker>()
  private readonly idle: Worker[] = []
  private readonly queue: Waiting[] = []
  private closed = false

  constructor(configPath: string | undefined, parallel: number) {
    this.configPath = configPath
    this.parallel = parallel
  }

  run<Kind extends TaskKind>(task: Task<Kind>): Promise<TaskResults[Kind]> {
    return new Promise((resolve, reject) => {
      this.queue.push({ task, resolve: resolve as (value: unknown) => void, reject })
      this.dispatch()
    })
  }

  async close(): Promise<void> {
    this.closed = true
    this.queue.length = 0
    await Promise.all([...this.workers].map((worker) => worker.terminate()))
  }

  private dispatch(): void {
    while (this.queue.length > 0 && !this.closed) {
      const worker = this.idle.pop() ?? (this.workers.size < this.parallel ? this.start() : undefined)
      if (worker === undefined) return
      this.give(worker, this.queue.shift()!)
    }
  }

  private start(): Worker {
    const worker = startWorker(this.configPath)
    this.workers.add(worker)
    return worker
  }

  private give(worker: Worker, { task, resolve, reject }: Waiting): void {
    const answered = (value: unknown): void => {
      this.idle.push(worker)
      resolve(value)
      this.dispatch()
    }
    const failed = (error: unknown): void => {
      this.workers.delete(worker)
      void worker.terminate()
      reject(error)
    }
    ask(worker, task).then(answered, failed)
  }
}

/** Carries out one task in a worker that has seen no other. */
export async function runInFreshWorker<Kind extends TaskKind>(
  configPath: string | undefined,
  task: Task<Kind>,
): Promise<TaskResults[Kind]> {
  const worker = startWorker(configPath)
  try {
    return (await ask(worker, task)) as TaskResults[Kind]
  } finally {
    await worker.terminate()
  }
}

function startWorker(configPath: string | undefined): Worker {
  const start: WorkerStart = { configPath }
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: start, resourceLimits: HEAP_LIMITS })
  worker.setMaxListeners(0)
  return worker
}

function ask(worker: Worker, task: Task): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onExit)
      act()
    }
    const onMessage = (answer: WorkerAnswer): void =>
      settle(() => (answer.ok ? resolve(answer.value) : reject(answer.error)))
    const onError = (error: unknown): void => settle(() => reject(error))
    const onExit = (): void => settle(() => reject(new Error('a worker ended before it answered')))
    worker.on('message', onMessage)
    worker.on('error', onError)
    worker.on('exit', onExit)
    worker.postMessage(task)
  })
}
