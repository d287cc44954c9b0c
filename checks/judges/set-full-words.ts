import { counted, finding, listed } from './finding.ts'
import type { Finding } from './finding.ts'
import type { Operation } from '../history.ts'
import { identity } from './identity.ts'
import type { Entry } from '../linearizability/entry.ts'
import { invocationTime, returnTime } from '../linearizability/sentences.ts'
import { inWords } from '../plain.ts'
import type { Element, SetFullInput } from './elements.ts'

/** What is wrong with the reads of a set, each kind of breach at its first example. */

export function misread(reads: readonly Entry[]): Finding | undefined {
  const [read] = reads
  if (read === undefined) return undefined
  return finding([read.operation], () => ({
    shape: 'no set',
    summary: `${counted(reads.length, 'read')} of the set answered something that is no set`,
    because: [`T1 read ${inWords(read.output)}, which is no set: a contradiction`],
  }))
}

/** @param operations all of them, also those that failed: a value may be that of one. */
export function uncalledFor(
  elements: readonly Element[],
  operations: readonly Operation<SetFullInput>[],
): Finding | undefined {
  const [element] = elements
  if (element === undefined) return undefined
  const { value, add, known } = element
  const read = known!.operation
  const words = inWords(value)
  const summary = `${counted(elements.length, 'value')} in the set that nobody had added: ${listed(valuesIn(elements))}`
  const failed = operations.find(
    ({ input, outcome }) => outcome === 'fail' && input.action === 'add' && identity(input.value) === identity(value),
  )
  const source = add?.operation ?? failed
  return finding(source === undefined ? [read] : [source, read], (name) => {
    if (source === undefined) {
      return {
        shape: 'value nobody added',
        summary,
        because: [`T1 read ${words}, which nobody added: a contradiction`],
      }
    }
    if (add === undefined) {
      return {
        shape: 'value of a failed add',
        summary,
        because: [`${name(source)} failed to add ${words}`, `However ${name(read)} read ${words}: a contradiction`],
      }
    }
    return {
      shape: 'value from the future',
      summary,
      because: [
        `${name(read)} read ${words}, and returned at ${returnTime(read)}`,
        `However ${name(source)}, which added it, was invoked at ${invocationTime(source)}: a contradiction`,
      ],
    }
  })
}

export function doubled(twice: ReadonlyMap<Element, Entry>): Finding | undefined {
  const [first] = twice
  if (first === undefined) return undefined
  const [{ value }, read] = first
  const values = listed(valuesIn([...twice.keys()]))
  return finding([read.operation], () => ({
    shape: 'value twice in a set',
    summary: `${counted(twice.size, 'value is', 'values are')} in the set more than once: ${values}`,
    because: [`T1 read ${inWords(value)} twice: a contradiction`],
  }))
}

export function lost(elements: readonly Element[]): Finding | undefined {
  if (elements.length === 0) return undefined
  return missing(elements, {
    shape: 'lost value',
    summary: `${counted(elements.length, 'value was', 'values were')} lost: ${listed(valuesIn(elements))}`,
    ending: 'without it, and no later read has it',
  })
}

export function stale(elements: readonly Element[]): Finding | undefined {
  if (elements.length === 0) return undefined
  return missing(elements, {
    shape: 'stale read',
    summary: `${counted(elements.length, 'value was', 'values were')} missed by a read that came later: ${listed(valuesIn(elements))}`,
    ending: 'without it',
  })
}

function missing(
  elements: readonly Element[],
  { shape, summary, ending }: { readonly shape: string; readonly summary: string; readonly ending: string },
): Finding {
  const { value, add, known, lastAbsent } = elements[0]!
  const words = inWords(value)
  const [certain, read] = [known!.operation, lastAbsent!.operation]
  return finding([add!.operation, certain, read], (name) => ({
    shape,
    summary,
    because: [
      known === add
        ? `${name(certain)} added ${words}, and returned at ${returnTime(certain)}`
        : `${name(certain)} read ${words}, which ${name(add!.operation)} added, and returned at ${returnTime(certain)}`,
      `However ${name(read)}, invoked at ${invocationTime(read)}, read the set ${ending}: a contradiction`,
    ],
  }))
}

function valuesIn(elements: readonly Element[]): readonly unknown[] {
  return elements.map(({ value }) => value)
}
