import type { Rules } from '../raft.ts'

/** A real bug of the literature, as one other rule. What it needs to show, and how rare that is, is an estimate. */
export interface RaftBug {
  readonly id: string
  readonly about: string
  readonly violates: string
  readonly rarity: 'common' | 'rare' | 'very rare'
  readonly rules: Partial<Rules>
}
