import { FormatError } from './lines.ts'
import type { RecordedEvent, RecordedOperation, Recording } from './recording.ts'

/**
 * Makes operations of the events of a file, whose order counts: events are numbered by their lines, and a time that
 * is before the one of the event above it counts as the same.
 */
export class Pairing {
  private readonly operations: RecordedOperation[] = []
  private readonly lines: number[] = []
  private readonly underWay = new Map<string, number>()
  private timed = true
  private lastEvent = 0
  private lastTimeMs = -Infinity

  add(event: RecordedEvent): void {
    // Several events may share a line.
    this.lastEvent = Math.max(this.lastEvent + 1, event.line)
    if (event.timeMs === undefined) this.timed = false
    else if (event.timeMs > this.lastTimeMs) this.lastTimeMs = event.timeMs
    if (event.type === 'invoke') this.invoke(event)
    else this.finish(event)
  }

  end(): Recording {
    const { operations, lines, timed } = this
    if (!timed) for (const operation of operations) countEventsAsTime(operation)
    return { operations, lines, timed }
  }

  private invoke({ line, process, call }: RecordedEvent): void {
    const other = this.underWay.get(process)
    if (other !== undefined) {
      throw new FormatError(
        line,
        `process ${process} already has an operation under way, that of line ${this.lines[other]}; a process that works on several at a time must be recorded as several`,
      )
    }
    this.underWay.set(process, this.operations.length)
    this.lines.push(line)
    this.operations.push({
      id: this.operations.length,
      process,
      input: call,
      invokedAtMs: this.lastTimeMs,
      returnedAtMs: Infinity,
      outcome: 'info',
      output: undefined,
      reason: undefined,
      invokedAtEvent: this.lastEvent,
      returnedAtEvent: undefined,
    })
  }

  private finish({ line, type, process, call, error, observed }: RecordedEvent): void {
    const index = this.underWay.get(process)
    if (index === undefined) {
      throw new FormatError(line, `process ${process} has no operation under way that could end "${type}"`)
    }
    const operation = this.operations[index]!
    const { f, value } = operation.input
    if (call.f !== f && call.f !== '') {
      throw new FormatError(
        line,
        `process ${process} has "${f}" under way, from line ${this.lines[index]}, and this ends "${call.f}"`,
      )
    }
    this.underWay.delete(process)
    operation.outcome = type as 'ok' | 'fail' | 'info'
    // The value is mostly said twice: one copy of a long one is enough.
    operation.output = call.value === value ? value : call.value
    operation.returnedAtMs = this.lastTimeMs
    operation.returnedAtEvent = this.lastEvent
    operation.reason = error
    if (observed !== undefined) operation.observed = observed
  }
}

function countEventsAsTime(operation: RecordedOperation): void {
  const { invokedAtEvent, returnedAtEvent } = operation
  ;(operation as { invokedAtMs: number }).invokedAtMs = invokedAtEvent!
  operation.returnedAtMs = returnedAtEvent ?? Infinity
}
