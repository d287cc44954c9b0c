import type { Context, Millis, NodeId } from '../../sim/machine.ts'
import type { Journal } from '../storage/journal.ts'
import type { Identifier, Peer } from './identifiers.ts'
import type { ChordMessage, Pair } from './messages.ts'
import type { Purpose, RetryTimer } from './purpose.ts'

/**
 * `outside`: not asked to join. `joining`: looks for its place. `lost`: a member without a successor, which looks for
 * its place too. `leaving`: hands over what it holds, and goes.
 */
export type Phase = 'outside' | 'joining' | 'member' | 'lost' | 'leaving'

export type ChordTimer = 'stabilize' | 'fix fingers' | 'reunite' | 'maintain' | 'join' | 'leave' | RetryTimer

export type ChordContext = Context<ChordMessage, ChordTimer>

/** Who waits for an answer. */
export interface Asker {
  readonly client: string
  readonly from: NodeId
  readonly serial: number
}

/** A request under way. */
export interface Pending {
  readonly to: Peer
  readonly message: ChordMessage
  readonly purpose: Purpose
  attempts: number
}

/** What a lookup is for. */
export type LookupPurpose =
  | { readonly type: 'join' }
  | { readonly type: 'reunite' }
  | { readonly type: 'finger'; readonly index: number }
  | { readonly type: 'put'; readonly asker: Asker; readonly pair: Pair }
  | { readonly type: 'get'; readonly asker: Asker; readonly key: string }
  | { readonly type: 'maintain' }

/** An iterative lookup: the one who looks asks node after node itself (Stoica et al., section 4.4). */
export interface Lookup {
  readonly target: Identifier
  readonly purpose: LookupPurpose
  /** Who was asked. */
  readonly asked: Set<NodeId>
  candidates: readonly Peer[]
}

/** Pairs on their way to others that are to hold them. */
export interface Placement {
  readonly pairs: readonly Pair[]
  /** Who is to hold them beside this node. */
  readonly targets: readonly Peer[]
  /** Who has not yet said that it holds them all. */
  readonly waiting: Set<NodeId>
  /** True where some of them did not. */
  moved: boolean
  readonly purpose: PlacementPurpose
}

export type PlacementPurpose =
  /** A write that was asked for under this number by that node. */
  | { readonly type: 'put'; readonly from: NodeId; readonly request: number }
  /** Whoever need not hold them itself drops them in the end. */
  | { readonly type: 'maintain'; readonly keep: boolean }
  | { readonly type: 'leave' }

/** A read for which copies are compared. */
export interface Reading {
  readonly from: NodeId
  readonly request: number
  readonly waiting: Set<NodeId>
  answers: number
  newest: Pair | null
}

/** What ended within a handler, and is dealt with at its end. */
export type Outcome =
  /** The place of a lookup lies behind this member, which has these successors. */
  | {
      readonly type: 'found'
      readonly purpose: LookupPurpose
      readonly behind: Peer
      readonly successors: readonly Peer[]
    }
  | { readonly type: 'lookup failed'; readonly purpose: LookupPurpose }
  | { readonly type: 'placed' | 'not placed'; readonly placement: Placement }

/** How often rare things happened to this incarnation, for those who watch. */
export interface Counts {
  joined: number
  founded: number
  left: number
  reunited: number
  handedOver: number
  /** How often a peer was taken for dead or gone, and the last of them. */
  dropped: number
  /** How many lookups for clients have found their place, and how many nodes were asked in the last of them. */
  lookups: number
  lastHops: number
}

export interface ChordState {
  readonly self: Peer
  /** How many successors a node keeps; r in the papers. */
  readonly redundancy: number
  /** How many nodes hold a pair. */
  readonly copies: number
  phase: Phase
  predecessor: Peer | null
  /** The nearest first, without this node; empty for one that is alone. Replaced, never changed. */
  successors: readonly Peer[]
  /** The successor of this node's place + 2^index, where it was looked up. */
  readonly fingers: (Peer | null)[]
  nextFinger: number
  /** Others that were met, the latest first. */
  known: readonly Peer[]
  nextRequest: number
  readonly pending: Map<number, Pending>
  readonly lookups: Map<number, Lookup>
  readonly placements: Map<number, Placement>
  readonly readings: Map<number, Reading>
  /** Empty between handlers. */
  readonly outcomes: Outcome[]
  readonly pairs: Map<string, Pair>
  /** Keys of pairs about to be dropped, which no longer count as held. */
  readonly going: Set<string>
  /** The place of the pair that was looked after last. */
  cursor: Identifier
  /** True while pairs are being looked after. */
  maintaining: boolean
  /** Who asked this node to join or to leave. */
  asker: Asker | null
  /** How many others it has asked for its place. */
  tried: number
  /** Since when the node tries to join and has heard of no member, or tries to leave. */
  sinceMs: Millis
  /** Keys that enough others hold, while the node leaves. */
  readonly placed: Set<string>
  readonly journal: Journal
  /** Whether the journal says that this node is to be in the ring. */
  recordedMember: boolean
  compactedBytes: number
  readonly counts: Counts
  lastDropped: NodeId | null
}
