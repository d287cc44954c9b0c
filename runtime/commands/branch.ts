import { setImmediate as nextTick } from 'node:timers/promises'
import { executeRun } from '../../explore/run.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'
import { shrinkAmong } from '../../explore/shrink.ts'
import { plansOf, SweepMerge, sweepSeeds, type RawFailure, type SweepOrder } from '../../explore/sweep.ts'
import { understood } from '../../explore/understand.ts'
import { progressLine } from '../../reports/progress.ts'
import { seedText } from '../../reports/words.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { findScenario, loadCatalogue } from '../catalogue.ts'
import { ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { print, printJson, sendConsoleToStderr, warn } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { branchRecording, RecordingDiverged, type RecordingBranch } from '../recording/branch/branch-recording.ts'
import { recordedMachines } from '../recording/recorded-code.ts'
import { styleFor } from '../terminal.ts'
import { commandOf } from './branch-command-line.ts'
import type { BranchOptions } from './branch-options.ts'
import { branchDocument, branchReport, type BranchFailure, type BranchOutcome } from './branch-report.ts'
import { rangeOf } from './run-order.ts'

const DEFAULT_RUNS = 20
/** Shrinking takes seconds each: the rest stays as it was found. */
const MOST_SHRUNK = 3

/** Lets a recording go on in simulation, seed by seed; gives the exit code. */
export async function branchCommand(directory: string, isFolder: boolean, options: BranchOptions): Promise<number> {
  if (!isFolder)
    throw new UsageError(
      'no-recording',
      `${directory}: there is no such folder. --branch is for the folder of a recording; a token is forked by petrel explore.`,
    )
  sendConsoleToStderr()
  const catalogue = await loadCatalogue(options.config)
  const machines = await recordedMachines(options.machines, options.config)
  let branch: RecordingBranch
  try {
    branch = branchRecording(directory, {
      ...machines,
      scenario: (system) => findScenario(catalogue, options.scenario ?? system),
      at: options.branch,
      settings: settingsOf(options),
    })
  } catch (error) {
    if (!(error instanceof RecordingDiverged)) throw error
    warn(`${error.message} \`petrel replay ${directory}\` says more.`)
    return ExitCode.diverged
  }
  const interruption = listenForInterruption()
  const outcome = await outcomeOf(directory, options, branch, interruption.signal)
  if (options.json === true) printJson(branchDocument(outcome))
  else for (const text of branchReport(outcome, styleFor(process.stdout), options.full === true)) print(text)
  if (interruption.signal.aborted) {
    warn('interrupted; this is what was found so far.')
    return ExitCode.interrupted
  }
  const { verdict } = outcome.summary
  return { ok: ExitCode.pass, violated: ExitCode.violated, unknown: ExitCode.unknown }[verdict]
}

function settingsOf({ for: durationMs, clients, operations }: BranchOptions): Partial<Settings> {
  return {
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(clients === undefined ? {} : { clients }),
    ...(operations === undefined ? {} : { operations }),
  }
}

async function outcomeOf(
  directory: string,
  options: BranchOptions,
  branch: RecordingBranch,
  signal: AbortSignal,
): Promise<BranchOutcome> {
  const startedMs = performance.now()
  const { scenario, settings } = branch
  const order: SweepOrder = { settings, nemesis: options.nemesis }
  const { firstSeed, runs } = rangeOf({
    ...options,
    runs: options.runs ?? (options.seed === undefined ? DEFAULT_RUNS : 1),
  })
  const merge = new SweepMerge(scenario, settings)
  const progress = new ProgressLine()
  for (let run = 0; run < runs && !signal.aborted; run++) {
    merge.add(sweepSeeds(scenario, order, firstSeed + run, 1))
    progress.draw((style, columns) =>
      progressLine({ ...lineOf(merge), plannedRuns: runs, elapsedMs: performance.now() - startedMs }, style, columns),
    )
    await nextTick()
  }
  const { diverged: _diverged, ...totals } = merge.totals()
  const wallMs = Math.round(performance.now() - startedMs)
  const failures = totals.failures.map((raw, place) => {
    progress.draw(() => `shrinking: ${place} of ${totals.failures.length} done`)
    const isShrunk = options.shrink !== false && place < MOST_SHRUNK && !signal.aborted
    return failureOf(scenario, order, raw, firstSeed, isShrunk, (seed) => commandOf(directory, options, branch, seed))
  })
  progress.clear()
  return {
    branch,
    failures,
    summary: { ...totals, neverSeen: [], wallMs, failures: failures.map(({ failure }) => failure) },
  }
}

function lineOf(merge: SweepMerge): Pick<Parameters<typeof progressLine>[0], 'runs' | 'faults' | 'failures'> {
  const { runs, faults, failures } = merge.totals()
  return { runs, failures, faults: Object.values(faults).reduce((sum, count) => sum + count, 0) }
}

/** The least run that shows a failure; its command shows it again, since shrinking is as deterministic as running. */
function failureOf(
  scenario: Scenario,
  order: SweepOrder,
  raw: RawFailure,
  firstSeed: number,
  isShrunk: boolean,
  commandFor: (seed: string) => string,
): BranchFailure {
  const least = isShrunk ? shrinkAmong(scenario, plansOf(scenario, order, raw), raw.fingerprint) : undefined
  const shrunk = least && understood(scenario, least, raw.fingerprint)
  const plan = shrunk?.plan ?? plansOf(scenario, order, raw).next().value!
  const result = executeRun(scenario, plan, { trace: true })
  return {
    plan,
    result,
    failure: {
      scenario: scenario.name,
      seed: plan.seed,
      run: plan.seed - firstSeed + 1,
      violation: result.violations[0] ?? raw.violation,
      fingerprint: raw.fingerprint,
      count: raw.count,
      settings: order.settings,
      shrunk: shrunk && { ...shrunk, result },
      token: commandFor(seedText(plan.seed)),
    },
  }
}
