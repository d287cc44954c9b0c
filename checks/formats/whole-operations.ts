import { FormatError } from './lines.ts'
import type { RecordedOperation, Recording } from './recording.ts'

/** Operations of a file that has a line for each, in any order: their times count. */
export class WholeOperations {
  private readonly found: { readonly operation: Omit<RecordedOperation, 'id'>; readonly line: number }[] = []

  add(operation: Omit<RecordedOperation, 'id'>, line: number): void {
    this.found.push({ operation, line })
  }

  end(): Recording {
    const sorted = this.found.sort((left, right) => left.operation.invokedAtMs - right.operation.invokedAtMs)
    refuseOverlaps(sorted)
    return {
      operations: sorted.map(({ operation }, id) => ({ id, ...operation })),
      lines: sorted.map(({ line }) => line),
      timed: true,
    }
  }
}

/** A process works on one operation at a time, but what became of an `info` may stay open. */
function refuseOverlaps(
  sorted: readonly { readonly operation: Omit<RecordedOperation, 'id'>; readonly line: number }[],
) {
  const last = new Map<string, { readonly operation: Omit<RecordedOperation, 'id'>; readonly line: number }>()
  for (const item of sorted) {
    const { process, invokedAtMs } = item.operation
    const before = last.get(process)
    if (before !== undefined && before.operation.outcome !== 'info' && before.operation.returnedAtMs > invokedAtMs) {
      throw new FormatError(
        item.line,
        `process ${process} was still at work on the operation of line ${before.line}; a process that works on several at a time must be recorded as several`,
      )
    }
    last.set(process, item)
  }
}
