import type { History } from '../history.ts'
import type { Verdict } from '../verdict.ts'
import type { Recording } from './recording.ts'

export interface SubjectOptions {
  /** Steps that the verdict may take. */
  readonly budgetSteps?: number | undefined
  /** What must hold, of {@link Subject.consistencies}; the first of them unless given. */
  readonly consistency?: string | undefined
}

/** What a recording can be judged as. */
export interface Subject {
  readonly name: string
  /** What is judged, in a few words. */
  readonly about: string
  /** The operations it knows. */
  readonly operations: readonly string[]
  /** What can be asked of it, the usual first. */
  readonly consistencies: readonly string[]
  /** The one of these that a name stands for, which may be another that the literature has; undefined for none. */
  readonly consistency?: (name: string) => string | undefined
  /** @throws FormatError where the recording has an operation that it does not know. */
  readonly read: (recording: Recording) => History<any, any>
  readonly judge: (history: History<any, any>, options: SubjectOptions) => Verdict
  /** An operation in words. */
  readonly describe: (input: any, output: any) => string
}
