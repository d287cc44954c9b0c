import { systemOf } from '../explore/planted.ts'
import {
  operationCount,
  type BakedIn,
  type Failure,
  type RunResult,
  type Shrunk,
  type SweepSummary,
} from '../explore/result.ts'
import type { Scenario } from '../explore/scenario.ts'
import type { VerdictName } from '../checks/verdict.ts'
import { confidence } from '../explore/futures.ts'
import type { Exploration, ExploredFuture } from './explore.ts'
import { seedText } from './words.ts'

/**
 * What `--json` prints: one document a command, of schema 1. Within a schema fields are only ever added. Seeds are
 * text in the form commands take, since not every reader of JSON keeps 53 bits; times are in milliseconds.
 */
interface Document {
  readonly schema: 1
  readonly command: string
}

export interface FailureEntry {
  readonly scenario: string
  readonly seed: string
  readonly property: string
  readonly shape: string
  readonly summary: string
  readonly fingerprint: string
  /** Runs that failed like this. */
  readonly count: number
  readonly token: string
  /** What the shrunk run has left; absent where it was not shrunk. */
  readonly faults?: number
  readonly operations?: number
  readonly nodes?: number
  readonly events?: number
  /** When it was decided; absent where it was not shrunk. */
  readonly bakedIn?: BakedIn
  /** What it came from, as far as that can be told; absent where it was not shrunk. */
  readonly cause?: NonNullable<Shrunk['cause']>
}

interface SweepFields {
  readonly scenario: string
  readonly verdict: VerdictName
  readonly reason?: string
  readonly firstSeed: string
  readonly runs: number
  readonly events: number
  readonly messages: number
  readonly virtualMs: number
  readonly wallMs: number
  readonly traceHash: string
  readonly operations: SweepSummary['operations']
  readonly failures: readonly FailureEntry[]
  readonly sometimes: { readonly [name: string]: number }
  readonly neverSeen: readonly string[]
  readonly unknown: number
  readonly faults: { readonly [kind: string]: number }
}

export type RunDocument = Document & { readonly command: 'run' } & (
    | SweepFields
    /** Where several scenarios ran: sums, and each by itself. */
    | (Pick<SweepFields, 'verdict' | 'runs' | 'events' | 'virtualMs' | 'wallMs' | 'failures'> & {
        readonly scenarios: readonly SweepFields[]
      })
  )

export function runDocument(summaries: readonly SweepSummary[]): RunDocument {
  const scenarios = summaries.map(sweepFields)
  const [only] = scenarios
  if (only !== undefined && scenarios.length === 1) return { schema: 1, command: 'run', ...only }
  const sum = (field: 'runs' | 'events' | 'virtualMs' | 'wallMs') =>
    scenarios.reduce((total, scenario) => total + scenario[field], 0)
  return {
    schema: 1,
    command: 'run',
    verdict: worstVerdict(scenarios.map((scenario) => scenario.verdict)),
    runs: sum('runs'),
    events: sum('events'),
    virtualMs: sum('virtualMs'),
    wallMs: sum('wallMs'),
    failures: scenarios.flatMap((scenario) => scenario.failures),
    scenarios,
  }
}

/** Violated beats unknown, unknown beats ok. */
export function worstVerdict(verdicts: readonly VerdictName[]): VerdictName {
  if (verdicts.includes('violated')) return 'violated'
  return verdicts.includes('unknown') ? 'unknown' : 'ok'
}

function sweepFields(summary: SweepSummary): SweepFields {
  const { firstSeed, failures, reason, ...rest } = summary
  return {
    ...rest,
    ...(reason === undefined ? {} : { reason }),
    firstSeed: seedText(firstSeed),
    failures: failures.map(failureEntry),
  }
}

export function failureEntry(failure: Failure): FailureEntry {
  const { scenario, seed, violation, fingerprint, count, token, shrunk } = failure
  const { property, shape, summary } = violation
  return {
    scenario,
    seed: seedText(seed),
    property,
    shape,
    summary,
    fingerprint,
    count,
    token,
    ...(shrunk === undefined ? {} : sizes(shrunk)),
    ...(shrunk?.bakedIn === undefined ? {} : { bakedIn: shrunk.bakedIn }),
    ...(shrunk?.cause === undefined ? {} : { cause: shrunk.cause }),
  }
}

