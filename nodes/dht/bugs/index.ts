import type { Rules } from '../dht.ts'
import type { DhtBug } from './bug.ts'

export type { DhtBug } from './bug.ts'

/** In the order of their ids. */
export const dhtBugs: readonly DhtBug[] = []

/** The rules that the bug changes; none without one or with one of another system. */
export function bugRules(id: string | undefined): Partial<Rules> {
  return dhtBugs.find((bug) => bug.id === id)?.rules ?? {}
}
