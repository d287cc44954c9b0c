import type { VerdictName, Violation } from '../checks/verdict.ts'
import { chainHashes, NO_RUNS } from './chained-hash.ts'
import type { Shown } from './guided/knowledge.ts'
import { type Recipe, recipeOf } from './guided/recipe.ts'
import { type PlanChoice, planOf, planRun } from './plan-run.ts'
import { executeRun, fingerprintOf, type RunMode } from './run.ts'
import type { RunPlan, RunResult, SweepSummary } from './result.ts'
import type { Scenario, Settings } from './scenario.ts'

/** What to run, as plain data, so that a worker can be told. */
export interface SweepOrder extends PlanChoice {
  readonly settings: Settings
  readonly wire?: boolean
  /** Run each seed twice and compare. */
  readonly verify?: boolean
  /** End with the first seed that fails. */
  readonly bail?: boolean
}

/** A kind of failure as a sweep meets it, before it is shrunk. */
export interface RawFailure {
  readonly seed: number
  /** The first few seeds that show it, in order: some shrink further than others. */
  readonly seeds: readonly number[]
  /** The plans of those seeds, where a guided search has made them: the seeds alone don't say them. */
  readonly recipes?: readonly Recipe[] | undefined
  readonly fingerprint: string
  readonly violation: Violation
  readonly count: number
}

/**
 * What some consecutive seeds gave, as plain data of a size that hardly grows with their number: parts are merged in
 * seed order, so that neither workers nor shards change anything.
 */
export interface SweepPart {
  readonly firstSeed: number
  readonly runs: number
  readonly events: number
  readonly messages: number
  readonly virtualMs: number
  /** The trace hashes of the runs, chained in seed order: 16 hex digits. */
  readonly traceHash: string
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number }
  /** How many runs ended with how many operations ok, the least first. */
  readonly okCounts: readonly (readonly [ok: number, runs: number])[]
  readonly faults: { readonly [kind: string]: number }
  readonly sometimes: { readonly [name: string]: number }
  readonly failures: readonly RawFailure[]
  readonly unknown: number
  readonly unknownReason?: string | undefined
  /** Seeds whose second run differed, under verification. */
  readonly diverged: readonly { readonly seed: number; readonly event: number; readonly handler: string }[]
  /** What each run showed, in seed order, for a guided search to learn from. */
  readonly shown?: readonly Shown[] | undefined
}

/** Runs consecutive seeds. */
export function sweepSeeds(scenario: Scenario, order: SweepOrder, firstSeed: number, count: number): SweepPart {
  const tally = new Tally()
  for (let seed = firstSeed; seed < firstSeed + count && !(order.bail === true && tally.failed); seed++) {
    const plan = planRun(scenario, seed, order.settings, order)
    tally.add(executeRun(scenario, plan, modeOf(order)), seed, plan)
  }
  return tally.part(firstSeed)
}

/** How the runs of a sweep are made. */
export function modeOf({ wire, strategy }: SweepOrder): RunMode {
  return { wire: wire === true, features: strategy === 'guided' }
}

/** The plans of the first few runs that showed a failure. */
export function* plansOf(scenario: Scenario, order: SweepOrder, { seeds, recipes }: RawFailure): Generator<RunPlan> {
  for (const [index, seed] of seeds.entries()) {
    const recipe = recipes?.[index]
    yield recipe === undefined
      ? planRun(scenario, seed, order.settings, order)
      : planOf(scenario, recipe, order.settings)
  }
}

/** Adds up runs, and parts, in seed order; keeps no more than totals. */
export class Tally {
  private runs = 0
  private events = 0
  private messages = 0
  private virtualMs = 0
  private traceHash = NO_RUNS
  private readonly operations = { ok: 0, fail: 0, info: 0 }
  private readonly okCounts = new Map<number, number>()
  private readonly faults = new Map<string, number>()
  private readonly sometimes = new Map<string, number>()
  private readonly failures = new Map<string, RawFailure>()
  private readonly diverged: SweepPart['diverged'][number][] = []
  private readonly shown: Shown[] = []
  private unknown = 0
  private unknownReason: string | undefined

  add(result: RunResult, seed: number, plan: RunPlan): void {
    const unknown = result.verdict === 'unknown'
    const { features } = result
    const shown = features === undefined ? undefined : { recipe: recipeOf(plan), features }
    this.addPart({
      ...result,
      firstSeed: seed,
      runs: 1,
      okCounts: [[result.operations.ok, 1]],
      failures: result.verdict === 'violated' ? [failureOf(result, seed, plan.scenario, shown?.recipe)] : [],
      unknown: unknown ? 1 : 0,
      unknownReason: unknown ? result.reason : undefined,
      diverged: [],
      shown: shown === undefined ? undefined : [shown],
    })
  }

