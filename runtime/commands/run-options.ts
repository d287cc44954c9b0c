import type { FaultKind } from '../../sim/faults.ts'
import type { SweepSummary } from '../../explore/result.ts'
import type { Scenario } from '../../explore/scenario.ts'
import type { StrategyName } from '../../explore/strategies/names.ts'
import type { SweepOrder, SweepPart, SweepTotals } from '../../explore/sweep.ts'
import type { Shard } from '../arguments.ts'
import type { TracedFailure } from '../failures.ts'

export type Reporter = 'terminal' | 'json' | 'junit' | 'github' | 'mermaid'

/** What `petrel run` was asked for. Times in milliseconds. */
export interface RunOptions {
  readonly runs?: number
  readonly seed?: number
  readonly timeLimit?: number
  readonly shard?: Shard
  readonly jobs?: number
  readonly bail?: boolean
  readonly verify?: boolean
  readonly nemesis?: readonly FaultKind[]
  readonly strategy?: StrategyName
  readonly nodes?: number
  readonly clients?: number
  readonly operations?: number
  readonly duration?: number
  readonly bug?: string
  readonly expectFail?: boolean
  readonly shrink: boolean
  readonly wire?: boolean
  readonly config?: string
  readonly reporter?: Reporter
  readonly outputFile?: string
  readonly json?: boolean
}

/** One scenario's sweep with what a report of it needs. */
export interface ScenarioOutcome {
  readonly scenario: Scenario
  readonly order: SweepOrder
  /** All runs as one part, for a merge with those of other shards. */
  readonly part: SweepPart
  readonly summary: SweepSummary
  readonly failures: readonly TracedFailure[]
  readonly diverged: SweepTotals['diverged']
  /** Of a single run that failed in nothing, so that it can be replayed as well. */
  readonly token: string | undefined
}
