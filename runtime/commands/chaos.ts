import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { UsageError } from '../../explore/usage-error.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'
import type { StrategyName } from '../../explore/strategies/names.ts'
import { seedText } from '../../reports/words.ts'
import { loadCatalogue } from '../catalogue.ts'
import { endLeftServers } from '../chaos/left-servers.ts'
import { reportChaos } from '../chaos/report.ts'
import { runRound, type Round, type RoundOrder } from '../chaos/round.ts'
import { DataDirectoryInUse, lockDataDirectory } from '../host/data-lock.ts'
import { listenForInterruption } from '../interruption.ts'
import { makeFolder } from '../make-folder.ts'
import { sendConsoleToStderr, warn } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { systemRefusal } from '../system-refusal.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { UnavailableError } from '../unavailable-error.ts'
import type { RunOptions } from './run-options.ts'
import { chooseScenarios, orderOf, rangeOf } from './run-order.ts'

/** What `petrel chaos` was asked for. */
export type ChaosOptions = Omit<RunOptions, 'shard' | 'jobs' | 'config' | 'strategy'> & {
  readonly strategy: StrategyName
  readonly config?: string | undefined
  readonly directory?: string
  readonly keep?: boolean
  /** The folder to record the servers in. */
  readonly record?: string
}

/**
 * Unless given, these many times more than in simulation. Many clients with few operations each get more done than few
 * with many: each waits for its answer, however long the storm makes that.
 */
const CLIENTS_TIMES = 10
const OPERATIONS_TIMES = 4
/** Ports are free when they are chosen, and another process may be quicker. */
const ATTEMPTS = 3
const PORT_TAKEN = /EADDRINUSE|:\d+ is taken/

/** Runs the plans of seeds against real processes, one after the other, and reports; gives the exit code. */
export async function chaosCommand(name: string | undefined, options: ChaosOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const [scenario] = chooseScenarios(catalogue, name === undefined ? [] : [name], options.bug)
  if (scenario === undefined) throw new UsageError('no-scenario', 'There is no scenario: name one, such as raft-kv.')
  sendConsoleToStderr()
  if (options.record !== undefined) refuseFull(options.record)
  const { signal } = listenForInterruption(['SIGINT', 'SIGTERM', 'SIGHUP'])
  const run = async (directory: string): Promise<number> => {
    const rounds = await runRounds(scenario, { ...options, config: catalogue.configPath }, directory, signal)
    return reportChaos(scenario, rounds, {
      settings: settingsOf(scenario, options),
      json: options.json === true,
      interrupted: signal.aborted,
      expectFail: options.expectFail === true,
      strategy: options.strategy,
      nemesis: options.nemesis,
    })
  }
  try {
    return await withFolder(options, run)
  } catch (error) {
    const refusal = systemRefusal(error)
    throw refusal === undefined ? error : new UnavailableError(`No verdict. ${refusal}`)
  }
}

/** With a folder for data and histories, locked; one that nobody asked for is gone afterwards, however the work ends. */
async function withFolder<T>(options: ChaosOptions, work: (directory: string) => Promise<T>): Promise<T> {
  if (options.directory === undefined && options.keep !== true) return inTemporaryFolder(work)
  const directory =
    options.directory === undefined ? mkdtempSync(join(tmpdir(), 'petrel-chaos-kept-')) : resolve(options.directory)
  const unlock = locked(directory)
  try {
    endLeftServers(directory)
    return await work(directory)
  } finally {
    unlock()
    warn(`the data of the nodes is in ${directory}.`)
  }
}

async function inTemporaryFolder<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const { path, remove } = temporaryFolder('chaos', endLeftServers)
  try {
    return await work(path)
  } finally {
    remove()
  }
}

