import type { History, Operation } from '../history.ts'

/** The history cannot be judged as it is: says which operation is at fault, and what it should be like. */
export class HistoryError extends Error {
  readonly code = 'BAD_HISTORY'
  /** The id of the operation. */
  readonly operation: number
  /** What it should be like. */
  readonly expected: string

  constructor(operation: Operation<any, any>, expected: string) {
    super(`operation ${operation.id} of ${operation.process}: ${expected}`)
    this.name = 'HistoryError'
    this.operation = operation.id
    this.expected = expected
  }
}

/** What an operation asks for: the `action` of its input; undefined where there is none. */
export function actionOf({ input }: Operation): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const { action } = input as { readonly action?: unknown }
  return typeof action === 'string' ? action : undefined
}

/** Operations with one of these actions, and no others. */
export function asking<Input extends { readonly action: string }>(
  history: History<any, any>,
  ...actions: readonly Input['action'][]
): Operation<Input>[] {
  const wanted: readonly (string | undefined)[] = actions
  return history.filter((operation) => wanted.includes(actionOf(operation))) as Operation<Input>[]
}

/** A field of the input that must be a finite number. */
export function numberIn(operation: Operation<any, any>, field: string): number {
  const value: unknown = operation.input[field]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new HistoryError(operation, `its input needs a number as ${field}`)
}

/** The values of an answer that is a whole collection: an array, a Set, or null for none; undefined for all else. */
export function valuesOf(answer: unknown): readonly unknown[] | undefined {
  if (answer === null) return []
  if (Array.isArray(answer)) return answer
  return answer instanceof Set ? [...answer] : undefined
}
