/**
 * What clients asked and what they were told: the only thing a client-visible checker looks at. It knows nothing of
 * how the history came about, so that one recorded anywhere can be judged.
 */

/** `ok`: took effect. `fail`: took none. `info`: nobody knows, it may take effect at any later time or never. */
export type Outcome = 'ok' | 'fail' | 'info'

export interface Operation<Input = unknown, Output = unknown> {
  /** Its number in the workload, unique in the history. */
  readonly id: number
  /** Who asked. A process has one operation under way at a time. */
  readonly process: string
  readonly input: Input
  readonly invokedAtMs: number
  /** Infinity where no answer ever came. */
  returnedAtMs: number
  outcome: Outcome
  /** The answer, where the outcome is `ok`, or `fail` and observed. */
  output?: Output | undefined
  /**
   * True where it failed by what it found, and so tells something: a compare and set that found another value, a take
   * from a queue that was empty. `output` is then what it was told (`false`, `null`), and it is judged like one that
   * ended ok, except that it leaves everything as it was. What failed and is not observed is left out.
   */
  observed?: boolean | undefined
  /** Why, where it is `fail` or `info`. */
  reason?: string | undefined
  /** Numbers of the trace's events at both ends, where there is a trace. */
  readonly invokedAtEvent?: number | undefined
  returnedAtEvent?: number | undefined
}

/** Operations in the order of their invocation. */
export type History<Input = unknown, Output = unknown> = readonly Operation<Input, Output>[]

/** True where the operation was told something that must be explained: it ended ok, or failed by what it found. */
export function hasAnswer({ outcome, observed }: Operation): boolean {
  return outcome === 'ok' || (outcome === 'fail' && observed === true)
}

/** What an operation asks for: the `action` of its input; undefined where there is none. */
export function actionOf({ input }: Operation): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const { action } = input as { readonly action?: unknown }
  return typeof action === 'string' ? action : undefined
}

/** The values of an answer that is a whole collection: an array, a Set, or null for none; undefined for all else. */
export function valuesOf(answer: unknown): readonly unknown[] | undefined {
  if (answer === null) return []
  if (Array.isArray(answer)) return answer
  return answer instanceof Set ? [...answer] : undefined
}
