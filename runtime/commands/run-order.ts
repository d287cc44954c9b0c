import { plantedIds, settingsOf } from '../../explore/planted.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'
import type { SweepOrder } from '../../explore/sweep.ts'
import { UsageError } from '../../explore/usage-error.ts'
import type { Shard } from '../arguments.ts'
import { findScenario, type Catalogue } from '../catalogue.ts'
import { unknownName } from '../suggest.ts'
import type { SweepRange } from '../sweep/sweep.ts'
import type { RunOptions } from './run-options.ts'

const DEFAULT_RUNS = 1000
/** The same for everybody unless said, so that two people who run the same code see the same. */
const DEFAULT_FIRST_SEED = 1
/** Shards without a number of runs begin this far apart. */
const SEEDS_A_SHARD = 1_000_000_000

/** The scenarios that were named; otherwise the configuration's, of those that know the bug where one is asked for. */
export function chooseScenarios(
  catalogue: Catalogue,
  names: readonly string[],
  bug: string | undefined,
): readonly Scenario[] {
  const named = [...new Set(names)].map((name) => findScenario(catalogue, name))
  const candidates = named.length > 0 ? named : catalogue.defaults
  if (bug === undefined) return candidates
  const knowing = candidates.filter((scenario) => plantedIds(scenario).includes(bug))
  const ignorant =
    named.find((scenario) => !knowing.includes(scenario)) ?? (knowing.length === 0 ? candidates[0] : undefined)
  if (ignorant === undefined) return knowing
  return unknownName('planted bug', bug, plantedIds(ignorant), { owner: ignorant.name })
}

/** The seeds of all shards together; without a number of runs only the time limits them. */
export function rangeOf({ seed, runs, timeLimit }: Pick<RunOptions, 'seed' | 'runs' | 'timeLimit'>): SweepRange {
  const firstSeed = seed ?? DEFAULT_FIRST_SEED
  const count = runs ?? (timeLimit !== undefined ? Infinity : seed !== undefined ? 1 : DEFAULT_RUNS)
  return checked({ firstSeed, runs: count, timeLimitMs: timeLimit }, firstSeed)
}

function checked(range: SweepRange, asked: number): SweepRange {
  const last = range.firstSeed + (Number.isFinite(range.runs) ? range.runs - 1 : 0)
  if (Number.isSafeInteger(last)) return range
  throw new UsageError(
    'out-of-range',
    `Seeds from ${asked} on: the last would be larger than ${Number.MAX_SAFE_INTEGER}. Begin with a smaller --seed.`,
  )
}

/** Neighbouring seeds stay together, and the shards differ by one run at most. */
export function shardOf(range: SweepRange, { index, of }: Shard): SweepRange {
  if (!Number.isFinite(range.runs))
    return checked({ ...range, firstSeed: range.firstSeed + (index - 1) * SEEDS_A_SHARD }, range.firstSeed)
  const from = Math.floor(((index - 1) * range.runs) / of)
  const to = Math.floor((index * range.runs) / of)
  if (from === to)
    throw new UsageError(
      'bad-shard',
      `--shard ${index}/${of}: there are only ${range.runs} runs to divide; use fewer shards or more --runs.`,
    )
  return { ...range, firstSeed: range.firstSeed + from, runs: to - from }
}

/** What is asked of each of a scenario's runs. */
export function orderOf(scenario: Scenario, options: Omit<RunOptions, 'shard' | 'jobs'>): SweepOrder {
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
