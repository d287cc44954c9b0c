import { executeRun, planRun, type RunMode } from './run.ts'
import type { RunResult } from './result.ts'
import type { Scenario } from './scenario.ts'
import type { SweepOrder } from './sweep.ts'

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
  return new SeedSearch(scenario, order, firstSeed, passed)
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
