import type { BakedIn, Failure, RunPlan, RunResult, Shrunk } from '../explore/result.ts'
import type { Violation } from '../checks/verdict.ts'

/** All that a failure report can tell, from a sweep or a replay; what is not known is left out of the report. */
export interface Story {
  readonly token: string
  readonly violation: Violation
  /** The run that is shown: the shrunk one where there is one. */
  readonly plan?: RunPlan | undefined
  readonly result?: RunResult | undefined
  readonly shrunk?: Shrunk | undefined
  /** When it was decided. */
  readonly bakedIn?: BakedIn | undefined
  readonly scenario: string
  readonly bug?: string | undefined
  readonly seed: number
  readonly fingerprint?: string | undefined
  /** Its place in the sweep, counted from 1, the sweep's runs, and how many of them fail like this. */
  readonly run?: number | undefined
  readonly runs?: number | undefined
  readonly count?: number | undefined
  readonly wallMs?: number | undefined
  /** What to do next, a command each, where that is not done with a token. */
  readonly next?: readonly string[] | undefined
  /** 7 hex digits over the code that decides a run. */
  readonly codeHash?: string | undefined
  /** Petrel's own. */
  readonly version?: string | undefined
}

/** What a sweep or a replay knows beside the failure itself. */
export type StoryContext = Pick<Story, 'plan' | 'result' | 'runs' | 'wallMs' | 'codeHash' | 'version' | 'next'>

/** The story of a sweep's failure. Without a shrunk one, the run shown is the one in the context. */
export function storyOf(failure: Failure, context: StoryContext = {}): Story {
  const result = failure.shrunk?.result ?? context.result
  const same = result?.violations.find(
    (violation) => violation.property === failure.violation.property && violation.shape === failure.violation.shape,
  )
  return {
    ...context,
    ...failure,
    bug: failure.settings.bug,
    violation: same ?? result?.violations[0] ?? failure.violation,
    plan: failure.shrunk?.plan ?? context.plan,
    bakedIn: failure.shrunk?.bakedIn,
    result,
  }
}
