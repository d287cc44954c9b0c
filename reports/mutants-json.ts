import { headline } from '../explore/mutants-figures.ts'
import type { BugFigures, ControlFigures, Measurement, MutantsFigures } from '../explore/mutants-figures.ts'
import type { OverallFigures } from '../explore/overall-figures.ts'
import type { LevelFigures } from '../explore/trial-figures.ts'
import { seedText } from './words.ts'

/**
 * What `petrel mutants --json` prints. `searches` were asked for and `done` are done; where the two differ, every
 * figure is of those that are done. A median counts what was not found at the budget, and `…IsAtLeast` says that it
 * stands on such a search; it is null before any search is done.
 */
export function mutantsDocument(measurement: Measurement, figures: MutantsFigures) {
  const { strategy, baseline, oracle, firstSeed, wallMs } = measurement
  return {
    schema: 1,
    command: 'mutants',
    verdict: figures.verdict,
    complete: figures.complete,
    strategy,
    baseline: baseline ?? null,
    oracle,
    firstSeed: seedText(firstSeed),
    runs: figures.runs,
    wallMs,
    bugs: figures.bugs.map(bugEntry),
    overall: overallEntry(figures),
    controls: figures.controls.map(controlEntry),
  } as const
}

function bugEntry(figures: BugFigures) {
  const { mutant, bug, internal, client, properties } = figures
  return {
    id: mutant.id,
    system: mutant.system,
    scenario: mutant.scenario.name,
    rarity: bug.rarity,
    violates: bug.violates,
    budget: mutant.budgetRuns,
    searches: mutant.searches,
    ...levelEntry(headline(figures)),
    properties,
    ...(internal === undefined ? {} : { internal: levelEntry(internal) }),
    ...(client === undefined ? {} : { clientVisible: levelEntry(client) }),
  }
}

/** Over all bugs: the level that is spoken of where there is only room for one, and each that was asked for. */
function overallEntry({ overall: { internal, client } }: MutantsFigures) {
  const first = internal ?? client
  if (first === undefined) return null
  return {
    ...overallLevel(first),
    ...(internal === undefined ? {} : { internal: overallLevel(internal) }),
    ...(client === undefined ? {} : { clientVisible: overallLevel(client) }),
  }
}

function overallLevel(figures: OverallFigures) {
  return { bugs: figures.bugs, ...levelEntry(figures) }
}

function levelEntry({ strategy, baseline, timesFewer }: LevelFigures) {
  return {
    done: strategy.done,
    found: strategy.found,
    medianRuns: strategy.medianRuns,
    medianIsAtLeast: strategy.isAtLeast,
    baselineDone: baseline?.done ?? null,
    baselineFound: baseline?.found ?? null,
    baselineMedianRuns: baseline?.medianRuns ?? null,
    baselineMedianIsAtLeast: baseline?.isAtLeast ?? null,
    timesFewer: timesFewer ?? null,
  }
}

function controlEntry({ mutant, done, runs, unknown, reported }: ControlFigures) {
  return {
    id: mutant.id,
    system: mutant.system,
    scenario: mutant.scenario.name,
    budget: mutant.budgetRuns,
    searches: mutant.searches,
    done,
    runs,
    unknown,
    reported: reported.map(({ seed, property }) => ({ seed: seedText(seed), property })),
  }
}
