import type { ClusterView } from '../../checks/property.ts'

/**
 * How datagrams travel. `unordered`: each arrives at most once, in any order. `duplicating`: each may arrive again and
 * again, in any order. `ordered`: what one node sends another arrives in the order it was sent. Messages whose type is
 * a stream are always ordered.
 */
export type NetworkKind = 'unordered' | 'duplicating' | 'ordered'

/**
 * What makes a world small enough to be explored in full. A count of `Infinity` leaves that thing unbounded, and then
 * it is not counted in the states either.
 */
export interface Bounds {
  /** Steps from the start, at most. */
  readonly depth: number
  /** The search ends, without a verdict, when it has met more different states. */
  readonly maxStates: number
  /** How often the timers of one node may fire, all together. */
  readonly timeouts: number
  /** Only timers of these names fire; all, unless given. */
  readonly timers?: readonly string[] | undefined
  /** How many datagrams may be lost, arrive twice. */
  readonly drops: number
  readonly duplicates: number
  /** How many processes may be killed (the page cache stays), may lose their power (it goes). */
  readonly kills: number
  readonly powerLosses: number
  readonly network: NetworkKind
  /** `immediate`: a sync is part of the step that asks for it. `pending`: it is a step of its own, and a crash may come first. */
  readonly syncs: 'immediate' | 'pending'
  /** Take states for one that differ only by the names of interchangeable nodes. */
  readonly symmetry: boolean
  /** Leave out a step where another order of the same steps leads to the same state. */
  readonly partialOrder: boolean
  /** States outside are neither counted nor explored further. */
  readonly within?: ((view: ClusterView) => boolean) | undefined
}

/** No faults, everything else as far as it goes. */
export const defaultBounds: Bounds = {
  depth: Infinity,
  maxStates: 1_000_000,
  timeouts: Infinity,
  drops: 0,
  duplicates: 0,
  kills: 0,
  powerLosses: 0,
  network: 'unordered',
  syncs: 'immediate',
  symmetry: false,
  partialOrder: false,
}
