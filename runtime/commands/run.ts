import { availableParallelism } from 'node:os'
import { plantedIds, settingsOf } from '../../explore/planted.ts'
import { executeRun, planRun } from '../../explore/run.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'
import type { SweepOrder, SweepTotals } from '../../explore/sweep.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { progressLine } from '../../reports/progress.ts'
import type { Shard } from '../arguments.ts'
import { findScenario, loadCatalogue, type Catalogue } from '../catalogue.ts'
import { ExitCode, worstExitCode } from '../exit-code.ts'
import { describeFailures, tokenOf } from '../failures.ts'
import { listenForInterruption } from '../interruption.ts'
import { sendConsoleToStderr } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { unknownName } from '../suggest.ts'
import { sweep, type SweepRange } from '../sweep/sweep.ts'
import type { RunOptions, ScenarioOutcome } from './run-options.ts'
import { checkOutputFile, reportRun } from './run-reports.ts'

const DEFAULT_RUNS = 1000
/** The same for everybody unless said, so that two people who run the same code see the same. */
const DEFAULT_FIRST_SEED = 1
/** Shards without a number of runs begin this far apart. */
const SEEDS_A_SHARD = 1_000_000_000

/** Runs the seeds of each scenario and reports; gives the exit code. */
export async function runCommand(names: readonly string[], options: RunOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const scenarios = chooseScenarios(catalogue, names, options.bug)
  const range = rangeOf(options)
  checkOutputFile(options.outputFile)
  const interruption = listenForInterruption()
  sendConsoleToStderr()
  const outcomes: ScenarioOutcome[] = []
  for (const scenario of scenarios) {
    if (!interruption.signal.aborted)
      outcomes.push(await runScenario(catalogue, scenario, range, options, interruption.signal))
  }
  reportRun(catalogue, outcomes, { ...options, interrupted: interruption.signal.aborted })
  if (interruption.signal.aborted) return ExitCode.interrupted
  return worstExitCode(outcomes.map((outcome) => exitCodeOf(outcome, options.expectFail === true)))
}

async function runScenario(
  catalogue: Catalogue,
  scenario: Scenario,
  range: SweepRange,
  options: RunOptions,
  signal: AbortSignal,
): Promise<ScenarioOutcome> {
  const startedMs = performance.now()
  const order = orderOf(scenario, options)
  const jobs = options.jobs ?? availableParallelism()
  const progress = new ProgressLine()
  const totals = await sweep({
    catalogue,
    scenario,
    order,
    range,
    jobs,
    signal,
    onProgress: (soFar) =>
      progress.draw((style, columns) => lineOf(soFar(), range, performance.now() - startedMs, style, columns)),
  })
  const wallMs = Math.round(performance.now() - startedMs)
  const failures = await describeFailures(
    {
      catalogue,
      scenario,
      order,
      firstSeed: range.firstSeed,
      jobs,
      shrink: options.shrink,
      signal,
      onProgress: (shrunk, of) => progress.draw(() => `shrinking: ${shrunk} of ${of} done`),
    },
    totals.failures,
  )
  progress.clear()
  const { diverged, ...rest } = totals
  return {
    scenario,
    failures,
    diverged,
    summary: { ...rest, wallMs, failures: failures.map(({ failure }) => failure) },
    token:
      totals.runs === 1 && failures.length === 0
        ? tokenOfSingleRun(catalogue, scenario, order, totals.firstSeed)
        : undefined,
  }
}

function lineOf(
  totals: SweepTotals,
  range: SweepRange,
  elapsedMs: number,
  ...how: Parameters<typeof progressLine> extends [unknown, ...infer Rest] ? Rest : never
): string {
  return progressLine(
    {
      runs: totals.runs,
      elapsedMs,
      failures: totals.failures,
      plannedRuns: Number.isFinite(range.runs) ? range.runs : undefined,
      timeLimitMs: range.timeLimitMs,
      faults: Object.values(totals.faults).reduce((sum, count) => sum + count, 0),
    },
    ...how,
  )
}

function tokenOfSingleRun(catalogue: Catalogue, scenario: Scenario, order: SweepOrder, seed: number): string {
  const plan = planRun(scenario, seed, order.settings, order)
  const result = executeRun(scenario, plan, { wire: order.wire === true })
  return tokenOf(catalogue, scenario, { plan, result, wire: order.wire })
}

/** The scenarios that were named; otherwise the configuration's, of those that know the bug where one is asked for. */
function chooseScenarios(catalogue: Catalogue, names: readonly string[], bug: string | undefined): readonly Scenario[] {
  const named = [...new Set(names)].map((name) => findScenario(catalogue, name))
  const candidates = named.length > 0 ? named : catalogue.defaults
  if (bug === undefined) return candidates
  const knowing = candidates.filter((scenario) => plantedIds(scenario).includes(bug))
  const ignorant =
    named.find((scenario) => !knowing.includes(scenario)) ?? (knowing.length === 0 ? candidates[0] : undefined)
  if (ignorant === undefined) return knowing
  return unknownName('planted bug', bug, plantedIds(ignorant), { owner: ignorant.name })
}

function rangeOf({ seed, runs, timeLimit, shard }: RunOptions): SweepRange {
  const firstSeed = seed ?? DEFAULT_FIRST_SEED
  const count = runs ?? (timeLimit !== undefined ? Infinity : seed !== undefined ? 1 : DEFAULT_RUNS)
  const range = { firstSeed, runs: count, timeLimitMs: timeLimit }
  const own = shard === undefined ? range : shardOf(range, shard)
  const last = own.firstSeed + (Number.isFinite(own.runs) ? own.runs - 1 : 0)
  if (Number.isSafeInteger(last)) return own
  throw new UsageError(
    'out-of-range',
    `Seeds from ${firstSeed} on: the last would be larger than ${Number.MAX_SAFE_INTEGER}. Begin with a smaller --seed.`,
  )
}

/** Neighbouring seeds stay together, and the shards differ by one run at most. */
function shardOf(range: SweepRange, { index, of }: Shard): SweepRange {
  if (!Number.isFinite(range.runs)) return { ...range, firstSeed: range.firstSeed + (index - 1) * SEEDS_A_SHARD }
  const from = Math.floor(((index - 1) * range.runs) / of)
  const to = Math.floor((index * range.runs) / of)
  if (from === to)
    throw new UsageError(
      'bad-shard',
      `--shard ${index}/${of}: there are only ${range.runs} runs to divide; use fewer shards or more --runs.`,
    )
  return { ...range, firstSeed: range.firstSeed + from, runs: to - from }
}

function orderOf(scenario: Scenario, options: RunOptions): SweepOrder {
  const { nodes, clients, operations, duration, bug, nemesis, strategy, wire, verify, bail } = options
  const base = settingsOf(scenario, bug)
  const settings: Settings = {
    ...base,
    nodes: nodes ?? base.nodes,
    clients: clients ?? base.clients,
    operations: operations ?? base.operations,
    durationMs: duration ?? base.durationMs,
  }
  return { settings, nemesis, strategy, wire: wire === true, verify: verify === true, bail: bail === true }
}

function exitCodeOf({ summary, diverged }: ScenarioOutcome, expectFail: boolean): number {
  if (diverged.length > 0) return ExitCode.diverged
  if (summary.verdict === 'unknown') return ExitCode.unknown
  return (summary.verdict === 'violated') === expectFail ? ExitCode.pass : ExitCode.violated
}
