import { setImmediate as nextTick } from 'node:timers/promises'
import { findScenario, type Catalogue } from '../catalogue.ts'
import { perform, type OpenRunner, type Runner } from './task.ts'
import { verify } from './verify.ts'
import { WorkerPool } from './worker-pool.ts'

/** Runners on this machine, with at most so many threads as `jobs`; one job needs no thread. */
export function localRunners(catalogue: Catalogue, jobs: number): OpenRunner {
  return (mostTasks) => {
    const useful = Math.max(1, Math.min(jobs, mostTasks))
    const runner = useful === 1 ? inProcess(catalogue) : new WorkerPool(catalogue.configPath, useful)
    return withVerification(catalogue, runner)
  }
}

/** Threads only, so that this one can do something else meanwhile. */
export function threadRunner(catalogue: Catalogue, jobs: number): Runner {
  return withVerification(catalogue, new WorkerPool(catalogue.configPath, jobs))
}

type Performer = Omit<Runner, 'verify'>

function withVerification(catalogue: Catalogue, performer: Performer): Runner {
  return {
    parallel: performer.parallel,
    run: (task) => performer.run(task),
    verify: (task) => verify(performer, catalogue.configPath, task),
    close: () => performer.close(),
  }
}

/** Between tasks the process hears signals and draws its progress. */
function inProcess(catalogue: Catalogue): Performer {
  return {
    parallel: 1,
    async run(task) {
      await nextTick()
      return perform(findScenario(catalogue, task.scenario), task)
    },
    close: () => Promise.resolve(),
  }
}
