import type { Operation } from '../../checks/history.ts'
import type { Violation } from '../../checks/verdict.ts'
import type { CheckedFile } from '../check-document.ts'
import { dataWords } from '../data.ts'
import { duration, plural } from '../words.ts'

/** Operations in columns: one row of each list is one operation, in the order of their invocation. */
export interface TimelineColumns {
  /** Numbers into the list of processes, and of keys; -1 where there is no key. */
  readonly process: readonly number[]
  readonly key: readonly number[]
  /** Milliseconds; null where it never returned. */
  readonly from: readonly number[]
  readonly to: readonly (number | null)[]
  /** Numbers of events, which order what has the same time; lines of the file, mostly. 0 where there are none. */
  readonly fromEvent: readonly number[]
  readonly toEvent: readonly number[]
  readonly outcome: readonly Operation['outcome'][]
  readonly words: readonly string[]
}

export interface TimelineViolation {
  readonly property: string
  readonly summary: string
  readonly because: readonly string[]
  /** Rows of the columns, T1 first. */
  readonly core: readonly number[]
  /** The row that no order has a place for, or -1. */
  readonly stuck: number
  readonly attempts: readonly { readonly order: readonly number[]; readonly state: string }[]
}

export interface TimelineFile {
  readonly name: string
  readonly model: string
  readonly verdict: string
  readonly about: string
  readonly timed: boolean
  readonly processes: readonly string[]
  readonly keys: readonly string[]
  readonly operations: TimelineColumns
  readonly violations: readonly TimelineViolation[]
  /** Orders in which the operations can have come, as rows. */
  readonly orders: readonly (readonly number[])[]
}

/** What the page shows of a file. */
export function timelineFile(file: CheckedFile): TimelineFile {
  const { name, subject, verdict, history, timed, wallMs } = file
  const rowOf = new Map(history.map(({ id }, row) => [id, row]))
  const rows = (ids: readonly number[]) => ids.flatMap((id) => rowOf.get(id) ?? [])
  const processes = new Numbering()
  const keys = new Numbering()
  const figures = [plural(history.length, 'operation'), plural(verdict.steps, 'step'), duration(wallMs)]
  const reason = verdict.verdict === 'unknown' ? [verdict.reason] : []
  return {
    name,
    model: subject.name,
    verdict: verdict.verdict,
    about: [...figures, ...reason].join(', '),
    timed,
    operations: {
      process: history.map(({ process }) => processes.of(process)),
      key: history.map(({ input }) => keyOf(input, keys)),
      from: history.map(({ invokedAtMs }) => invokedAtMs),
      to: history.map(({ returnedAtMs }) => (Number.isFinite(returnedAtMs) ? returnedAtMs : null)),
      fromEvent: history.map(({ invokedAtEvent = 0 }) => invokedAtEvent),
      toEvent: history.map(({ returnedAtEvent = 0 }) => returnedAtEvent),
      outcome: history.map(({ outcome }) => outcome),
      words: history.map((operation) => wordsOf(operation, file)),
    },
    processes: processes.names,
    keys: keys.names,
    violations:
      verdict.verdict === 'violated' ? verdict.violations.map((violation) => violationOf(violation, rows)) : [],
    orders: verdict.verdict === 'ok' ? (verdict.orders ?? []).map(({ order }) => rows(order)) : [],
  }
}

function violationOf(violation: Violation, rows: (ids: readonly number[]) => number[]): TimelineViolation {
  const { property, summary, because, operations, blocked, attempts = [] } = violation
  return {
    property,
    summary,
    because,
    core: rows(operations),
    stuck: blocked === undefined ? -1 : (rows([blocked])[0] ?? -1),
    attempts: attempts.map(({ order, state }) => ({ order: rows(order), state: dataWords(state) })),
  }
}

function wordsOf(operation: Operation, { subject }: CheckedFile): string {
  const { input, output, outcome, observed, reason } = operation
  const told = outcome === 'ok' || observed === true
  const why = reason === undefined ? '' : ` (${reason})`
  return `${subject.describe(input, told ? (output ?? null) : undefined)}${why}`
}

function keyOf(input: unknown, keys: Numbering): number {
  const key = typeof input === 'object' && input !== null ? (input as { readonly key?: unknown }).key : undefined
  return typeof key === 'string' ? keys.of(key) : -1
}

/** Names, numbered in the order in which they first come. */
class Numbering {
  readonly names: string[] = []
  private readonly numbers = new Map<string, number>()

  of(name: string): number {
    let number = this.numbers.get(name)
    if (number === undefined) {
      number = this.names.length
      this.numbers.set(name, number)
      this.names.push(name)
    }
    return number
  }
}
