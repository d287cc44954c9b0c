import { overallFigures, type OverallFigures } from './overall-figures.ts'
import { trialFigures, type LevelFigures, type TrialFigures } from './trial-figures.ts'
import type { StrategyName } from './strategies/names.ts'
import type { Mutant, Trial } from './mutants.ts'
import type { Hit, Oracle, TrialProgress } from './trial.ts'

/** What was measured, and how far it is. */
export interface Measurement {
  readonly mutants: readonly Mutant[]
  readonly trials: readonly Trial[]
  /** By the trial's key; absent where it has not begun. */
  readonly progress: ReadonlyMap<string, TrialProgress>
  readonly strategy: StrategyName
  readonly baseline: StrategyName | undefined
  readonly oracle: Oracle
  readonly firstSeed: number
  readonly wallMs: number
}

export interface BugFigures {
  readonly mutant: Mutant
  readonly bug: NonNullable<Mutant['bug']>
  /** Undefined under the oracle that does not ask for it. */
  readonly internal: LevelFigures | undefined
  readonly client: LevelFigures | undefined
  /** How many searches found it first by which property. */
  readonly properties: { readonly [name: string]: number }
}

export interface ControlFigures {
  readonly mutant: Mutant
  /** Searches that have spent their budget, or have found what they should not. */
  readonly done: number
  readonly runs: number
  readonly unknown: number
  readonly reported: readonly Hit[]
}

export interface MutantsFigures {
  readonly bugs: readonly BugFigures[]
  /** Over all bugs, at each oracle level; undefined where no bug is measured at it. */
  readonly overall: { readonly internal: OverallFigures | undefined; readonly client: OverallFigures | undefined }
  readonly controls: readonly ControlFigures[]
  /** All searches that were asked for are done. */
  readonly complete: boolean
  readonly runs: number
  readonly verdict: 'ok' | 'violated' | 'unknown'
}

/** The level that is spoken of where there is only room for one. */
export function headline({ internal, client }: BugFigures): LevelFigures {
  return (internal ?? client)!
}

/**
 * Violated where a control was reported, or a search for a common bug spent its budget in vain; unknown where neither
 * is certain as searches are missing.
 */
export function mutantsFigures(measurement: Measurement): MutantsFigures {
  const { mutants, trials, progress } = measurement
  const bugs = mutants.flatMap((mutant) =>
    mutant.bug === undefined ? [] : [bugFigures(measurement, mutant, mutant.bug)],
  )
  const controls = mutants.filter(({ bug }) => bug === undefined).map((mutant) => controlFigures(measurement, mutant))
  const failed =
    controls.some(({ reported }) => reported.length > 0) ||
    bugs.some((figures) => figures.bug.rarity === 'common' && missed(headline(figures).strategy))
  const complete =
    bugs.every(({ mutant, internal, client }) => [internal, client].every((level) => isDone(level, mutant))) &&
    controls.every(({ mutant, done }) => done === mutant.searches)
  return {
    bugs,
    overall: {
      internal: overallFigures(bugs.flatMap(({ internal }) => internal ?? [])),
      client: overallFigures(bugs.flatMap(({ client }) => client ?? [])),
    },
    controls,
    complete,
    runs: trials.reduce((sum, { key }) => sum + (progress.get(key)?.runs ?? 0), 0),
    verdict: failed ? 'violated' : complete ? 'ok' : 'unknown',
  }
}

function missed({ done, found }: TrialFigures): boolean {
  return found < done
}

function isDone(level: LevelFigures | undefined, { searches }: Mutant): boolean {
  return (
    level === undefined || [level.strategy, level.baseline].every((figures) => (figures?.done ?? searches) === searches)
  )
}

function bugFigures(measurement: Measurement, mutant: Mutant, bug: NonNullable<Mutant['bug']>): BugFigures {
  const { oracle, strategy } = measurement
  const properties = new Map<string, number>()
  for (const { hit, clientHit } of progressOf(measurement, mutant, strategy)) {
    const property = (oracle === 'client' ? clientHit : hit)?.property.replace(/\(.*\)/, '')
    if (property !== undefined) properties.set(property, (properties.get(property) ?? 0) + 1)
  }
  return {
    mutant,
    bug,
    internal: oracle === 'client' ? undefined : levelFigures(measurement, mutant, ({ hit }) => hit),
    client: oracle === 'internal' ? undefined : levelFigures(measurement, mutant, ({ clientHit }) => clientHit),
    properties: Object.fromEntries(properties),
  }
}

function levelFigures(
  measurement: Measurement,
  mutant: Mutant,
  hitOf: (trial: TrialProgress) => Hit | undefined,
): LevelFigures {
  const { strategy: name, baseline: other } = measurement
  const figuresOf = (strategy: StrategyName) =>
    trialFigures(progressOf(measurement, mutant, strategy), mutant.budgetRuns, hitOf)
  const strategy = figuresOf(name)
  const baseline = other === undefined ? undefined : figuresOf(other)
  const medians = [strategy.medianRuns, baseline?.medianRuns ?? null] as const
  const known = medians[0] !== null && medians[1] !== null && strategy.found > 0
  return { strategy, baseline, timesFewer: known ? medians[1]! / medians[0]! : undefined }
}

function progressOf(
  { trials, progress }: Measurement,
  mutant: Mutant,
  strategy: StrategyName,
): readonly TrialProgress[] {
  return trials
    .filter((trial) => trial.mutant === mutant && trial.strategy === strategy)
    .flatMap(({ key }) => progress.get(key) ?? [])
}

function controlFigures(measurement: Measurement, mutant: Mutant): ControlFigures {
  const all = progressOf(measurement, mutant, measurement.strategy)
  const hits = all.flatMap(({ hit, clientHit }) => hit ?? clientHit ?? [])
  return {
    mutant,
    done: all.filter(({ runs, hit }) => hit !== undefined || runs >= mutant.budgetRuns).length,
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    unknown: all.reduce((sum, { unknown }) => sum + unknown, 0),
    reported: hits,
  }
}