function sizes({ plan, result }: Shrunk): {
  readonly faults: number
  readonly operations: number
  readonly nodes: number
  readonly events: number
} {
  return {
    faults: plan.faults.length,
    operations: operationCount(result),
    nodes: plan.settings.nodes,
    events: result.events,
  }
}

/** `reproduced`: the violation is still there; `gone`: it is not; `diverged`: the run left the recorded one before it could tell. */
export type ReplayOutcome = 'reproduced' | 'gone' | 'diverged'

export interface ReplayInput {
  readonly scenario: string
  readonly token: string
  readonly outcome: ReplayOutcome
  readonly result: RunResult
  readonly wallMs: number
  /** The code is not what the token was made with. */
  readonly otherCode: boolean
}

/** The violations stand as `failures`, so that a reader of `run` reads this too. */
export function replayDocument({ scenario, token, outcome, result, wallMs, otherCode }: ReplayInput) {
  const seed = seedText(result.seed)
  return {
    schema: 1,
    command: 'replay',
    scenario,
    seed,
    token,
    outcome,
    otherCode,
    verdict: result.verdict,
    ...(result.reason === undefined ? {} : { reason: result.reason }),
    runs: 1,
    events: result.events,
    messages: result.messages,
    virtualMs: result.virtualMs,
    wallMs,
    traceHash: result.traceHash,
    operations: result.operations,
    faults: result.faults,
    failures: result.violations.map(({ property, shape, summary, because, atMs, atEvent }) => ({
      scenario,
      seed,
      property,
      shape,
      summary,
      because,
      atMs,
      ...(atEvent === undefined ? {} : { atEvent }),
    })),
  } as const
}

/** The failure's token is that of the smaller run. */
export function shrinkDocument(failure: Failure, shrunk: Shrunk, wallMs: number) {
  return {
    schema: 1,
    command: 'shrink',
    scenario: failure.scenario,
    verdict: shrunk.result.verdict,
    wallMs,
    replays: shrunk.replays,
    before: shrunk.before,
    after: sizes(shrunk),
    required: shrunk.required,
    traceHash: shrunk.result.traceHash,
    failures: [failureEntry({ ...failure, shrunk })],
  } as const
}

/** `share` and its confidence, 95 %, are those of futures that fail as the original does. */
export function exploreDocument({ scenario, seed, event, original, intervention, reroll, branch }: Exploration) {
  return {
    schema: 1,
    command: 'explore',
    scenario,
    seed: seedText(seed),
    atEvent: event.number,
    atMs: event.atUs / 1000,
    ...(original === undefined ? {} : { property: original.property }),
    ...(intervention === undefined ? {} : { intervention }),
    ...(branch === undefined ? {} : { future: futureEntry(branch) }),
    ...(reroll === undefined
      ? {}
      : {
          futures: reroll.futures,
          failing: reroll.failing,
          share: reroll.failing / reroll.futures,
          confidence: confidence(reroll.failing, reroll.futures),
          groups: reroll.groups.map((group) => ({ count: group.count, ...futureEntry(group) })),
        }),
  } as const
}

function futureEntry({ outcome, fingerprint, result, token }: ExploredFuture) {
  const violation = result.violations[0]
  return {
    outcome,
    verdict: result.verdict,
    ...(violation === undefined ? {} : { property: violation.property, shape: violation.shape, fingerprint }),
    events: result.events,
    traceHash: result.traceHash,
    token,
  } as const
}

export function listDocument(scenarios: readonly Scenario[]) {
  return {
    schema: 1,
    command: 'list',
    scenarios: scenarios.map((scenario) => {
      const { name, about, defaults, bugs = [], controls = [] } = scenario
      return { name, about, system: systemOf(scenario), defaults, bugs, controls }
    }),
  } as const
}

/** A figure of the benchmark: `ratio` is to a bare loop in the same run. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly ratio?: number
  /** Where it stands in a chart. */
  readonly plotted?: Plotted
}

/** `range`: the least and the most of the draws whose middle the figure is. */
export interface Plotted {
  readonly chart: string
  readonly series: string
  readonly x: number
  readonly range?: readonly [least: number, most: number]
}

export function benchDocument(figures: readonly Figure[]) {
  return { schema: 1, command: 'bench', figures } as const
}
