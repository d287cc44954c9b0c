import type { Entry } from './entry.ts'
import type { Operation } from '../history.ts'
import { inWords } from '../plain.ts'
import { INITIAL } from './precedence.ts'
import type { Precedence, Step } from './precedence.ts'

/** A cycle of what must come before what, in sentences: first what each step follows from, and the contradiction last. */
export function contradictionInWords(
  precedence: Precedence,
  entries: readonly Entry[],
  cycle: readonly number[],
): string[] {
  const { steps } = precedence
  const needed = new Set<number>()
  const need = (number: number) => {
    for (const premise of steps[number]!.premises) need(premise)
    needed.add(number)
  }
  for (const number of cycle) need(number)
  const sentences = [...needed]
    .sort((left, right) => left - right)
    .map((number) => sentence(steps[number]!, precedence, entries))
  const last = sentences.pop()!
  return [...sentences, `However ${last}: a contradiction`]
}

/** Virtual milliseconds as seconds: `2.105`. */
export function seconds(milliseconds: number, digits = 3): string {
  return (milliseconds / 1000).toFixed(digits)
}

/** An order that is longer is told by its end. */
const LONGEST_ORDER = 12
const END_OF_ORDER = 8

/** Operations by their names, in order: `T1 < T2`; of many the last. */
export function orderInWords(names: readonly string[]): string {
  if (names.length <= LONGEST_ORDER) return names.join(' < ')
  return `of ${names.length} operations, the last of them ${names.slice(-END_OF_ORDER).join(' < ')}`
}

/**
 * When it returned, in seconds; the number of the event where the history has no times, as numbers of events then stand
 * for them.
 */
export function returnTime(operation: Operation, digits = 3): string {
  return isTimed(operation) ? seconds(operation.returnedAtMs, digits) : `event ${operation.returnedAtEvent}`
}

/** When it was invoked, in the same way. */
export function invocationTime(operation: Operation, digits = 3): string {
  return isTimed(operation) ? seconds(operation.invokedAtMs, digits) : `event ${operation.invokedAtEvent}`
}

function isTimed({ invokedAtMs, returnedAtMs, invokedAtEvent, returnedAtEvent = Infinity }: Operation): boolean {
  return invokedAtMs !== invokedAtEvent || returnedAtMs !== returnedAtEvent
}

/** That one had returned when another was invoked, with as many digits as tell the times apart. */
export function realTimeInWords(earlierName: string, earlier: Operation, laterName: string, later: Operation): string {
  const digits = seconds(earlier.returnedAtMs) === seconds(later.invokedAtMs) ? 6 : 3
  return `${earlierName} returned at ${returnTime(earlier, digits)} and ${laterName} was invoked at ${invocationTime(later, digits)}`
}

function sentence(step: Step, { views }: Precedence, entries: readonly Entry[]): string {
  const found = (reader: number) => inWords(views[reader]!.found)
  if (step.kind === 'excluded') {
    const why =
      step.overwriter === undefined ? `${name(step.writer)} came later` : `${name(step.overwriter)} overwrote it before`
    return `${name(step.reader)} cannot have read the ${valueOf(step.writer, found(step.reader))}, because ${why}`
  }
  const relation = `${name(step.before)} < ${name(step.after)}, because`
  switch (step.kind) {
    case 'real time':
      return `${relation} ${realTime(step.before, step.after, entries)}`
    case 'read from':
      return `${relation} ${name(step.after)} read ${found(step.after)}, which ${name(step.before)} wrote`
    case 'overwritten':
      return `${relation} ${name(step.before)} read the ${valueOf(step.source, found(step.before))}, which ${name(step.after)} overwrote`
    case 'overwrote':
      return `${relation} ${name(step.reader)}, which came after ${name(step.before)}, read the ${valueOf(step.after, found(step.reader))}`
  }
}

function realTime(before: number, after: number, entries: readonly Entry[]): string {
  const earlier = entries[before]!.operation
  const later = entries[after]!.operation
  if (earlier.returnedAtMs === later.invokedAtMs)
    return `${name(after)} was invoked when ${name(before)} had returned, at ${returnTime(earlier)}`
  return realTimeInWords(name(before), earlier, name(after), later)
}

function valueOf(writer: number, value: string): string {
  return writer === INITIAL ? `initial ${value}` : `${value} of ${name(writer)}`
}

function name(operation: number): string {
  return `T${operation + 1}`
}