async function runRounds(
  scenario: Scenario,
  options: ChaosOptions,
  directory: string,
  signal: AbortSignal,
): Promise<readonly Round[]> {
  const settings = settingsOf(scenario, options)
  const { firstSeed, runs, timeLimitMs = Infinity } = rangeOf({ seed: 1, ...options, ...onlyOne(options) })
  const startedMs = performance.now()
  const progress = new ProgressLine()
  const warned = new Set<string>()
  const warnOnce = (sentence: string): void => {
    if (!warned.has(sentence)) warn(sentence)
    warned.add(sentence)
  }
  const rounds: Round[] = []
  while (rounds.length < runs && !signal.aborted) {
    const leftMs = timeLimitMs - (performance.now() - startedMs)
    if (rounds.length > 0 && leftMs < settings.durationMs) break
    const seed = firstSeed + rounds.length
    const file = `history-${seedText(seed)}.jsonl`
    const folder = join(directory, `seed-${seedText(seed)}`)
    rmSync(folder, { recursive: true, force: true })
    const ended = (): number => rounds.reduce((sum, { operations }) => sum + operations.ok + operations.fail, 0)
    const round = await inFreePorts({
      scenario,
      seed,
      settings,
      nemesis: options.nemesis,
      strategy: options.strategy,
      config: options.config,
      record: recordingOf(options, seed),
      onUnrecorded: warnOnce,
      directory: folder,
      historyFile: join(directory, file),
      mostMs: leftMs,
      signal,
      onProgress: (now) =>
        progress.draw(
          () => `chaos ${scenario.name}: run ${rounds.length + 1}, seed ${seedText(seed)}, ${ended() + now} operations`,
        ),
    })
    rounds.push(kept(scenario, round, options, signal.aborted))
    if (options.keep !== true) rmSync(folder, { recursive: true, force: true })
    if (options.bail === true && round.verdict === 'violated') break
  }
  progress.clear()
  return rounds
}

async function inFreePorts(order: RoundOrder): Promise<Round> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runRound(order)
    } catch (error) {
      if (attempt === ATTEMPTS || !PORT_TAKEN.test((error as Error).message)) throw error
      for (const folder of [order.directory, order.record])
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    }
  }
}

function recordingOf({ record }: ChaosOptions, seed: number): string | undefined {
  if (record === undefined) return undefined
  const folder = join(resolve(record), `seed-${seedText(seed)}`)
  makeFolder(resolve(record))
  // Fails where another chaos is at it.
  mkdirSync(folder)
  return folder
}

/** A history that someone will want to look at stays when the folder goes. */
function kept(scenario: Scenario, round: Round, options: ChaosOptions, interrupted: boolean): Round {
  if (options.directory !== undefined || options.keep === true) return round
  if (round.verdict === 'ok' && !interrupted) return { ...round, historyFile: '' }
  const historyFile = `petrel-chaos-${scenario.name}-${seedText(round.seed)}.jsonl`
  copyFileSync(round.historyFile, historyFile)
  return { ...round, historyFile: relative('.', historyFile) }
}

function settingsOf(scenario: Scenario, options: ChaosOptions): Settings {
  const { config: _config, ...rest } = options
  const { settings } = orderOf(scenario, rest)
  return {
    ...settings,
    clients: options.clients ?? settings.clients * CLIENTS_TIMES,
    operations: options.operations ?? settings.operations * OPERATIONS_TIMES,
  }
}

/** Without a number or a time it is one run. */
function onlyOne({ runs, timeLimit }: ChaosOptions): { readonly runs?: number } {
  return runs === undefined && timeLimit === undefined ? { runs: 1 } : {}
}

/** A recording among others could not be told from them. */
function refuseFull(folder: string): void {
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0))
    throw new UsageError('folder-in-use', `--record ${folder}: there is something already. Give a new folder.`)
}

function locked(directory: string): () => void {
  try {
    makeFolder(directory)
    return lockDataDirectory(directory)
  } catch (error) {
    if (!(error instanceof DataDirectoryInUse)) throw error
    throw new UsageError('directory-in-use', `--directory ${error.message}.`)
  }
}
