import type { Operation } from '../history.ts'
import type { Figure, Judgement } from './judge.ts'
import { inWords } from '../plain.ts'
import type { Violation } from '../verdict.ts'

/** One kind of breach, told at its first example. */
export interface Finding extends Pick<Violation, 'shape' | 'summary' | 'because'> {
  /** T1 first. */
  readonly operations: readonly Operation[]
}

/** An operation's name in sentences: `T1`. */
export type Naming = (operation: Operation) => string

/** Names the operations T1, T2 … in the order of their invocation, and has the finding told with these names. */
export function finding(
  operations: readonly Operation[],
  tell: (name: Naming) => Pick<Violation, 'shape' | 'summary' | 'because'>,
): Finding {
  const ordered = [...new Set(operations)].sort(
    (left, right) => left.invokedAtMs - right.invokedAtMs || left.id - right.id,
  )
  return { ...tell((operation) => `T${ordered.indexOf(operation) + 1}`), operations: ordered }
}

/** `violated` where anything was found, one violation for each finding, the earliest first; `ok` otherwise. */
export function judgementOf(
  property: string,
  steps: number,
  findings: readonly (Finding | undefined)[],
  figures: readonly Figure[],
): Judgement {
  const violations = findings.flatMap((found) => (found === undefined ? [] : [violationOf(property, found)]))
  if (violations.length === 0) return { verdict: 'ok', steps, figures }
  return { verdict: 'violated', steps, violations: violations.sort((left, right) => left.atMs - right.atMs), figures }
}

function violationOf(property: string, { operations, ...told }: Finding): Violation {
  const ended = operations.filter(({ returnedAtMs }) => returnedAtMs !== Infinity)
  const last = ended.reduce<Operation | undefined>(
    (latest, operation) => (latest === undefined || operation.returnedAtMs > latest.returnedAtMs ? operation : latest),
    undefined,
  )
  return {
    property,
    ...told,
    operations: operations.map(({ id }) => id),
    atMs: last?.returnedAtMs ?? operations.at(-1)?.invokedAtMs ?? 0,
    atEvent: last === undefined ? operations.at(-1)?.invokedAtEvent : last.returnedAtEvent,
  }
}

/** `1 element`, `3 elements`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

const LISTED_AT_MOST = 5

/** `4, 7, 9`; of many, the first few. */
export function listed(values: readonly unknown[]): string {
  const words = values.slice(0, LISTED_AT_MOST).map(inWords).join(', ')
  return values.length <= LISTED_AT_MOST ? words : `${words} and ${values.length - LISTED_AT_MOST} more`
}
