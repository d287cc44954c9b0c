/** The thread that reads and judges histories, so that its parent can be interrupted meanwhile. */
import { parentPort, workerData } from 'node:worker_threads'
import { UsageError } from '../../explore/usage-error.ts'
import { checkFiles } from './check-files.ts'
import type { CheckAnswer, CheckWork } from './in-worker.ts'

const { paths, options, style } = workerData as CheckWork

async function answer(): Promise<CheckAnswer> {
  try {
    return { outcome: await checkFiles(paths, options, style) }
  } catch (error) {
    // The class of an error is lost between threads.
    return error instanceof UsageError ? { usage: { code: error.code, message: error.message } } : { error }
  }
}

parentPort!.postMessage(await answer())
