import type { DhtOptions, Rules } from '../dht.ts'
import type { DhtBug } from './bug.ts'
import { literatureBugs } from './literature.ts'
import { publishedHoles } from './published.ts'

export type { DhtBug } from './bug.ts'

/** In the order of their ids. */
export const dhtBugs: readonly DhtBug[] = [...literatureBugs, ...publishedHoles].sort((one, other) =>
  one.id < other.id ? -1 : 1,
)

function find(id: string | undefined): DhtBug | undefined {
  return dhtBugs.find((bug) => bug.id === id)
}

/** The rules that the bug changes; none without one or with one of another system. */
export function bugRules(id: string | undefined): Partial<Rules> {
  return find(id)?.rules ?? {}
}

/** And the options. */
export function bugOptions(id: string | undefined): Partial<DhtOptions> {
  return find(id)?.options ?? {}
}
