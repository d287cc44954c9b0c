import type { FaultKind } from '../sim/faults.ts'
import type { VerdictName, Violation } from '../checks/verdict.ts'
import { executeRun, fingerprintOf, planRun } from './run.ts'
import type { RunResult, SweepSummary } from './result.ts'
import type { Scenario, Settings } from './scenario.ts'

/** What to run, as plain data, so that a worker can be told. */
export interface SweepOrder {
  readonly settings: Settings
  readonly nemesis?: readonly FaultKind[] | undefined
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
  readonly fingerprint: string
  readonly violation: Violation
  readonly count: number
}

/** What some consecutive seeds gave, as plain data: parts are merged in seed order, so that workers change nothing. */
export interface SweepPart {
  readonly firstSeed: number
  readonly runs: number
  readonly events: number
  readonly messages: number
  readonly virtualMs: number
  /** The trace hash of each run, 16 hex digits, in seed order. */
  readonly hashes: readonly string[]
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number }
  /** How many operations ended ok, run by run. */
  readonly okCounts: readonly number[]
  readonly faults: { readonly [kind: string]: number }
  readonly sometimes: { readonly [name: string]: number }
  readonly failures: readonly RawFailure[]
  readonly unknown: number
  readonly unknownReason?: string | undefined
  /** Seeds whose second run differed, under verification. */
  readonly diverged: readonly { readonly seed: number; readonly event: number; readonly handler: string }[]
}

/** Runs consecutive seeds. */
export function sweepSeeds(scenario: Scenario, order: SweepOrder, firstSeed: number, count: number): SweepPart {
  const tally = new Tally()
  for (let seed = firstSeed; seed < firstSeed + count && !(order.bail === true && tally.failed); seed++) {
    tally.add(
      executeRun(scenario, planRun(scenario, seed, order.settings, order.nemesis), { wire: order.wire === true }),
      scenario.name,
    )
  }
  return tally.part(firstSeed)
}

/** Adds up runs. */
export class Tally {
  private events = 0
  private messages = 0
  private virtualMs = 0
  private readonly hashes: string[] = []
  private readonly operations = { ok: 0, fail: 0, info: 0 }
  private readonly okCounts: number[] = []
  private readonly faults = new Map<string, number>()
  private readonly sometimes = new Map<string, number>()
  private readonly failures = new Map<string, RawFailure>()
  private unknown = 0
  private unknownReason: string | undefined

  add(result: RunResult, scenario: string): void {
    this.events += result.events
    this.messages += result.messages
    this.virtualMs += result.virtualMs
    this.hashes.push(result.traceHash)
    this.operations.ok += result.operations.ok
    this.operations.fail += result.operations.fail
    this.operations.info += result.operations.info
    this.okCounts.push(result.operations.ok)
    addAll(this.faults, result.faults)
    addAll(this.sometimes, result.sometimes)
    if (result.verdict === 'unknown') {
      this.unknown++
      this.unknownReason ??= result.reason
    }
    if (result.verdict === 'violated') this.fail(result, scenario)
  }

  get failed(): boolean {
    return this.failures.size > 0
  }

  part(firstSeed: number): SweepPart {
    return {
      firstSeed,
      runs: this.hashes.length,
      events: this.events,
      messages: this.messages,
      virtualMs: this.virtualMs,
      hashes: this.hashes,
      operations: this.operations,
      okCounts: this.okCounts,
      faults: Object.fromEntries(this.faults),
      sometimes: Object.fromEntries(this.sometimes),
      failures: [...this.failures.values()],
      unknown: this.unknown,
      unknownReason: this.unknownReason,
      diverged: [],
    }
  }

  private fail(result: RunResult, scenario: string): void {
    const violation = result.violations[0]!
    const fingerprint = fingerprintOf(scenario, violation)
    addFailure(this.failures, { seed: result.seed, seeds: [result.seed], fingerprint, violation, count: 1 })
  }
}

/** What a sweep knows once all its parts have come in, in seed order. */
export interface SweepTotals extends Omit<SweepSummary, 'failures' | 'wallMs'> {
  readonly failures: readonly RawFailure[]
  readonly diverged: SweepPart['diverged']
}

