import type { Millis, NodeId } from '../../sim/machine.ts'
import type { Position, Ring } from '../ring/ring.ts'
import type { EventOrder } from './history.ts'
import type { DhtContext, DhtState, Identity, RingInForce } from './state.ts'

export interface DhtOptions {
  /** Where others reach this node; its own name unless given. */
  readonly uri: NodeId | undefined
  /** Known to all, so that nodes that joined apart find each other. One without any others founds a ring. */
  readonly seeds: readonly NodeId[]
  /** True where the node joins by itself when it starts. */
  readonly joinsAtStart: boolean
  /** True where its process ends once it has left. */
  readonly exitsWhenGone: boolean
  /** How many virtual nodes it is; drawn once. */
  readonly tokens: number
  /** N: on so many distinct members each key is kept. */
  readonly replicas: number
  /** W: a write is acknowledged when so many keep it, stand-ins included. */
  readonly writeQuorum: number
  /** R: a read is answered when so many have answered. */
  readonly readQuorum: number
  /**
   * How many of W must be members that the key belongs to. With W it is a strict quorum; with fewer a sloppy one, and
   * an answer that nothing is there needs the more of them.
   */
  readonly ownWrites: number
  readonly gossipEveryMs: Millis
  readonly suspectAfterMs: Millis
  readonly choresEveryMs: Millis
  readonly repairEveryMs: Millis
  /** How long to wait for a replica before it is asked again, and a stand-in beside it. */
  readonly retryMs: Millis
  /** How long a request may take before its client is told to try again. */
  readonly requestTimeoutMs: Millis
  /** Longer keys and values are refused, in bytes. */
  readonly maxBytes: number
  /** So many digests, or items, go into one message when contents are compared or move. */
  readonly maxDigestsPerMessage: number
  readonly maxItemsPerMessage: number
  /** And no more bytes of items than this, though always one: keys and values may be long. */
  readonly maxBytesPerMessage: number
  /** A write that would leave a key with more bytes of concurrent values is refused. */
  readonly maxItemBytes: number
  /** The journal is rewritten when it has grown by so much, and to twice what it was. */
  readonly compactAfterBytes: number
  /** A deletion is remembered for at least so long: longer than any message or any node may be late. */
  readonly collectAfterMs: Millis
}

export const defaultDhtOptions: DhtOptions = {
  uri: undefined,
  seeds: [],
  joinsAtStart: true,
  exitsWhenGone: true,
  tokens: 2,
  replicas: 3,
  writeQuorum: 2,
  readQuorum: 2,
  ownWrites: 2,
  gossipEveryMs: 1_000,
  suspectAfterMs: 5_000,
  choresEveryMs: 200,
  repairEveryMs: 1_000,
  retryMs: 100,
  requestTimeoutMs: 1_000,
  maxBytes: 8_388_608,
  maxDigestsPerMessage: 1_000,
  maxItemsPerMessage: 100,
  maxBytesPerMessage: 4_194_304,
  maxItemBytes: 33_554_432,
  compactAfterBytes: 1_048_576,
  collectAfterMs: 600_000,
}

/**
 * The rules on which safety hangs and which real systems got wrong, each by itself, so that a planted bug is one other
 * rule. The right ones stand beside the code that they govern.
 */
export interface Rules {
  readonly eventOrder: EventOrder
  /** The rings in each of which a read or a write needs a quorum. */
  readonly ringsToAsk: (state: DhtState) => readonly RingInForce[]
  /** True where what was said in one view may be taken in another. */
  readonly isSameView: (said: string, own: string) => boolean
  /** True where a request that others passed on may be passed on once more. */
  readonly mayForward: (hops: number) => boolean
  /** The members that are to hold a key, as those who move keys see it. */
  readonly ownersToMoveTo: (ring: Ring, position: Position, count: number) => readonly string[]
  /** The name under which this incarnation writes. */
  readonly actor: (identity: Identity, ctx: DhtContext) => string
  /** Carries out that this node was told to leave. */
  readonly leave: (dht: Dht, state: DhtState, ctx: DhtContext) => void
  /** True where a node that was told to leave may go. */
  readonly mayDepart: (dht: Dht, state: DhtState) => boolean
  /** True where a copy that is not to be kept may be dropped. */
  readonly mayDrop: (dht: Dht, state: DhtState, position: Position) => boolean
  /** Who was at this URL before and can be there no longer. */
  readonly ghostsOf: (state: DhtState, uri: NodeId) => readonly string[]
  /** What follows from a member's long silence. */
  readonly onSilence: (dht: Dht, state: DhtState, ctx: DhtContext) => void
}

/** What a node is made with: known before it starts, the same for all its life. */
export interface Dht {
  readonly options: DhtOptions
  readonly rules: Rules
}
