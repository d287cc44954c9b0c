import { setImmediate as nextTick } from 'node:timers/promises'
import { findScenario, type Catalogue } from '../catalogue.ts'
import { perform, type Runner } from './task.ts'
import { WorkerPool } from './worker-pool.ts'

/** One job needs no worker. */
export function createRunner(catalogue: Catalogue, jobs: number): Runner {
  return jobs === 1 ? inProcess(catalogue) : new WorkerPool(catalogue.configPath, jobs)
}

/** Between tasks the process hears signals and draws its progress. */
function inProcess(catalogue: Catalogue): Runner {
  return {
    parallel: 1,
    async run(task) {
      await nextTick()
      return perform(findScenario(catalogue, task.scenario), task)
    },
    close: () => Promise.resolve(),
  }
}
