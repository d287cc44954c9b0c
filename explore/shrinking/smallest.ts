import { executeRun, fingerprintOf } from '../run.ts'
import type { RunPlan, RunResult } from '../result.ts'
import type { Scenario } from '../scenario.ts'
import { isSurvivable } from './claims.ts'
import { coarseWeight, weightOf } from './weight.ts'

/** What looking for a smaller plan may cost. */
export interface ShrinkBudget {
  readonly maxReplays: number
  /** Each run costs its events and what a world costs to build: shrunk runs are short, so most replays are cheap. */
  readonly maxCost: number
}

/** What building a world costs, in events. */
const COST_OF_A_WORLD = 80

/** The smallest plan by now that shows the failure, and what it took to find it. */
export class Smallest {
  plan: RunPlan
  result: RunResult
  replays = 0
  cost = 0
  private readonly scenario: Scenario
  private readonly fingerprint: string
  private readonly budget: ShrinkBudget
  private readonly onReplay: ((replays: number) => void) | undefined
  /** False where the plan itself goes beyond what the system claims: then its parts may as well. */
  private readonly guarded: boolean

  constructor(
    scenario: Scenario,
    plan: RunPlan,
    fingerprint: string,
    budget: ShrinkBudget,
    onReplay?: (replays: number) => void,
  ) {
    this.scenario = scenario
    this.plan = plan
    this.fingerprint = fingerprint
    this.budget = budget
    this.onReplay = onReplay
    this.guarded = isSurvivable(scenario, plan)
    this.result = executeRun(scenario, plan, { recordFates: true })
    if (!this.shows(this.result)) throw new Error(`the run does not show the failure ${fingerprint}: nothing to shrink`)
  }

  get weight(): number {
    return weightOf(this.plan, this.result)
  }

  get spent(): boolean {
    return this.replays >= this.budget.maxReplays || this.cost >= this.budget.maxCost
  }

  /** Runs a plan; it is the smallest from then on where it shows the same failure and weighs less. */
  accept(plan: RunPlan): boolean {
    const { weight } = this
    return this.tryOut(plan) !== undefined && this.weight < weight
  }

  /** The same, and gives the run wherever it shows the failure. */
  tryOut(plan: RunPlan): RunResult | undefined {
    const result = this.showing(plan)
    if (result !== undefined && weightOf(plan, result) < this.weight) this.adopt(plan, result)
    return result
  }

  /** For a plan that is simpler in ways that have no weight: it must only not weigh more, but for its length. */
  acceptSimpler(plan: RunPlan): boolean {
    const result = this.showing(plan)
    if (result === undefined || coarseWeight(plan, result) > coarseWeight(this.plan, this.result)) return false
    this.adopt(plan, result)
    return true
  }

  /** Whether the run shows the failure first of all. */
  shows(result: RunResult): boolean {
    const first = result.violations[0]
    return first !== undefined && fingerprintOf(this.scenario.name, first) === this.fingerprint
  }

  private showing(plan: RunPlan): RunResult | undefined {
    if (this.guarded && !isSurvivable(this.scenario, plan)) return undefined
    const result = this.run(plan)
    return result !== undefined && this.shows(result) ? result : undefined
  }

  private adopt(plan: RunPlan, result: RunResult): void {
    this.plan = plan
    this.result = result
    const shorter = withoutRest(plan, result)
    const cut = shorter === plan ? undefined : this.run(shorter)
    if (cut === undefined || !this.shows(cut) || weightOf(shorter, cut) > this.weight) return
    this.plan = shorter
    this.result = cut
  }

  private run(plan: RunPlan): RunResult | undefined {
    if (this.spent) return undefined
    const result = executeRun(this.scenario, plan)
    this.cost += result.events + COST_OF_A_WORLD
    this.replays++
    this.onReplay?.(this.replays)
    return result
  }
}

/** The plan up to the violation: what comes after it hardly ever matters, unless it is that something never came. */
export function withoutRest(plan: RunPlan, result: RunResult): RunPlan {
  const endMs = Math.min(plan.endMs, Math.ceil(result.violations[0]!.atMs) + 1)
  const asked = new Set(result.history.map(({ id }) => id))
  const operations = plan.operations.filter(({ id }) => asked.has(id))
  const faults = plan.faults.filter(({ atMs, when }) => when !== undefined || atMs <= endMs)
  const nothing =
    endMs === plan.endMs && operations.length === plan.operations.length && faults.length === plan.faults.length
  return nothing ? plan : { ...plan, endMs, operations, faults }
}
