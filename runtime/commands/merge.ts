import { availableParallelism } from 'node:os'
import { SweepMerge } from '../../explore/sweep.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { codeOf, findScenario, loadCatalogue, type Catalogue } from '../catalogue.ts'
import { listenForInterruption } from '../interruption.ts'
import { sendConsoleToStderr } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { localRunners } from '../sweep/runner.ts'
import { readShards, type ScenarioShard, type ShardFile } from '../sweep/shard-file.ts'
import type { RunOptions, ScenarioOutcome } from './run-options.ts'
import { shardOf } from './run-order.ts'
import { checkOutputFile } from '../output-file.ts'
import { reportRun } from './run-reports.ts'
import { outcomeOf } from './run-scenario.ts'

export type MergeOptions = Pick<
  RunOptions,
  'jobs' | 'shrink' | 'expectFail' | 'config' | 'reporter' | 'outputFile' | 'json'
>

/** Puts the shards of a sweep together and reports as the one process would that had run them all. */
export async function mergeCommand(paths: readonly string[], options: MergeOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const files = readShards(paths)
  checkOutputFile(options.outputFile)
  const merged = files[0]!.shard.scenarios.map((_, index) => mergeScenario(catalogue, files, index))
  const { signal } = listenForInterruption()
  sendConsoleToStderr()
  const openRunner = localRunners(catalogue, options.jobs ?? availableParallelism())
  const progress = new ProgressLine()
  const outcomes: ScenarioOutcome[] = []
  for (const { scenario, order, merge, wallMs } of merged) {
    const job = { catalogue, scenario, order, openRunner, shrink: options.shrink, signal }
    outcomes.push(await outcomeOf(job, merge, wallMs, progress))
  }
  progress.clear()
  return reportRun(catalogue, outcomes, { ...options, interrupted: signal.aborted })
}

/** A scenario's parts in the order of seeds; shards run beside one another, so the longest says how long it took. */
function mergeScenario(catalogue: Catalogue, files: readonly ShardFile[], index: number) {
  const { scenario: name, code, order } = files[0]!.shard.scenarios[index]!
  const scenario = findScenario(catalogue, name)
  const here = codeOf(catalogue, scenario)
  if (code !== here)
    throw new UsageError(
      'other-code',
      `The shards ran ${name} with code ${code}, this is ${here}: merge with the code that ran.`,
    )
  const merge = new SweepMerge(scenario, order.settings)
  for (const file of files) {
    const entry = file.shard.scenarios[index]!
    const bailed = order.bail === true && entry.part.failures.length > 0
    checkRange(file, entry, bailed)
    merge.add(entry.part)
    // One process would have ended here as well.
    if (bailed) break
  }
  return { scenario, order, merge, wallMs: Math.max(...files.map(({ shard }) => shard.scenarios[index]!.wallMs)) }
}

/** A shard has run the seeds it stands for. */
function checkRange({ path, shard }: ShardFile, { scenario, part }: ScenarioShard, bailed: boolean): void {
  const wanted = shardOf({ firstSeed: shard.firstSeed, runs: shard.runs ?? Infinity }, shard)
  const begins = part.firstSeed === wanted.firstSeed || part.runs === 0
  if (begins && (part.runs === wanted.runs || (bailed && part.runs <= wanted.runs))) return
  throw new UsageError(
    'shards-missing',
    `${path} ended early: of the ${wanted.runs} runs of ${scenario} that are its own it has ${part.runs}. Run that shard again.`,
  )
}
