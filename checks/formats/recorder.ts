import type { History, Operation } from '../history.ts'
import { FormatError } from './lines.ts'

/**
 * Builds a history from a log that gives the ends of operations in their order but not their times: the number of a
 * line counts as its time in milliseconds.
 */
export class LogRecorder<Input, Output> {
  private readonly operations: Operation<Input, Output>[] = []
  private readonly underWay = new Map<string, Operation<Input, Output>>()

  get history(): History<Input, Output> {
    return this.operations
  }

  /** Ends as `info` unless it returns. */
  invoke(line: number, process: string, input: Input): void {
    if (this.underWay.has(process)) throw new FormatError(line, `process ${process} already has an operation under way`)
    const operation: Operation<Input, Output> = {
      id: this.operations.length,
      process,
      input,
      invokedAtMs: line,
      returnedAtMs: Infinity,
      outcome: 'info',
    }
    this.operations.push(operation)
    this.underWay.set(process, operation)
  }

  /** The operation that the process has under way, which from now on it has not. */
  end(line: number, process: string): Operation<Input, Output> {
    const operation = this.underWay.get(process)
    if (operation === undefined) throw new FormatError(line, `process ${process} has no operation under way`)
    this.underWay.delete(process)
    operation.returnedAtMs = line
    return operation
  }
}
