import { verdictOf } from './earliest.ts'
import type { Outcome } from './earliest.ts'
import type { Entry } from '../entry.ts'
import { growingSet } from './growing-set.ts'
import { membersOf } from './members.ts'
import type { Member } from './members.ts'
import type { Collection } from '../../model.ts'
import { separateMembers } from './separate-members.ts'
import type { Specialist } from '../specialist.ts'
import { inOrderOfMoments } from './timeline.ts'

/**
 * A set into which each value was put once at most, and from which each was taken once at most, if nobody asked for all
 * values; then each value is judged by itself. Where some did, a set from which nothing was taken. Time: that of sorting
 * the operations and of reading all answers.
 */
export const onceInsertedSet: Specialist = (entries, { collection }) => {
  if (collection?.kind !== 'set') return undefined
  return verdictOf(
    entries,
    (some) => decide(some, collection),
    () => [],
  )
}

function decide<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  collection: Collection<Input, Output>,
): Outcome<Input, Output> {
  const members = membersOf(entries, collection)
  if (members === undefined) return undefined
  const { list, readings } = members
  const removalsOf = ({ removals, triedRemovals }: Member) => removals.length + triedRemovals.length
  if (list.some((member) => member.insertions.length > 1 || removalsOf(member) > 1)) return undefined
  if (readings.length > 0 && list.some((member) => removalsOf(member) > 0)) return undefined
  const finding = readings.length > 0 ? growingSet(members, entries) : separateMembers(members, entries)
  if ('conflict' in finding) {
    const core = [...new Set(finding.conflict)].sort((left, right) => left - right)
    return { core: core.map((operation) => entries[operation]!) }
  }
  return { order: () => inOrderOfMoments(finding.placed).map((operation) => entries[operation]!) }
}
