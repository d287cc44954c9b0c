import type { StrategyName } from '../../explore/strategies/names.ts'
import type { Oracle } from '../../explore/trial.ts'

/** What `petrel mutants` was asked for. Times in milliseconds. */
export interface MutantsOptions {
  readonly system?: string
  /** Ids of planted bugs and controls; all of them unless given. */
  readonly bugs?: readonly string[]
  /** Instead of what each rarity gets. */
  readonly searches?: number
  readonly budget?: number
  readonly strategy: StrategyName
  /** False where no other strategy shall be measured beside it. */
  readonly baseline: StrategyName | false
  readonly oracle: Oracle
  readonly seed?: number
  readonly jobs?: number
  readonly timeLimit?: number
  /** A file that keeps what was measured. */
  readonly state?: string
  readonly config?: string
  readonly json?: boolean
}
