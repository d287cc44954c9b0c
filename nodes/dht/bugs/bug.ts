import type { Rules } from '../dht.ts'

/** A real bug of the literature, or a hole of the published design, as other rules. How rare it is, is an estimate. */
export interface DhtBug {
  readonly id: string
  readonly about: string
  readonly violates: string
  readonly rarity: 'common' | 'rare' | 'very rare'
  readonly rules: Partial<Rules>
}
