import type { DiskErrorCode, Millis } from '../../sim/machine.ts'

/**
 * Faults of a node's disk, made by the node's own disk layer before it touches a file. What a disk does when the power
 * fails, nobody can make for real without owning the machine: that is left to simulation.
 */
export interface DiskFaults {
  /** Asked of each operation: an error for it to end with, or undefined. `grow` is what needs room: append and write. */
  readonly operation: (use: 'read' | 'grow' | 'change', path: string) => DiskErrorCode | undefined
  /** Asked before each sync: how many milliseconds longer it takes, or `fails`, which stops the node. */
  readonly sync: () => Millis | 'fails'
  /** True: what is written stays in the process until the next sync, so that a kill loses it. */
  readonly holdsBack?: boolean
}
