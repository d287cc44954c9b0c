import { sometimes, type NodeView, type SometimesProperty } from '../../checks/property.ts'
import { dhtState } from './dht-state.ts'
import type { Tally } from './state.ts'

/** What a sweep must have seen, or its silence on the properties means little: counts that nodes keep. */
function counted(name: string, count: keyof Tally): SometimesProperty {
  return sometimes(
    name,
    (_view, counts: Map<string, number>, changed) => rose(counts, changed, dhtState(changed)?.tally[count] ?? 0),
    () => new Map<string, number>(),
  )
}

/** True where a node's count is higher than it was after its last event. */
function rose(counts: Map<string, number>, { id }: NodeView, count: number): boolean {
  const before = counts.get(id) ?? 0
  if (count !== before) counts.set(id, count)
  return count > before
}

const leftTheRing: SometimesProperty<Map<string, string>> = sometimes(
  'a member left',
  (_view, standings: Map<string, string>, changed) => {
    const standing = dhtState(changed)?.standing
    if (standing === undefined) return false
    const before = standings.get(changed.id)
    if (standing !== before) standings.set(changed.id, standing)
    return before === 'leaving' && standing === 'removed'
  },
  () => new Map(),
)

export const dhtSightings: readonly SometimesProperty[] = [
  counted('request forwarded', 'forwarded'),
  counted('another view refused', 'refusedViews'),
  counted('a stand-in took a write', 'standIns'),
  counted('a copy handed over', 'handedOver'),
  counted('a copy fetched', 'fetched'),
  counted('read repair', 'readRepairs'),
  counted('replicas compared and repaired', 'repaired'),
  counted('a deletion forgotten', 'collected'),
  counted('siblings shown to a client', 'siblingsShown'),
  counted('quorums in several rings', 'jointQuorums'),
  leftTheRing,
]
