import type { NodeId } from '../../sim/machine.ts'
import type { Position } from '../ring/ring.ts'

/** A member of the ring, present or past. */
export interface Member {
  /** A UUID, drawn when the node first ran on this disk. */
  readonly id: string
  /** For people. */
  readonly name: string
  /** Where it is reached; the name that messages are sent to. */
  readonly uri: NodeId
  readonly tokens: readonly Position[]
}

/** So many places on the ring a member may take. */
export const MOST_TOKENS = 1_024
