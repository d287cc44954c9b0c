import type { NodeId, Tagged } from '../../sim/machine.ts'
import type { Drops } from '../host/drops.ts'
import type { HostLimits } from '../host/limits.ts'
import type { LinkFaults } from '../host/link-faults.ts'
import type { AddressBook } from './address-book.ts'
import type { MessageTypes } from './message-types.ts'

/** Who hears what comes in. */
export interface LinkListener {
  /** True where more is said than the disk takes: what can be lost is dropped, what can wait waits. */
  readonly isBusy: () => boolean
  /** A valid message; its bytes hold until this returns. */
  readonly received: (from: NodeId, message: Tagged, bytes: Uint8Array) => void
  readonly peerChanged: (peer: NodeId, status: 'up' | 'down') => void
}

/** What the links of one incarnation share. */
export interface LinkContext {
  readonly self: NodeId
  /** When the incarnation began, in milliseconds since the epoch. */
  readonly incarnation: number
  /** Names that nobody outside may speak under: the node's own, and those of services in its process. */
  readonly reserved: ReadonlySet<NodeId>
  readonly book: AddressBook
  readonly types: MessageTypes
  readonly limits: HostLimits
  readonly drops: Drops
  readonly faults: LinkFaults | undefined
  readonly listener: LinkListener
  /** Called before bytes leave. */
  readonly beforeLeaving?: (() => void) | undefined
}
