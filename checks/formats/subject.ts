import type { History } from '../history.ts'
import type { Verdict } from '../verdict.ts'
import type { Recording } from './recording.ts'

export interface SubjectOptions {
  /** Steps that the verdict may take. */
  readonly budgetSteps?: number | undefined
}

/** What a recording can be judged as. */
export interface Subject {
  readonly name: string
  /** What is judged, in a few words. */
  readonly about: string
  /** The operations it knows. */
  readonly operations: readonly string[]
  /** @throws FormatError where the recording has an operation that it does not know. */
  readonly read: (recording: Recording) => History<any, any>
  readonly judge: (history: History<any, any>, options: SubjectOptions) => Verdict
  /** An operation in words. */
  readonly describe: (input: any, output: any) => string
}
