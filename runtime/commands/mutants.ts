import { availableParallelism } from 'node:os'
import { type Mutant, mutantsOf, type Trial, trialsOf } from '../../explore/mutants.ts'
import { type Measurement, mutantsFigures } from '../../explore/mutants-figures.ts'
import { plantedIds, systemOf } from '../../explore/planted.ts'
import { isOver, type Oracle, type TrialProgress, UNBEGUN } from '../../explore/trial.ts'
import { mutantsProgress, type MutantsProgress, mutantsSummary } from '../../reports/mutants.ts'
import { mutantsDocument } from '../../reports/mutants-json.ts'
import { type Catalogue, loadCatalogue } from '../catalogue.ts'
import { codeHash } from '../code-hash.ts'
import { ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { measure } from '../mutants/measure.ts'
import type { MutantsOptions } from '../mutants/options.ts'
import { StateFile } from '../mutants/state-file.ts'
import { print, printJson, sendConsoleToStderr, warn } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { unknownName } from '../suggest.ts'
import { styleFor } from '../terminal.ts'

const DEFAULT_FIRST_SEED = 1

/** Measures in how many runs the search finds each planted bug; gives the exit code. */
export async function mutantsCommand(options: MutantsOptions): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const mutants = chooseMutants(catalogue, options)
  const { strategy, oracle, seed: firstSeed = DEFAULT_FIRST_SEED } = options
  const baseline = options.baseline === false || options.baseline === strategy ? undefined : options.baseline
  const trials = trialsOf(mutants, [strategy, ...(baseline === undefined ? [] : [baseline])], firstSeed)
  const head = { code: codeHash(catalogue.files), firstSeed, keepGoing: oracle !== 'internal' }
  const state = options.state === undefined ? undefined : StateFile.open(options.state, head)
  const interruption = listenForInterruption()
  sendConsoleToStderr()
  const startedMs = performance.now()
  const kept = state?.kept ?? new Map<string, TrialProgress>()
  const line = new ProgressLine()
  const wordsOf = progressOf(trials, oracle, runsOf(trials, kept), startedMs)
  const progress = await measure({
    catalogue,
    trials,
    oracle,
    jobs: options.jobs ?? availableParallelism(),
    timeLimitMs: options.timeLimit,
    signal: interruption.signal,
    kept,
    onProgress: (trial, now, all) => {
      state?.file.keep(trial.key, now)
      line.draw((style, columns) => mutantsProgress(wordsOf(trial, now, all), style, columns))
    },
  })
  line.clear()
  const wallMs = Math.round(performance.now() - startedMs)
  const measurement = { mutants, trials, progress, strategy, baseline, oracle, firstSeed, wallMs }
  return report(measurement, options.json === true, interruption.signal.aborted)
}

type AllProgress = ReadonlyMap<string, TrialProgress>

function progressOf(trials: readonly Trial[], oracle: Oracle, runsBefore: number, startedMs: number) {
  return ({ key, mutant }: Trial, { runs }: TrialProgress, all: AllProgress): MutantsProgress => ({
    trial: { key, runs, budgetRuns: mutant.budgetRuns },
    done: trials.filter((trial) => isOver(all.get(trial.key) ?? UNBEGUN, oracle, trial.mutant.budgetRuns)).length,
    of: trials.length,
    runs: runsOf(trials, all) - runsBefore,
    elapsedMs: performance.now() - startedMs,
  })
}

function runsOf(trials: readonly Trial[], progress: AllProgress): number {
  return trials.reduce((sum, { key }) => sum + (progress.get(key)?.runs ?? 0), 0)
}

function report(measurement: Measurement, json: boolean, interrupted: boolean): number {
  const figures = mutantsFigures(measurement)
  if (json) printJson(mutantsDocument(measurement, figures))
  else print(mutantsSummary(measurement, figures, styleFor(process.stdout)))
  if (interrupted) {
    warn('interrupted: the figures are of the searches done by then.')
    return ExitCode.interrupted
  }
  return { ok: ExitCode.pass, violated: ExitCode.violated, unknown: ExitCode.unknown }[figures.verdict]
}

/** Those of one system, or those that are named; otherwise all that there are. */
function chooseMutants(catalogue: Catalogue, { system, bugs, searches, budget }: MutantsOptions): readonly Mutant[] {
  const systems = [...new Set(catalogue.scenarios.map(systemOf))]
  if (system !== undefined && !systems.includes(system)) return unknownName('system', system, systems)
  const scenarios = catalogue.scenarios.filter((scenario) => system === undefined || systemOf(scenario) === system)
  const all = mutantsOf(scenarios, { searches, budgetRuns: budget })
  if (bugs === undefined) return all
  const known = ['correct', ...scenarios.flatMap(plantedIds)]
  const stranger = bugs.find((id) => !known.includes(id))
  if (stranger !== undefined) return unknownName('planted bug', stranger, known)
  return all.filter(({ id }) => bugs.includes(id))
}
