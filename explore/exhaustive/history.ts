import type { HistoryRecorder, PlainData } from '../../sim/machine.ts'
import type { Operation } from '../../checks/history.ts'

/** An operation of a client in a world without time. */
export interface SmallOperation extends Operation {
  readonly node: number
  /** True where no end of it is recorded yet. */
  readonly open: boolean
  /** Ids of the operations that had ended `ok` when it was invoked: all that its place in time says to a checker. */
  readonly before: readonly number[]
}

/**
 * What clients asked and were told so far; never changed. Its clock counts invocations and returns, so that times say
 * the order in which those came and nothing else.
 */
export interface SmallHistory {
  readonly operations: readonly SmallOperation[]
  readonly clock: number
}

export const EMPTY_HISTORY: SmallHistory = { operations: [], clock: 0 }

/** The history as one handler of a client goes on with it. */
export class HistoryDraft implements HistoryRecorder {
  history: SmallHistory
  /** True once an operation ended `ok`: only then can the history have become wrong. */
  returned = false
  private readonly node: number
  private readonly id: string

  constructor(history: SmallHistory, node: number, id: string) {
    this.history = history
    this.node = node
    this.id = id
  }

  begun(operation: number): boolean {
    return this.history.operations.some(({ id }) => id === operation)
  }

  invoke(operation: number, input: PlainData): void {
    if (this.begun(operation)) throw new Error(`operation ${operation} was invoked twice`)
    const { operations, clock } = this.history
    // After an operation whose outcome nobody knows, a client goes on as another process: one has one under way.
    const unknown = operations.filter(({ node, open, outcome }) => node === this.node && !open && outcome === 'info')
    const record: SmallOperation = {
      id: operation,
      process: unknown.length === 0 ? this.id : `${this.id}/${unknown.length + 1}`,
      input,
      invokedAtMs: clock,
      invokedAtEvent: clock,
      returnedAtMs: Infinity,
      outcome: 'info',
      node: this.node,
      open: true,
      before: operations.flatMap(({ id, outcome }) => (outcome === 'ok' ? [id] : [])).sort((a, b) => a - b),
    }
    this.history = { operations: [...operations, record], clock: clock + 1 }
  }

  ok(operation: number, output: PlainData): void {
    this.returned = true
    this.end(operation, { outcome: 'ok', output })
  }

  fail(operation: number, reason?: string): void {
    this.end(operation, { outcome: 'fail', reason })
  }

  info(operation: number, reason?: string): void {
    this.end(operation, { outcome: 'info', reason })
  }

  private end(operation: number, how: Pick<SmallOperation, 'outcome' | 'output' | 'reason'>): void {
    const { operations, clock } = this.history
    if (!operations.some(({ id, open }) => id === operation && open))
      throw new Error(`operation ${operation} ended as ${how.outcome}, but it is not under way`)
    const returnedAtMs = how.outcome === 'info' ? Infinity : clock
    this.history = {
      operations: operations.map((record) =>
        record.id === operation ? { ...record, ...how, open: false, returnedAtMs, returnedAtEvent: clock } : record,
      ),
      clock: clock + 1,
    }
  }
}

/** A client crashed: nobody will ever know what came of what it had under way. */
export function afterCrash(history: SmallHistory, node: number): SmallHistory {
  if (!history.operations.some((record) => record.node === node && record.open)) return history
  return {
    ...history,
    operations: history.operations.map((record) =>
      record.node === node && record.open ? { ...record, open: false, reason: 'the client crashed' } : record,
    ),
  }
}

/** What two histories must have in common to be one to every checker that looks at who asked what after what. */
export function essence({ operations }: SmallHistory): readonly unknown[] {
  return [...operations]
    .sort((left, right) => left.id - right.id)
    .map(({ id, process, input, outcome, output, open, before }) => [id, process, input, outcome, output, open, before])
}
