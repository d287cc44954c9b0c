import { type Bounds, defaultBounds, type NetworkKind } from '../../explore/exhaustive/bounds.ts'
import { exploreAll } from '../../explore/exhaustive/search.ts'
import { smallSystem } from '../../explore/exhaustive/small-scenario.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'
import { UsageError } from '../../explore/usage-error.ts'
import { type ExhaustiveReport, exhaustiveDocument, exhaustiveReport } from '../../reports/exhaustive.ts'
import { loadCatalogue } from '../catalogue.ts'
import { ExitCode, worstExitCode } from '../exit-code.ts'
import { print, printJson, sendConsoleToStderr } from '../output.ts'
import { styleFor } from '../terminal.ts'
import type { RunOptions } from './run-options.ts'
import { chooseScenarios } from './run-order.ts'

/** What bounds a search over all behaviours; the other options say which scenario, and how large. */
export interface ExhaustiveOptions {
  readonly exhaustive?: boolean
  readonly depth?: number
  readonly maxStates?: number
  readonly timeouts?: number
  readonly timers?: readonly string[]
  readonly drops?: number
  readonly duplicates?: number
  readonly kills?: number
  readonly powerLosses?: number
  readonly network?: NetworkKind
  readonly syncs?: Bounds['syncs']
  readonly symmetry?: boolean
  readonly partialOrder?: boolean
}

/** Larger worlds take long before they say anything; whoever wants one asks for it. */
const DEFAULT_DEPTH = 10
const DEFAULT_TIMEOUTS = 1
const MOST_NODES = 3

const BOUNDS = [
  'depth',
  'maxStates',
  'timeouts',
  'timers',
  'drops',
  'duplicates',
  'kills',
  'powerLosses',
  'network',
  'syncs',
  'symmetry',
  'partialOrder',
] as const satisfies readonly (keyof ExhaustiveOptions)[]

/** Said where a bound is given to a search that has none. */
export function refuseBounds(options: ExhaustiveOptions): void {
  const given = BOUNDS.find((bound) => options[bound] !== undefined)
  if (given === undefined) return
  const option = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new UsageError('not-exhaustive', `${option} bounds a search over all behaviours: give --exhaustive as well.`)
}

/** Explores all behaviours of each scenario in a small world, and reports; gives the exit code. */
export async function exhaustiveCommand(
  names: readonly string[],
  options: RunOptions & ExhaustiveOptions,
): Promise<number> {
  const catalogue = await loadCatalogue(options.config)
  const scenarios = chooseScenarios(catalogue, names, options.bug)
  sendConsoleToStderr()
  const reports = scenarios.map((scenario) => search(scenario, options))
  if (options.json === true) printJson(exhaustiveDocument(reports))
  else for (const report of reports) print(exhaustiveReport(report, styleFor(process.stdout)))
  return worstExitCode(reports.map((report) => exitCodeOf(report, options.expectFail === true)))
}

function search(scenario: Scenario, options: RunOptions & ExhaustiveOptions): ExhaustiveReport {
  const { defaults } = scenario
  const bug = options.bug ?? defaults.bug
  const settings: Settings = {
    nodes: options.nodes ?? Math.min(defaults.nodes, MOST_NODES),
    clients: options.clients ?? 1,
    operations: options.operations ?? 1,
    durationMs: options.duration ?? defaults.durationMs,
    ...(bug === undefined ? {} : { bug }),
  }
  const bounds = boundsOf(options)
  const startedMs = performance.now()
  const result = exploreAll(smallSystem(scenario, settings, options.seed), bounds)
  return { scenario: scenario.name, settings, bounds, result, wallMs: Math.round(performance.now() - startedMs) }
}

function boundsOf(options: ExhaustiveOptions): Bounds {
  const given = BOUNDS.flatMap((bound) => (options[bound] === undefined ? [] : [[bound, options[bound]]]))
  return { ...defaultBounds, depth: DEFAULT_DEPTH, timeouts: DEFAULT_TIMEOUTS, ...Object.fromEntries(given) }
}

function exitCodeOf({ result }: ExhaustiveReport, expectFail: boolean): number {
  if (result.verdict === 'unknown') return ExitCode.unknown
  return (result.verdict === 'violated') === expectFail ? ExitCode.pass : ExitCode.violated
}
