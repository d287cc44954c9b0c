import type { FaultKind } from '../sim/faults.ts'
import type { Settings } from '../explore/scenario.ts'
import { parseCount, parseSeed } from './arguments.ts'

export interface SimulationOptions {
  /** How many seeds; 100 unless given. The environment's `PETREL_RUNS` counts more. */
  readonly runs?: number
  /** The first seed, 1 unless given. The environment's `PETREL_SEED` counts more, and alone means that one run. */
  readonly seed?: number
  /** Sizes of a run: nodes, clients, operations, durationMs. The scenario's own unless given. */
  readonly settings?: Partial<Omit<Settings, 'bug'>>
  /** One of the scenario's planted bugs. */
  readonly bug?: string
  /** Only these kinds of faults. */
  readonly nemesis?: readonly FaultKind[]
}

export interface SimulationTestOptions extends SimulationOptions {
  /** The test passes where a run fails, as with a planted bug: it proves that the scenario can find it. */
  readonly expectFail?: boolean
  /** Of the wall clock; unless given, long enough for the runs and for shrinking a failure. */
  readonly timeoutMs?: number
}

/** Which seeds to run. */
export interface SeedRange {
  readonly firstSeed: number
  readonly runs: number
  /** One seed that a person asked for: what only a sweep can tell is then not asked. */
  readonly single: boolean
}

type Environment = { readonly [name: string]: string | undefined }

const DEFAULT_RUNS = 100
const MOST_RUNS = 10_000_000
/** A run takes a few milliseconds, a large one some hundred; shrinking takes some thousand, most of them short. */
const TIMEOUT_MS = 60_000
const TIMEOUT_MS_A_RUN = 200

/** The seeds that options and environment ask for. Throws a UsageError where the environment is no number. */
export function seedRange(options: SimulationOptions, environment: Environment = process.env): SeedRange {
  const { PETREL_SEED: seedText, PETREL_RUNS: runsText } = environment
  const firstSeed = seedText ? parseSeed(seedText) : (options.seed ?? 1)
  const single = Boolean(seedText) && !runsText
  const asked = runsText ? parseCount('PETREL_RUNS', 1, MOST_RUNS)(runsText) : (options.runs ?? DEFAULT_RUNS)
  return { firstSeed, runs: single ? 1 : asked, single }
}

/** How long vitest shall wait for that many runs. */
export function timeoutMsFor({ runs }: SeedRange): number {
  return TIMEOUT_MS + runs * TIMEOUT_MS_A_RUN
}
