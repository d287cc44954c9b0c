import { UsageError } from '../../explore/usage-error.ts'
import { availableParallelism } from 'node:os'
import { loadCatalogue } from '../catalogue.ts'
import { listenForInterruption } from '../interruption.ts'
import { sendConsoleToStderr } from '../output.ts'
import { localRunners } from '../sweep/runner.ts'
import type { RunOptions } from './run-options.ts'
import { chooseScenarios, rangeOf, shardOf } from './run-order.ts'
import { checkOutputFile } from '../output-file.ts'
import { reportRun } from './run-reports.ts'
import { runScenarios } from './run-scenario.ts'

/** Runs the seeds of each scenario and reports; gives the exit code. */
export async function runCommand(names: readonly string[], options: RunOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const scenarios = chooseScenarios(catalogue, names, options.bug)
  const whole = rangeOf(options)
  if (options.strategy === 'guided' && options.shard !== undefined) throw learnsInOrder()
  const range = options.shard === undefined ? whole : shardOf(whole, options.shard)
  checkOutputFile(options.outputFile)
  const { signal } = listenForInterruption()
  sendConsoleToStderr()
  const openRunner = localRunners(catalogue, options.jobs ?? availableParallelism())
  const outcomes = await runScenarios(scenarios, { catalogue, range, openRunner, signal, options })
  const shard = options.shard === undefined ? undefined : { ...options.shard, ...whole }
  return reportRun(catalogue, outcomes, { ...options, shard, interrupted: signal.aborted })
}

function learnsInOrder(): UsageError {
  return new UsageError(
    'guided-shard',
    '--strategy guided learns from all its runs in their order, so that a shard of it means nothing: leave out --shard, let petrel fleet share the work, or choose another strategy.',
  )
}
