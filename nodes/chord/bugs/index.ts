import type { Rules } from '../chord.ts'
import type { ChordBug } from './bug.ts'

export type { ChordBug } from './bug.ts'

/** In the order of their ids. */
export const chordBugs: readonly ChordBug[] = []

/** The rules that the bug changes; none without one or with one of another system. */
export function bugRules(id: string | undefined): Partial<Rules> {
  return chordBugs.find((bug) => bug.id === id)?.rules ?? {}
}
