import { executeRun, type RunMode } from './run.ts'
import { planRun } from './plan-run.ts'
import type { RunResult } from './result.ts'
import { EPOCH_RUNS, Knowledge, type Shown } from './guided/knowledge.ts'
import { recipeOf } from './guided/recipe.ts'
import type { Scenario } from './scenario.ts'
import { modeOf, type SweepOrder } from './sweep.ts'

/** Runs one after the other, each chosen by what the strategy knows by then: the same from the same first seed. */
export interface Search {
  /** How many runs it is past. */
  readonly runs: number
  next(mode?: RunMode): RunResult
}

/**
 * Opens a search at its first seed, `passed` runs on where runs don't depend on what earlier ones showed; a search
 * that learns begins at its first run all the same, and whoever opened it runs it up to there.
 */
export function openSearch(scenario: Scenario, order: SweepOrder, firstSeed: number, passed = 0): Search {
  return order.strategy === 'guided'
    ? new GuidedSearch(scenario, order, firstSeed)
    : new SeedSearch(scenario, order, firstSeed, passed)
}

/** Seed by seed: no run knows of another. */
class SeedSearch implements Search {
  runs: number
  private readonly scenario: Scenario
  private readonly order: SweepOrder
  private readonly firstSeed: number

  constructor(scenario: Scenario, order: SweepOrder, firstSeed: number, passed: number) {
    this.scenario = scenario
    this.order = order
    this.firstSeed = firstSeed
    this.runs = passed
  }

  next(mode: RunMode = {}): RunResult {
    const { settings, wire } = this.order
    const plan = planRun(this.scenario, this.firstSeed + this.runs, settings, this.order)
    this.runs++
    return executeRun(this.scenario, plan, { ...mode, wire: wire === true })
  }
}

/** Learns from what its runs showed, after each epoch of them. */
class GuidedSearch implements Search {
  runs = 0
  private readonly scenario: Scenario
  private readonly order: SweepOrder
  private readonly firstSeed: number
  private readonly knowledge = new Knowledge()
  private shown: Shown[] = []

  constructor(scenario: Scenario, order: SweepOrder, firstSeed: number) {
    this.scenario = scenario
    this.order = order
    this.firstSeed = firstSeed
  }

  next(mode: RunMode = {}): RunResult {
    const choice = { ...this.order, corpus: this.knowledge.corpus }
    const plan = planRun(this.scenario, this.firstSeed + this.runs, this.order.settings, choice)
    const result = executeRun(this.scenario, plan, { ...mode, ...modeOf(this.order) })
    this.runs++
    this.shown.push({ recipe: recipeOf(plan), features: result.features! })
    if (this.shown.length === EPOCH_RUNS) {
      this.knowledge.learn(this.shown)
      this.shown = []
    }
    return result
  }
}
