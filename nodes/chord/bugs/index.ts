import type { Rules } from '../chord.ts'
import type { ChordBug } from './bug.ts'
import { membershipBugs } from './membership.ts'
import { pairBugs } from './pairs.ts'
import { publishedBugs } from './published.ts'

export type { ChordBug } from './bug.ts'

/** In the order of their ids. */
export const chordBugs: readonly ChordBug[] = [...publishedBugs, ...membershipBugs, ...pairBugs]

/** The rules that the bug changes; none without one or with one of another system. */
export function bugRules(id: string | undefined): Partial<Rules> {
  return chordBugs.find((bug) => bug.id === id)?.rules ?? {}
}
