import { identity } from './identity.ts'
import { valuesOf } from '../history.ts'
import type { Entry } from '../linearizability/entry.ts'

export type SetFullInput =
  | { readonly action: 'add'; readonly value: unknown }
  /** Answers all that is in the set: an array or a Set. */
  | { readonly action: 'read' }

/** What became of one value. */
export interface Element {
  readonly value: unknown
  /** Who added it; undefined where nobody did who may have succeeded. */
  readonly add: Entry | undefined
  /** Whose return made it certain that it is in the set, by an answer to the add or by reading it. */
  known: Entry | undefined
  /** Of the reads that saw it, and of those that did not, the one invoked last. */
  lastPresent: Entry | undefined
  lastAbsent: Entry | undefined
}

export interface Followed {
  readonly elements: ReadonlyMap<unknown, Element>
  /** Values that a read had twice, and the first read that had. */
  readonly twice: ReadonlyMap<Element, Entry>
  readonly steps: number
}

/**
 * What the adds and the reads tell about each value that was added or read.
 *
 * @param entries in the order of their invocation, `reads` those of them that answered a collection.
 */
export function follow(entries: readonly Entry<SetFullInput, unknown>[], reads: readonly Entry[]): Followed {
  const elements = new Map<unknown, Element>()
  const twice = new Map<Element, Entry>()
  const elementOf = (value: unknown, add: Entry | undefined): Element => {
    const key = identity(value)
    const known = elements.get(key)
    if (known !== undefined) return known
    const element: Element = { value, add, known: undefined, lastPresent: undefined, lastAbsent: undefined }
    elements.set(key, element)
    return element
  }
  for (const entry of entries) {
    if (entry.input.action !== 'add') continue
    const element = elementOf(entry.input.value, entry)
    if (entry.returned < (element.known?.returned ?? Infinity)) element.known = entry
  }
  let steps = entries.length
  for (const read of reads) {
    for (const value of valuesOf(read.output)!) {
      const element = elementOf(value, undefined)
      if (element.lastPresent === read && !twice.has(element)) twice.set(element, read)
      element.lastPresent = read
      if (read.returned < (element.known?.returned ?? Infinity)) element.known = read
      steps += 1
    }
  }
  return { elements, twice, steps: steps + missed(reads, elements) }
}

/**
 * Finds for each element the last read that missed it. Going back from the last read, an element is looked at as long
 * as reads have it and once more, so the work is that of going over the answers.
 */
function missed(reads: readonly Entry[], elements: ReadonlyMap<unknown, Element>): number {
  let undecided = [...elements.values()]
  let steps = 0
  for (const read of [...reads].reverse()) {
    const present = new Set(valuesOf(read.output)!.map(identity))
    steps += present.size + undecided.length
    undecided = undecided.filter((element) => {
      if (present.has(identity(element.value))) return true
      element.lastAbsent = read
      return false
    })
  }
  return steps
}

export function isStable({ lastPresent, lastAbsent }: Element): boolean {
  return lastPresent !== undefined && (lastAbsent === undefined || lastAbsent.invoked < lastPresent.invoked)
}

export function isLost(element: Element): boolean {
  const { known, lastAbsent } = element
  return !isStable(element) && known !== undefined && lastAbsent !== undefined && known.returned < lastAbsent.invoked
}

export function isStale(element: Element): boolean {
  const { known, lastAbsent } = element
  return isStable(element) && lastAbsent !== undefined && known!.returned < lastAbsent.invoked
}
