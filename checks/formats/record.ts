import type { History, Operation } from '../history.ts'

export interface RecorderOptions {
  /**
   * The present time in milliseconds, such as `() => performance.now()`; where it goes back, it counts as standing
   * still. Without it, order counts.
   */
  readonly now?: (() => number) | undefined
  /** Called with each line of JSONL, without its line break, as soon as it is known: for whoever writes to a file. */
  readonly onLine?: ((line: string) => void) | undefined
}

/** An operation under way, which ends once. An operation that never ends may have taken effect, like `info`. */
export interface RecordedEnd<Output> {
  /** It took effect, and this was the answer. */
  ok(output?: Output): void
  /** It did not take effect. `observed` is what it was told where that tells something, as when a cas finds another value. */
  fail(reason?: string, told?: { readonly observed: Output }): void
  /** Nobody knows whether it took effect, or will: a timeout, a connection that broke. */
  info(reason?: string): void
}

export interface Recorder<Input, Output> {
  /** To be called just before the request leaves. A process has one operation under way at a time. */
  invoke(process: string, input: Input): RecordedEnd<Output>
  /** What was recorded so far, for `check`. */
  readonly history: History<Input, Output>
  /** The same as lines for `petrel check`. */
  jsonl(): string
}

/**
 * Records what a program asks of a system, for `check` or for a file:
 *
 *     const recorder = recordHistory<KvInput, unknown>({ now: () => performance.now() })
 *     const call = recorder.invoke('client-1', { action: 'get', key: 'x' })
 *     call.ok(await client.get('x'))
 *     check(recorder.history, kv)
 */
export function recordHistory<Input = unknown, Output = unknown>(
  options: RecorderOptions = {},
): Recorder<Input, Output> {
  const operations: Operation<Input, Output>[] = []
  const underWay = new Set<string>()
  const lines: string[] = []
  let events = 0
  let lastMs = -Infinity
  const tell = (line: object): void => {
    const text = JSON.stringify(line, jsonValue)
    lines.push(text)
    options.onLine?.(text)
  }
  const tick = (): { readonly event: number; readonly atMs: number; readonly time: { readonly time?: number } } => {
    events++
    // A clock of the day may be put back.
    const now = options.now && (lastMs = Math.max(lastMs, options.now()))
    return { event: events, atMs: now ?? events, time: now === undefined ? {} : { time: now } }
  }
  return {
    get history() {
      return operations
    },
    jsonl: () => lines.map((line) => `${line}\n`).join(''),
    invoke: (process, input) => {
      if (underWay.has(process)) {
        throw new RangeError(
          `Process ${process} already has an operation under way: end it first, or give the other a process of its own.`,
        )
      }
      underWay.add(process)
      const { event, atMs, time } = tick()
      const operation: Operation<Input, Output> = {
        id: operations.length,
        process,
        input,
        invokedAtMs: atMs,
        returnedAtMs: Infinity,
        outcome: 'info',
        invokedAtEvent: event,
      }
      operations.push(operation)
      tell({ type: 'invoke', process, input, ...time })
      return new OpenCall(operation, (type, words) => {
        underWay.delete(process)
        const end = tick()
        operation.outcome = type
        operation.returnedAtMs = end.atMs
        operation.returnedAtEvent = end.event
        tell({ type, process, ...words, ...end.time })
      })
    },
  }
}

type Finish = (type: Operation['outcome'], words: object) => void

class OpenCall<Output> implements RecordedEnd<Output> {
  private readonly operation: Operation<unknown, Output>
  private readonly finish: Finish
  private ended = false

  constructor(operation: Operation<any, Output>, finish: Finish) {
    this.operation = operation
    this.finish = finish
  }

  ok(output?: Output): void {
    this.end('ok', output === undefined ? {} : { output })
    this.operation.output = output
  }

  fail(reason?: string, told?: { readonly observed: Output }): void {
    this.end('fail', { ...(told && { observed: true, output: told.observed }), ...(reason && { error: reason }) })
    this.operation.reason = reason
    if (told === undefined) return
    this.operation.observed = true
    this.operation.output = told.observed
  }

  info(reason?: string): void {
    this.end('info', reason ? { error: reason } : {})
    this.operation.reason = reason
  }

  private end(type: Operation['outcome'], words: object): void {
    if (this.ended) throw new RangeError(`The operation of process ${this.operation.process} has ended already.`)
    this.ended = true
    this.finish(type, words)
  }
}

/** What JSON has no form for: Sets and Maps as lists. */
function jsonValue(_name: string, value: unknown): unknown {
  if (value instanceof Set || value instanceof Map) return [...value]
  return typeof value === 'bigint' ? String(value) : value
}
