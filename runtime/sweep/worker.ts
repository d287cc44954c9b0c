/** The thread of a worker: loads the scenarios once, then answers tasks one by one. */
import { parentPort, workerData } from 'node:worker_threads'
import { findScenario, loadCatalogue } from '../catalogue.ts'
import { sendConsoleToStderr } from '../output.ts'
import { perform, type Task } from './task.ts'
import type { WorkerAnswer, WorkerStart } from './worker-pool.ts'

const { configPath } = workerData as WorkerStart
const catalogue = loadCatalogue(configPath)
sendConsoleToStderr()

parentPort!.on('message', (task: Task) => {
  void answer(task).then((value) => parentPort!.postMessage(value))
})

async function answer(task: Task): Promise<WorkerAnswer> {
  try {
    return { ok: true, value: perform(findScenario(await catalogue, task.scenario), task) }
  } catch (error) {
    return { ok: false, error }
  }
}
