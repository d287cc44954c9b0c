import type { NodeId, Tagged } from '../../sim/machine.ts'

/**
 * A peer of the machine that lives in this process: an HTTP edge, a supervisor. What the machine sends to its name
 * comes here, and never touches a wire.
 */
export interface PeerService {
  /** `deliver` hands the machine a message from this peer; false where the node takes none any more. */
  readonly start: (deliver: (message: Tagged) => boolean) => Promise<void>
  readonly receive: (message: Tagged) => void
  /** Ends what it has begun; nothing of it is left when the promise resolves. */
  readonly stop: () => Promise<void>
}

export type PeerServices = Readonly<Record<NodeId, PeerService>>
