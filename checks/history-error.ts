import type { Operation } from './history.ts'

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
