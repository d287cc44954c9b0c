import type { Rules } from '../chord.ts'

/** A real bug, as one other rule. What it needs to show, and how rare that is, is an estimate. */
export interface ChordBug {
  readonly id: string
  readonly about: string
  readonly violates: string
  readonly rarity: 'common' | 'rare' | 'very rare'
  readonly rules: Partial<Rules>
}