  addPart(part: SweepPart): void {
    this.runs += part.runs
    this.events += part.events
    this.messages += part.messages
    this.virtualMs = addMicros(this.virtualMs, part.virtualMs)
    this.traceHash = chainHashes(this.traceHash, part.traceHash, part.runs)
    for (const outcome of ['ok', 'fail', 'info'] as const) this.operations[outcome] += part.operations[outcome]
    for (const [ok, runs] of part.okCounts) this.okCounts.set(ok, (this.okCounts.get(ok) ?? 0) + runs)
    addAll(this.faults, part.faults)
    addAll(this.sometimes, part.sometimes)
    for (const failure of part.failures) addFailure(this.failures, failure)
    this.unknown += part.unknown
    this.unknownReason ??= part.unknownReason
    this.diverged.push(...part.diverged)
    if (part.shown !== undefined) this.shown.push(...part.shown)
  }

  get failed(): boolean {
    return this.failures.size > 0
  }

  part(firstSeed: number): SweepPart {
    return {
      firstSeed,
      runs: this.runs,
      events: this.events,
      messages: this.messages,
      virtualMs: this.virtualMs,
      traceHash: this.traceHash,
      operations: { ...this.operations },
      okCounts: [...this.okCounts].sort(([a], [b]) => a - b),
      faults: sorted(this.faults),
      sometimes: sorted(this.sometimes),
      failures: [...this.failures.values()],
      unknown: this.unknown,
      unknownReason: this.unknownReason,
      diverged: this.diverged,
      ...(this.shown.length === 0 ? {} : { shown: this.shown }),
    }
  }
}

function failureOf(result: RunResult, seed: number, scenario: string, recipe: Recipe | undefined): RawFailure {
  const violation = result.violations[0]!
  const fingerprint = fingerprintOf(scenario, violation)
  const recipes = recipe === undefined ? {} : { recipes: [recipe] }
  return { seed, seeds: [seed], ...recipes, fingerprint, violation, count: 1 }
}

/** What a sweep knows once all its parts have come in, in seed order. */
export interface SweepTotals extends Omit<SweepSummary, 'failures' | 'wallMs'> {
  readonly failures: readonly RawFailure[]
  readonly diverged: SweepPart['diverged']
}

/** Merges parts as they come, which must be in seed order. */
export class SweepMerge {
  private readonly scenario: Scenario
  private readonly settings: Settings
  private readonly tally = new Tally()
  private firstSeed: number | undefined

  constructor(scenario: Scenario, settings: Settings) {
    this.scenario = scenario
    this.settings = settings
  }

  add(part: SweepPart): void {
    this.firstSeed ??= part.firstSeed
    // What runs showed is learned from as it comes, and not kept.
    this.tally.addPart({ ...part, shown: undefined })
  }

  /** What came in, as one part. */
  part(): SweepPart {
    return this.tally.part(this.firstSeed ?? 0)
  }

  /** What is known by now: for the progress line, and at the end. */
  totals(): SweepTotals {
    const { okCounts, unknownReason, operations, ...part } = this.part()
    const names = this.scenario
      .properties(this.settings)
      .flatMap((property) => (property.kind === 'sometimes' ? [property.name] : []))
    const medianOk = medianOf(okCounts, part.runs)
    return {
      scenario: this.scenario.name,
      ...this.verdict(part, unknownReason, medianOk),
      ...part,
      operations: { ...operations, medianOk },
      neverSeen: names.filter((name) => part.sometimes[name] === undefined),
    }
  }

  private verdict(
    { failures, unknown, runs }: Pick<SweepPart, 'failures' | 'unknown' | 'runs'>,
    unknownReason: string | undefined,
    medianOk: number,
  ): { verdict: VerdictName; reason?: string } {
    if (failures.length > 0) return { verdict: 'violated' }
    if (unknown > 0) return { verdict: 'unknown', reason: unknownReason ?? 'a checker gave no verdict' }
    const wanted = this.scenario.evidence * this.settings.operations
    if (runs === 0 || medianOk >= wanted) return { verdict: 'ok' }
    return {
      verdict: 'unknown',
      reason: `no evidence: in the median run ${medianOk} operations ended ok, and ${this.scenario.name} asks for ${Math.ceil(wanted)}`,
    }
  }
}

function medianOf(okCounts: SweepPart['okCounts'], runs: number): number {
  let rest = runs >> 1
  for (const [ok, times] of okCounts) {
    if (rest < times) return ok
    rest -= times
  }
  return 0
}

const MOST_SEEDS = 12

function addFailure(failures: Map<string, RawFailure>, failure: RawFailure): void {
  const before = failures.get(failure.fingerprint)
  failures.set(
    failure.fingerprint,
    before === undefined
      ? failure
      : {
          ...before,
          count: before.count + failure.count,
          seeds: [...before.seeds, ...failure.seeds].slice(0, MOST_SEEDS),
          ...(before.recipes === undefined || failure.recipes === undefined
            ? {}
            : { recipes: [...before.recipes, ...failure.recipes].slice(0, MOST_SEEDS) }),
        },
  )
}

/** Milliseconds of whole microseconds, added exactly, so that the grouping of runs shows nowhere. */
function addMicros(oneMs: number, otherMs: number): number {
  return Math.round((oneMs + otherMs) * 1000) / 1000
}

function addAll(totals: Map<string, number>, counts: { readonly [name: string]: number }): void {
  for (const [name, count] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + count)
}

function sorted(counts: ReadonlyMap<string, number>): { readonly [name: string]: number } {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
