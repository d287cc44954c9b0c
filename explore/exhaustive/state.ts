import type { AnyMachine, NodeId, Tagged, TimerName } from '../../sim/machine.ts'
import type { NodeView } from '../../checks/property.ts'
import type { DiskState } from './disk.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { SmallHistory } from './history.ts'
import type { InFlight } from './network.ts'

/** Something a node said, to be carried out in program order. */
export type Said =
  | { readonly kind: 'send'; readonly to: number; readonly message: Tagged }
  | { readonly kind: 'write' }
  | { readonly kind: 'sync' }
  | { readonly kind: 'exit'; readonly reason: string }

/** A timer that is armed; in a world without time it may fire at once, or never. */
export interface ArmedTimer {
  readonly key: string
  readonly timer: TimerName
}

/** A node at one moment. It is never changed: a step puts another in its place. */
export interface Cell extends NodeView {
  readonly index: number
  readonly id: NodeId
  /** Its process ended in good order, as it asked to. */
  readonly ended: boolean
  readonly machine: AnyMachine | undefined
  /** By key. */
  readonly timers: readonly ArmedTimer[]
  /** How often its timers fired, where that is bounded. */
  readonly fired: number
  /** Numbers that its incarnation drew and that are not explored. */
  readonly drawn: number
  readonly disk: DiskState
  /** What it said and what waits behind the sync under way. */
  readonly backlog: readonly Said[]
  /** One for each renaming of nodes, of everything but the disk. */
  readonly prints: readonly Fingerprint[]
}

/** What has been used up of what is bounded. */
export interface Spent {
  readonly drops: number
  readonly duplicates: number
  readonly kills: number
  readonly powerLosses: number
}

/** What the properties remember, and what stands for it, one for each renaming of nodes. */
export interface Memory {
  readonly values: readonly unknown[]
  /** A copy of them that nobody uses, where there is one. */
  spare: readonly unknown[] | undefined
  /** True where an object of a node's state is remembered that was never sent. */
  readonly pointsIntoStates: boolean
  /** Of what is remembered of all nodes together, without what is of each by itself. */
  readonly common: Fingerprint
  readonly prints: readonly Fingerprint[]
}

/** The whole world at one moment; never changed. */
export interface SmallState {
  readonly cells: readonly Cell[]
  readonly inFlight: InFlight
  readonly history: SmallHistory
  readonly memory: Memory
  readonly spent: Spent
}
