import type { Fault } from '../sim/faults.ts'
import type { Fork } from '../sim/forks.ts'
import type { Trace } from '../sim/trace.ts'
import type { History } from '../checks/history.ts'
import type { VerdictName, Violation } from '../checks/verdict.ts'
import type { Network, PlannedOperation, Settings } from './scenario.ts'

/** All that decides a run, as plain data: the same plan with the same code is the same run. */
export interface RunPlan {
  readonly scenario: string
  /** An integer from 0 to 2^53 − 1: what plan and workload were drawn from. */
  readonly seed: number
  /** What the world's luck is drawn from: latencies, timers, torn writes. The seed itself, unless shrinking found other luck. */
  readonly luck: number
  readonly settings: Settings
  readonly network: Network
  /** How long a sync takes on a disk with nothing wrong. */
  readonly syncMs: readonly [min: number, max: number]
  readonly faults: readonly Fault[]
  /** Where it leaves the run that the rest alone would give, in the order of their events; left out where it does not. */
  readonly forks?: readonly Fork[] | undefined
  readonly operations: readonly PlannedOperation[]
  readonly calmAtMs: number
  /** The run ends here: the scenario's duration, unless shrinking cut it. */
  readonly endMs: number
}

/** A node as it was when a run was over. */
export interface NodeAtEnd {
  readonly id: string
  readonly up: boolean
  /** Undefined where it is down. */
  readonly state: unknown
}

/** How one run ended. */
export interface RunResult {
  readonly seed: number
  readonly verdict: VerdictName
  /** Empty unless violated; the first is the earliest. */
  readonly violations: readonly Violation[]
  /** The first violation that a client can see. A run that ended at an invariant's breach has not asked for it. */
  readonly clientVisible?: Violation | undefined
  /** Why the verdict is unknown. */
  readonly reason?: string | undefined
  /** 16 hex digits. */
  readonly traceHash: string
  /** Under `--verify`: a hash of what each event held and did, by event number less one. */
  readonly contents?: readonly number[] | undefined
  /** The trace hash's first half after every 64 events. */
  readonly checkpoints: readonly number[]
  readonly events: number
  readonly messages: number
  readonly virtualMs: number
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number }
  /** Faults that took effect, by kind; a probability counts what it did, a partition once. */
  readonly faults: { readonly [kind: string]: number }
  /** How often each `sometimes` property was seen. */
  readonly sometimes: { readonly [name: string]: number }
  readonly history: History
  /** Where it was asked for. */
  readonly trace?: Trace | undefined
  /** Faults that waited for a moment and met it, each with the time and the node that it came to have. */
  readonly faultsOfMoments: readonly Fault[]
  /** Where it was asked for. */
  readonly nodesAtEnd?: readonly NodeAtEnd[] | undefined
  /** Hashes of the abstract states it came to, where it was asked for. */
  readonly features?: readonly number[] | undefined
  /** What probabilities did to single messages, where it was asked for. */
  readonly messageFaults?: readonly Fault[] | undefined
}

/** How many operations clients began in a run. */
export function operationCount({ operations: { ok, fail, info } }: Pick<RunResult, 'operations'>): number {
  return ok + fail + info
}

/** When a failure was decided: of the futures that new luck gives from an event on, how many fail all the same. */
export interface BakedIn {
  /** Futures tried at each instant. */
  readonly futures: number
  /** In the order of events. */
  readonly instants: readonly BakedInstant[]
  /** Where the share rises most: the place among the instants, and the fault that began last before it. */
  readonly steepest?: { readonly instant: number; readonly fault?: Pick<Fault, 'id' | 'kind'> | undefined } | undefined
}

export interface BakedInstant {
  /** New luck from this event on. */
  readonly atEvent: number
  readonly atMs: number
  readonly failing: number
}

/** What a failure came from: the same for the same bug from other seeds, as far as that can be told. */
export interface Cause {
  /** How hard the world must be for it: `none`, `network`, `clock`, `crash`, `power loss`, `disk`. */
  readonly adversity: string
  /**
   * The types of messages that others said to each other between a question and its wrong answer; undefined where no
   * operation is wrong.
   */
  readonly answeredBy?: readonly string[] | undefined
}

/** A failure made small. */
export interface Shrunk {
  readonly plan: RunPlan
  readonly result: RunResult
  /** Runs it took. */
  readonly replays: number
  /** What the failing run had before. */
  readonly before: {
    readonly faults: number
    readonly operations: number
    readonly nodes: number
    readonly events: number
  }
  /** For each fault that is left: of `of` runs without it and with other luck, how many passed. */
  readonly required: readonly { readonly fault: number; readonly pass: number; readonly of: number }[]
  /** When it was decided; left out where that was not asked. */
  readonly bakedIn?: BakedIn | undefined
  /** What it came from, with a fingerprint of its own. */
  readonly cause?: (Cause & { readonly fingerprint: string }) | undefined
}

/** One kind of failure out of a sweep: all seeds with the same fingerprint. */
export interface Failure {
  readonly scenario: string
  /** The first seed that shows it, and its place in the sweep, counted from 1. */
  readonly seed: number
  readonly run: number
  readonly violation: Violation
  /** 8 hex digits: the same for the same failure from another seed. */
  readonly fingerprint: string
  readonly count: number
  /** The settings it failed under. */
  readonly settings: Settings
  /** Undefined under `--no-shrink`. */
  readonly shrunk?: Shrunk | undefined
  readonly token: string
}

/** What a sweep found. */
export interface SweepSummary {
  readonly scenario: string
  readonly verdict: VerdictName
  readonly reason?: string | undefined
  readonly firstSeed: number
  readonly runs: number
  readonly events: number
  readonly messages: number
  readonly virtualMs: number
  readonly wallMs: number
  /** Of the run; of all, combined in seed order, where there are several. */
  readonly traceHash: string
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number; readonly medianOk: number }
  readonly faults: { readonly [kind: string]: number }
  readonly sometimes: { readonly [name: string]: number }
  /** Names of `sometimes` properties that no run has shown. */
  readonly neverSeen: readonly string[]
  readonly unknown: number
  readonly failures: readonly Failure[]
}