/** Merges parts as they come, which must be in seed order; keeps no more than totals. */
export class SweepMerge {
  private readonly scenario: Scenario
  private readonly settings: Settings
  private firstSeed: number | undefined
  private runs = 0
  private events = 0
  private messages = 0
  private virtualMs = 0
  private readonly operations = { ok: 0, fail: 0, info: 0 }
  /** How many runs ended with each number of operations ok. */
  private readonly okCounts = new Map<number, number>()
  private readonly faults = new Map<string, number>()
  private readonly sometimes = new Map<string, number>()
  private readonly failures = new Map<string, RawFailure>()
  private readonly diverged: SweepPart['diverged'][number][] = []
  private unknown = 0
  private unknownReason: string | undefined
  private hash = 0n
  private lastHash = ''

  constructor(scenario: Scenario, settings: Settings) {
    this.scenario = scenario
    this.settings = settings
  }

  add(part: SweepPart): void {
    this.firstSeed ??= part.firstSeed
    this.runs += part.runs
    this.events += part.events
    this.messages += part.messages
    this.virtualMs += part.virtualMs
    for (const outcome of ['ok', 'fail', 'info'] as const) this.operations[outcome] += part.operations[outcome]
    for (const ok of part.okCounts) this.okCounts.set(ok, (this.okCounts.get(ok) ?? 0) + 1)
    for (const hash of part.hashes) this.addHash(hash)
    addAll(this.faults, part.faults)
    addAll(this.sometimes, part.sometimes)
    for (const failure of part.failures) addFailure(this.failures, failure)
    this.unknown += part.unknown
    this.unknownReason ??= part.unknownReason
    this.diverged.push(...part.diverged)
  }

  /** What is known by now: for the progress line, and at the end. */
  totals(): SweepTotals {
    const names = this.scenario
      .properties(this.settings)
      .flatMap((property) => (property.kind === 'sometimes' ? [property.name] : []))
    const medianOk = this.medianOk()
    const thin = this.runs > 0 && medianOk < this.scenario.evidence * this.settings.operations
    return {
      scenario: this.scenario.name,
      ...this.verdict(thin, medianOk),
      firstSeed: this.firstSeed ?? 0,
      runs: this.runs,
      events: this.events,
      messages: this.messages,
      virtualMs: this.virtualMs,
      traceHash: this.runs === 1 ? this.lastHash : this.hash.toString(16).padStart(16, '0'),
      operations: { ...this.operations, medianOk },
      faults: sorted(this.faults),
      sometimes: sorted(this.sometimes),
      neverSeen: names.filter((name) => !this.sometimes.has(name)),
      unknown: this.unknown,
      failures: [...this.failures.values()],
      diverged: this.diverged,
    }
  }

  private verdict(thin: boolean, medianOk: number): { verdict: VerdictName; reason?: string } {
    if (this.failures.size > 0) return { verdict: 'violated' }
    if (this.unknown > 0) return { verdict: 'unknown', reason: this.unknownReason ?? 'a checker gave no verdict' }
    if (!thin) return { verdict: 'ok' }
    const wanted = Math.ceil(this.scenario.evidence * this.settings.operations)
    return {
      verdict: 'unknown',
      reason: `no evidence: in the median run ${medianOk} operations ended ok, and ${this.scenario.name} asks for ${wanted}`,
    }
  }

  private medianOk(): number {
    let rest = this.runs >> 1
    for (const [ok, runs] of [...this.okCounts].sort(([a], [b]) => a - b)) {
      if (rest < runs) return ok
      rest -= runs
    }
    return 0
  }

  private addHash(hash: string): void {
    this.lastHash = hash
    this.hash = BigInt.asUintN(64, (this.hash ^ BigInt(`0x${hash}`)) * 0x100000001b3n)
  }
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
        },
  )
}

function addAll(totals: Map<string, number>, counts: { readonly [name: string]: number }): void {
  for (const [name, count] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + count)
}

function sorted(counts: ReadonlyMap<string, number>): { readonly [name: string]: number } {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
