import { UsageError } from '../../explore/usage-error.ts'
import { availableParallelism } from 'node:os'
import { loadCatalogue } from '../catalogue.ts'
import { ExitCode, worstExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { sendConsoleToStderr } from '../output.ts'
import { localRunners } from '../sweep/runner.ts'
import type { RunOptions, ScenarioOutcome } from './run-options.ts'
import { chooseScenarios, exitCodeOf, orderOf, rangeOf, shardOf } from './run-order.ts'
import { checkOutputFile, reportRun } from './run-reports.ts'
import { runScenario } from './run-scenario.ts'

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
  const outcomes: ScenarioOutcome[] = []
  for (const scenario of scenarios) {
    if (signal.aborted) break
    const order = orderOf(scenario, options)
    outcomes.push(await runScenario({ catalogue, scenario, order, range, openRunner, shrink: options.shrink, signal }))
  }
  const shard = options.shard === undefined ? undefined : { ...options.shard, ...whole }
  reportRun(catalogue, outcomes, { ...options, shard, interrupted: signal.aborted })
  if (signal.aborted) return ExitCode.interrupted
  return worstExitCode(outcomes.map((outcome) => exitCodeOf(outcome, options.expectFail === true)))
}

function learnsInOrder(): UsageError {
  return new UsageError(
    'guided-shard',
    '--strategy guided learns from all its runs in their order, so that a shard of it means nothing: leave out --shard, let petrel fleet share the work, or choose another strategy.',
  )
}
