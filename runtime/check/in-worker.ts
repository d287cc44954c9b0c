import { Worker } from 'node:worker_threads'
import { UsageError } from '../../explore/usage-error.ts'
import type { Style } from '../../reports/style.ts'
import type { CheckOptions, CheckOutcome } from './check-files.ts'

/** What the thread is started with. */
export interface CheckWork {
  readonly paths: readonly string[]
  readonly options: CheckOptions
  readonly style: Style
}

export type CheckAnswer =
  | { readonly outcome: CheckOutcome }
  | { readonly usage: { readonly code: string; readonly message: string } }
  | { readonly error: unknown }

const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY'

/** Does the work in a thread of its own, whose memory may run out without an end to this one. */
export function checkInWorker(work: CheckWork): Promise<CheckOutcome> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: work })
  return new Promise((resolve, reject) => {
    worker.once('message', (answer: CheckAnswer) => {
      if ('outcome' in answer) resolve(answer.outcome)
      else reject('usage' in answer ? new UsageError(answer.usage.code, answer.usage.message) : answer.error)
    })
    worker.once('error', (error: NodeJS.ErrnoException) => reject(error.code === OUT_OF_MEMORY ? tooLarge() : error))
    worker.once('exit', () => reject(new Error('the thread that judges the history ended before it answered')))
  })
}

function tooLarge(): UsageError {
  return new UsageError(
    'too-large',
    'The history has more operations than fit into the memory that Node takes: give it more with NODE_OPTIONS=--max-old-space-size=MEGABYTES, or judge a part of it.',
  )
}
