import type { Millis, NodeId, Tagged } from '../../sim/machine.ts'

/**
 * Faults of a node's links, made by the node's own process on everything it is about to put on the wire: no privileges
 * are needed, and a partition is both ends told of it. Without such a layer a host asks nothing and pays nothing.
 */
export interface LinkFaults {
  /**
   * Asked once of each datagram. One time for each copy that goes out, in milliseconds from now: `[0]` as if nothing
   * was wrong, `[]` lost, `[40]` late, `[0, 12]` doubled.
   */
  readonly datagram: (to: NodeId, message: Tagged) => readonly Millis[]
  /**
   * Asked once of each message on a stream, and, with undefined, of each sign of life that an idle one sends. How long
   * it is held: what is said after it waits with it, as a stream keeps its order. `cut` breaks the connection.
   */
  readonly frame: (to: NodeId, message: Tagged | undefined) => Millis | 'cut'
  /** Asked before an attempt to connect, and of one that comes in. False: it fails. */
  readonly connects: (peer: NodeId) => boolean
}
