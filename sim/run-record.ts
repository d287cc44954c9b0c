import type { HistoryRecorder, PlainData } from './machine.ts'
import type { PastOperation } from './past.ts'
import { TRACE_KINDS, type Trace, type TraceEvent, type TraceNote } from './trace.ts'

const CHECKPOINT_EVERY = 64

/**
 * The rolling 64-bit hash over every event's metadata, with checkpoints, and an optional hash of contents event by
 * event. Two lanes of 32 bits, as JavaScript has no fast 64-bit integers.
 */
export class TraceHash {
  events = 0
  private a = 0x9e3779b9 | 0
  private b = 0x85ebca6b | 0
  /** The first lane after each 64 events. */
  readonly checkpoints: number[] = []
  /** A hash of what each event held and did, by event number less one; kept under verification only. */
  readonly contents: number[] | undefined

  constructor(withContents: boolean) {
    this.contents = withContents ? [] : undefined
  }

  add(atUs: number, kind: number, node: number, label: number, number: number): void {
    const place = (kind << 24) ^ (node << 12) ^ label
    let a = Math.imul(this.a ^ atUs, 0x9e3779b1)
    a = Math.imul(a ^ (a >>> 15) ^ place, 0x85ebca77)
    this.a = Math.imul(a ^ (a >>> 13) ^ number, 0xc2b2ae3d)
    let b = Math.imul(this.b ^ place, 0x27d4eb2f)
    b = Math.imul(b ^ (b >>> 16) ^ number, 0x165667b1)
    this.b = Math.imul(b ^ (b >>> 14) ^ atUs, 0x9e3779b1)
    this.contents?.push(this.a)
    if (++this.events % CHECKPOINT_EVERY === 0) this.checkpoints.push(this.a)
  }

  addContent(hash: number): void {
    if (this.contents === undefined || this.events === 0) return
    this.contents[this.events - 1] = Math.imul(this.contents[this.events - 1]! ^ hash, 0x9e3779b1)
  }

  /** 16 hex digits. */
  get hex(): string {
    return hex(this.a ^ (this.a >>> 16)) + hex(this.b ^ (this.b >>> 16))
  }
}

/** What only some events have. */
export type EventDetails = Partial<Pick<TraceEvent, 'reason' | 'fault' | 'operation'>>

/** 8 hex digits of a 32-bit number. */
export function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}

/** Keeps the whole trace, for a run that someone will read. */
export class TraceRecorder {
  private readonly events: (Omit<TraceEvent, 'notes'> & { notes: TraceNote[] })[] = []

  /** `kind` is a number of `Kind`. */
  add(kind: number, event: Omit<TraceEvent, 'notes' | 'kind'>): void {
    this.events.push({ kind: TRACE_KINDS[kind]!, ...event, notes: [] })
  }

  note(event: string, detail: PlainData): void {
    this.events.at(-1)?.notes.push(detail === undefined ? { event } : { event, detail })
  }

  trace(nodes: readonly string[]): Trace {
    return { nodes, events: this.events }
  }
}

/** An operation of a client as the world records it: what `checks` calls an operation. */
export interface RecordedOperation {
  readonly id: number
  readonly process: string
  readonly input: PlainData
  readonly invokedAtMs: number
  readonly invokedAtEvent: number
  returnedAtMs: number
  returnedAtEvent: number | undefined
  outcome: 'ok' | 'fail' | 'info'
  output: PlainData
  reason: string | undefined
}

/** What the history needs of the world: the true time, and events with numbers. */
export interface HistoryHost {
  readonly nowUs: number
  /** Records the event and returns its number. */
  operationEvent(
    kind: 'invoke' | 'return',
    node: number,
    operation: number,
    body: PlainData,
    reason: string | undefined,
  ): number
}

/** The recorder of one node, which also hears that the node crashed. */
export interface NodeRecorder extends HistoryRecorder {
  crash(): void
}

/**
 * The history of all clients, in true time. After an operation whose outcome nobody knows the client goes on under a
 * new process name, since a process has only one operation under way.
 */
export class HistoryBook {
  readonly operations: RecordedOperation[] = []
  private readonly open = new Map<number, RecordedOperation>()
  private readonly begun = new Set<number>()
  private readonly host: HistoryHost

  /** What was done before the world began comes first: each by a process of its own, under a number below 0. */
  constructor(host: HistoryHost, past: readonly PastOperation[]) {
    this.host = host
    for (const [place, { input, outcome, output }] of past.entries()) {
      this.operations.push({
        id: -1 - place,
        process: `before ${place + 1}`,
        input,
        invokedAtMs: -2,
        invokedAtEvent: 0,
        returnedAtMs: outcome === 'ok' ? -1 : Infinity,
        returnedAtEvent: outcome === 'ok' ? 0 : undefined,
        outcome,
        output,
        reason: undefined,
      })
    }
  }

  recorderFor(node: { readonly id: string; readonly index: number }): NodeRecorder {
    let generation = 1
    const end = (operation: number, outcome: 'ok' | 'fail' | 'info', output: PlainData, reason?: string): void => {
      const record = this.open.get(operation)
      if (record === undefined) throw new Error(`operation ${operation} ended as ${outcome}, but it is not under way`)
      this.open.delete(operation)
      record.outcome = outcome
      record.output = output
      record.reason = reason
      record.returnedAtEvent = this.host.operationEvent('return', node.index, operation, output, reason ?? outcome)
      record.returnedAtMs = outcome === 'info' ? Infinity : this.host.nowUs / 1000
      if (outcome === 'info') generation++
    }
    return {
      begun: (operation) => this.begun.has(operation),
      invoke: (operation, input) => {
        if (this.begun.has(operation)) throw new Error(`operation ${operation} was invoked twice`)
        this.begun.add(operation)
        const record: RecordedOperation = {
          id: operation,
          process: generation === 1 ? node.id : `${node.id}/${generation}`,
          input,
          invokedAtMs: this.host.nowUs / 1000,
          invokedAtEvent: this.host.operationEvent('invoke', node.index, operation, input, undefined),
          returnedAtMs: Infinity,
          returnedAtEvent: undefined,
          outcome: 'info',
          output: undefined,
          reason: undefined,
        }
        this.operations.push(record)
        this.open.set(operation, record)
      },
      ok: (operation, output) => end(operation, 'ok', output),
      fail: (operation, reason) => end(operation, 'fail', undefined, reason),
      info: (operation, reason) => end(operation, 'info', undefined, reason),
      crash: () => {
        const later = `${node.id}/`
        const mine = [...this.open.values()].filter(({ process }) => process === node.id || process.startsWith(later))
        for (const { id } of mine) this.open.delete(id)
        for (const record of mine) record.reason = 'the client crashed'
        if (mine.length > 0) generation++
      },
    }
  }
}
