import { actionOf } from '../history.ts'
import type { History, Operation } from '../history.ts'
import { HistoryError } from '../history-error.ts'

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
