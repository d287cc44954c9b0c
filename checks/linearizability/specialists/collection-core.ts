import type { Entry } from '../entry.ts'
import type { Collection } from '../../model.ts'
import { NOBODY } from './reads-from.ts'
import type { Stay, Stays } from './stays.ts'
import { ValueNumbers } from './value-numbers.ts'

/**
 * All operations of some values, and some that found nothing. Where a value is among them that a crashed operation may
 * have taken, those that were invoked before all was over are added, and values inserted before it, which compete with it.
 */
export function coreOfStays<Input, Output>(
  values: readonly Stay[],
  empties: readonly number[],
  { staying, crashedTakes }: Stays,
  entries: readonly Entry<Input, Output>[],
): Entry<Input, Output>[] {
  const core = new Set(empties)
  const add = ({ inserted, taken }: Stay) => {
    core.add(inserted)
    if (taken !== NOBODY) core.add(taken)
  }
  values.forEach(add)
  const end = completedAt([...core].map((operation) => entries[operation]!))
  const rivals = crashedTakes.filter((operation) => entries[operation]!.invoked < end)
  const known = new Set(staying)
  const last = Math.max(...values.map((stay) => (known.has(stay) ? stay.insertTo : -1)))
  if (rivals.length > 0 && last >= 0) {
    staying.filter(({ insertTo }) => insertTo <= last).forEach(({ inserted }) => core.add(inserted))
    rivals.forEach((operation) => core.add(operation))
  }
  return [...core].sort((left, right) => left - right).map((operation) => entries[operation]!)
}

/**
 * What may be left out of a core together: all operations of one value; one that found nothing; a crashed one that was
 * invoked when all others had returned. In an order without them every other answer is as it was.
 */
export function partsOf<Input, Output>(
  core: readonly Entry<Input, Output>[],
  { view }: Collection<Input, Output>,
): readonly (readonly Entry<Input, Output>[])[] {
  const numbers = new ValueNumbers()
  const byValue: Entry<Input, Output>[][] = []
  const others: Entry<Input, Output>[][] = []
  const end = completedAt(core)
  for (const entry of core) {
    const seen = view(entry.input, entry.output)
    const value = seen !== undefined && 'value' in seen ? seen.value : undefined
    if (value !== undefined) (byValue[numbers.numberOf(value)] ??= []).push(entry)
    else if (entry.returned !== Infinity || entry.invoked > end) others.push([entry])
  }
  return [...others, ...byValue]
}

function completedAt(entries: readonly Entry[]): number {
  return entries.reduce((last, { returned }) => (returned === Infinity ? last : Math.max(last, returned)), -1)
}
