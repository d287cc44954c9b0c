import type { DhtOptions, Rules } from '../dht.ts'

/**
 * A real bug of the literature, or a hole of the design as it was first published, as other rules, and where it is about
 * what the design has, other options. How rare it is, is an estimate.
 */
export interface DhtBug {
  readonly id: string
  readonly about: string
  readonly violates: string
  readonly rarity: 'common' | 'rare' | 'very rare'
  readonly rules: Partial<Rules>
  readonly options?: Partial<DhtOptions>
}
