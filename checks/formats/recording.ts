import type { Operation } from '../history.ts'

/** What a file says about one end of an operation. */
export type EventType = 'invoke' | 'ok' | 'fail' | 'info'

/** What was asked, in the words of the file: what it means is up to a model. */
export interface RecordedCall {
  /** The name of the operation: `read`, `append`, `txn`. */
  readonly f: string
  /** The object it is about, where the file names it apart. */
  readonly key?: unknown
  /** The argument; null where there is none. */
  readonly value: unknown
  /** All that was asked as one value, where the file has it so; then `f`, `key` and `value` are taken from it. */
  readonly input?: unknown
}

/** `output` is the value of the end, whatever the outcome; `reason` the error it names. */
export type RecordedOperation = Operation<RecordedCall, unknown>

/** A history as a file has it. */
export interface Recording {
  /** In the order of their invocation. */
  readonly operations: readonly RecordedOperation[]
  /** The line of each operation, counted from 1: that of its invocation where both ends have their own. */
  readonly lines: readonly number[]
  /** False where the file has no times; then the number of an event counts as its time in milliseconds. */
  readonly timed: boolean
}

/** One event of a file that has a line for each end of an operation. */
export interface RecordedEvent {
  readonly line: number
  readonly type: EventType
  readonly process: string
  /** Of an end, its value and which operation it ends; "" where it does not say. */
  readonly call: RecordedCall
  readonly timeMs: number | undefined
  readonly error: string | undefined
  /** Of a `fail` that tells something: see {@link Operation}. */
  readonly observed?: boolean | undefined
}

/** Takes a file piece by piece, cut anywhere. Both methods throw a FormatError where the file is no history. */
export interface HistoryParser {
  push(text: string): void
  /** To be called once, after the last piece. */
  end(): Recording
}
