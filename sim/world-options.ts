import type { Fault } from './faults.ts'
import type { Fork } from './forks.ts'
import type { Millis, NodeId } from './machine.ts'
import type { NetworkOptions } from './network.ts'
import type { SimulatedNode, WorldNode } from './node.ts'
import type { PastOperation } from './past.ts'
import type { Protocol } from './protocol.ts'

export const QUIET_NETWORK: NetworkOptions = { latencyMs: [1, 10], loss: 0, duplication: 0 }

export interface WorldOptions {
  /** An integer from 0 to 2^53 − 1. */
  readonly seed: number
  readonly protocol: Protocol
  readonly nodes: readonly WorldNode[]
  /** What clients had done before it began. */
  readonly history?: readonly PastOperation[] | undefined
  /** 1 to 10 ms and no loss unless said. */
  readonly network?: NetworkOptions
  /** How long a sync takes; 0.2 to 2 ms unless said. */
  readonly syncMs?: readonly [min: Millis, max: Millis]
  readonly faults?: readonly Fault[]
  /** Where the run leaves the one that seed and faults alone would give. */
  readonly forks?: readonly Fork[] | undefined
  /** When faults that are not for good are healed and nodes brought back; never unless said. */
  readonly calmAtMs?: Millis
  /** What a `spawn` fault brings up. */
  readonly spawn?: (index: number) => WorldNode
  /** How soon a process that stopped by itself (a failed sync, an escaped error of the disk) is started again; never unless said. */
  readonly superviseMs?: readonly [min: Millis, max: Millis]
  /** Keep the whole trace. */
  readonly trace?: boolean
  /** Hash contents, and find messages that were changed after they were sent. */
  readonly verify?: boolean
  /** Write down what probabilities do to single messages. */
  readonly recordFates?: boolean
  /** Send each message through its codec. */
  readonly wire?: boolean
  /** Called with each note, within the handler that writes it. */
  readonly noted?: (node: SimulatedNode, note: string) => void
  /** Called after every event that may have changed a node. */
  readonly observe?: (node: SimulatedNode) => void
}

/** Something wrong that the world itself saw: a machine that threw, a message changed after sending. */
export interface Finding {
  readonly property: string
  readonly summary: string
  readonly node: NodeId
  readonly atMs: Millis
  readonly atEvent: number
}
