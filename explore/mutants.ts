import { mixText } from '../sim/mix.ts'
import { settingsOf, systemOf } from './planted.ts'
import type { StrategyName } from './strategies/names.ts'
import type { Control, PlantedBug, Scenario, Settings } from './scenario.ts'

/** What is measured: planted bugs, which must be found, and controls, on which nothing may be. */
export interface Mutant {
  readonly scenario: Scenario
  readonly system: string
  readonly id: string
  /** Undefined where it is a control. */
  readonly bug?: PlantedBug | undefined
  readonly settings: Settings
  /** How many searches it gets, and how many runs each may take. */
  readonly searches: number
  readonly budgetRuns: number
}

/** One search for one mutant by one strategy. */
export interface Trial {
  readonly mutant: Mutant
  readonly strategy: StrategyName
  readonly firstSeed: number
  /** Names it among all trials of its first seed, whatever else is measured. */
  readonly key: string
}

/** How many searches a bug of a rarity gets, and how many runs each, unless a person says otherwise. */
const EFFORT: { readonly [rarity in PlantedBug['rarity']]: { readonly searches: number; readonly runs: number } } = {
  common: { searches: 20, runs: 1_000 },
  rare: { searches: 20, runs: 5_000 },
  'very rare': { searches: 3, runs: 200_000 },
}
const EFFORT_FOR_CONTROLS = EFFORT.common

/** The machines as they are count as a control of every scenario that has planted bugs. */
const CORRECT: Control = { id: 'correct', about: 'nothing is changed' }

/** All mutants of some scenarios, the bugs first. */
export function mutantsOf(
  scenarios: readonly Scenario[],
  effort: { readonly searches?: number | undefined; readonly budgetRuns?: number | undefined },
): readonly Mutant[] {
  const mutantOf = (scenario: Scenario, id: string, bug?: PlantedBug): Mutant => {
    const usual = bug === undefined ? EFFORT_FOR_CONTROLS : EFFORT[bug.rarity]
    return {
      scenario,
      system: systemOf(scenario),
      id,
      bug,
      settings: id === CORRECT.id ? scenario.defaults : settingsOf(scenario, id),
      searches: effort.searches ?? usual.searches,
      budgetRuns: effort.budgetRuns ?? usual.runs,
    }
  }
  return scenarios.flatMap((scenario) => {
    const { bugs = [], controls = [] } = scenario
    if (bugs.length === 0) return []
    return [
      ...bugs.map((bug) => mutantOf(scenario, bug.id, bug)),
      ...[CORRECT, ...controls].map(({ id }) => mutantOf(scenario, id)),
    ]
  })
}

/** Trials begin so far apart that no two of a mutant share a seed; mutants begin further apart, at one of many places. */
const SEEDS_A_TRIAL = 1_000_000_000
export const MOST_TRIALS = 10_000
const SEEDS_A_MUTANT = MOST_TRIALS * SEEDS_A_TRIAL
const PLACES = 900
/** The largest first seed that leaves room for all of them. */
export const LARGEST_FIRST_SEED = SEEDS_A_TRIAL - 1

/**
 * All trials, in the order in which they shall be done: common bugs first, very rare ones last, and among bugs of one
 * rarity a trial of each in turn, so that a measurement that ends early has something of each. The strategies search from the same seeds;
 * a control is searched by the first alone.
 */
export function trialsOf(
  mutants: readonly Mutant[],
  strategies: readonly StrategyName[],
  firstSeed: number,
): readonly Trial[] {
  const rounds = Math.max(0, ...mutants.map(({ searches }) => searches))
  const trials = Array.from({ length: rounds }, (_, index) => index).flatMap((index) =>
    mutants
      .filter(({ searches }) => index < searches)
      .flatMap((mutant) => {
        const { scenario, id, bug } = mutant
        const place = (mixText(mixText(0, scenario.name), id) >>> 0) % PLACES
        const seed = firstSeed + place * SEEDS_A_MUTANT + index * SEEDS_A_TRIAL
        return strategies.slice(0, bug === undefined ? 1 : undefined).map((strategy) => ({
          mutant,
          strategy,
          firstSeed: seed,
          key: `${scenario.name}/${id}/${strategy}/${index + 1}`,
        }))
      }),
  )
  return trials.sort((left, right) => stageOf(left.mutant) - stageOf(right.mutant))
}

/** Common bugs take minutes, controls spend all of their budget, and very rare bugs may take days. */
const STAGES: readonly (PlantedBug['rarity'] | undefined)[] = ['common', undefined, 'rare', 'very rare']

function stageOf({ bug }: Mutant): number {
  return STAGES.indexOf(bug?.rarity)
}
