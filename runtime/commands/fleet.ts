import { availableParallelism, hostname } from 'node:os'
import { codeOf, loadCatalogue } from '../catalogue.ts'
import { ExitCode } from '../exit-code.ts'
import { FleetRun } from '../fleet/fleet-run.ts'
import { FleetWorker } from '../fleet/fleet-worker.ts'
import { openLink } from '../fleet/link.ts'
import { redisAddress } from '../fleet/redis-address.ts'
import { listenForInterruption } from '../interruption.ts'
import { sendConsoleToStderr, warn } from '../output.ts'
import { threadRunner } from '../sweep/runner.ts'
import type { RunOptions } from './run-options.ts'
import { chooseScenarios, rangeOf } from './run-order.ts'
import { checkOutputFile } from '../output-file.ts'
import { reportRun } from './run-reports.ts'
import { runScenarios } from './run-scenario.ts'

interface FleetOptions {
  /** The environment's PETREL_REDIS_URL unless given. */
  readonly redis?: string
  /** How long to wait for Redis to come back, in milliseconds. */
  readonly patience: number
}

export interface FleetRunCommandOptions extends FleetOptions, Omit<RunOptions, 'shard' | 'jobs'> {
  /** Seeds a chunk. */
  readonly chunk?: number
  /** A worker that says nothing for so long is taken for dead, in milliseconds. */
  readonly lostAfter: number
}

/** A chunk of so many runs takes about a second. */
const MOST_CHUNK_RUNS = 50
/** Under verification each chunk starts a thread. */
const VERIFIED_CHUNK_RUNS = 8
/** A short sweep is cut into about so many chunks, so that every worker gets some. */
const LEAST_CHUNKS = 32

/** As `petrel run`, carried out by whatever workers there are at a Redis; the outcome is the same. */
export async function fleetRunCommand(names: readonly string[], options: FleetRunCommandOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const scenarios = chooseScenarios(catalogue, names, options.bug)
  const range = rangeOf(options)
  checkOutputFile(options.outputFile)
  const link = await openLink(redisAddress(options.redis), options.patience)
  const { signal } = listenForInterruption(['SIGINT', 'SIGTERM'])
  sendConsoleToStderr()
  const fleet = new FleetRun(link, catalogue, {
    scenarios: scenarios.map((scenario) => ({ scenario: scenario.name, code: codeOf(catalogue, scenario) })),
    taskRuns: options.chunk ?? chunkRuns(range.runs, options.verify === true),
    lostAfterMs: options.lostAfter,
  })
  let outcomes
  try {
    await fleet.begin()
    warn(`run ${fleet.id} is open to workers at ${link.address.shown}.`)
    const { openRunner } = fleet
    outcomes = await runScenarios(scenarios, { catalogue, range, openRunner, signal, options })
  } finally {
    await fleet.end()
    link.close()
  }
  return reportRun(catalogue, outcomes, { ...options, interrupted: signal.aborted })
}

function chunkRuns(runs: number, verify: boolean): number {
  return verify ? VERIFIED_CHUNK_RUNS : Math.min(MOST_CHUNK_RUNS, Math.ceil(runs / LEAST_CHUNKS))
}

export interface FleetWorkOptions extends FleetOptions {
  readonly jobs?: number
  readonly config?: string
}

/** Works for the runs there are at a Redis until it is interrupted. */
export async function fleetWorkCommand(options: FleetWorkOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const link = await openLink(redisAddress(options.redis), options.patience)
  const { signal } = listenForInterruption(['SIGINT', 'SIGTERM'])
  sendConsoleToStderr()
  const runner = threadRunner(catalogue, options.jobs ?? availableParallelism())
  try {
    await new FleetWorker(link, catalogue, { name: `${hostname()}-${process.pid}`, runner, signal }).serve()
    return ExitCode.pass
  } finally {
    await runner.close()
    link.close()
  }
}
