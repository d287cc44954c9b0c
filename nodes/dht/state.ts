import type { Context, Millis, NodeId } from '../../sim/machine.ts'
import type { Heartbeats } from '../failure-detection/heartbeats.ts'
import type { GossipRecords } from '../gossip/records.ts'
import type { Position, Ring } from '../ring/ring.ts'
import type { Journal } from '../storage/journal.ts'
import type { Siblings } from '../versions/siblings.ts'
import type { History } from './history.ts'
import type { Member } from './member.ts'
import type { DhtMessage, PeerContent } from './messages.ts'
import type { KeyRequest } from './requests.ts'

/**
 * `gossip`: time to reconcile with another node. `chores`: time to repeat what was not answered. `repair`: time to
 * compare contents with another replica. `operation`: a write, a read or a forwarded request waits.
 */
export type DhtTimer = 'gossip' | 'chores' | 'repair' | { readonly type: 'operation' | 'forward'; readonly id: number }

export type DhtContext = Context<DhtMessage, DhtTimer>

/** Who a node is, for as long as it keeps its disk. */
export type Identity = Omit<Member, 'uri'>

/**
 * `idle`: no member. `joining`: asking a seed for the history. `leaving`: still handing over. `removed`: given up for
 * dead by others, or gone; hands over what it may still hold.
 */
export type Standing = 'idle' | 'joining' | 'member' | 'leaving' | 'removed'

/**
 * A ring by which some node may still write or read. While a change spreads there are several, and whoever reads or
 * writes needs a quorum in each.
 */
export interface RingInForce {
  readonly view: string
  readonly members: readonly Member[]
  readonly ring: Ring
}

export interface StoredItem {
  readonly key: string
  readonly siblings: Siblings
  readonly digest: string
}

/** To whom an answer goes: a client, or a node that forwarded the request. */
export interface Asker {
  readonly node: NodeId
  readonly id: number
  readonly isForwarded: boolean
}

/** The members that keep a key, once for each ring in force. */
export type Homes = readonly (readonly Member[])[]

interface Operation {
  readonly id: number
  readonly asker: Asker
  readonly key: string
  readonly position: Position
  /** The view of its quorums: with another view it begins anew. */
  view: string
  homes: Homes
  readonly beganMs: Millis
  /** How long to wait for those who have not answered before they are asked again. */
  waitMs: Millis
  isAnswered: boolean
}

export interface WriteOperation extends Operation {
  readonly kind: 'write'
  siblings: Siblings
  /** Members that keep it, durably, each for itself. */
  readonly kept: Set<string>
  /** Stand-ins by the member for which each keeps it; durably, once it is in `stoodIn`. */
  readonly standIns: Map<string, Member>
  readonly stoodIn: Set<string>
}

export interface ReadOperation extends Operation {
  readonly kind: 'read'
  readonly found: Map<string, Siblings>
}

export interface Forwarding {
  readonly id: number
  readonly asker: Asker
  readonly request: KeyRequest
  /** How many nodes have passed it on, this one included. */
  readonly hops: number
}

/**
 * How long an answer is waited for before the same is asked again. Each time twice as long: what is long takes its time,
 * and so does a node that has much to do, and repeats that come faster than the answers would leave room for nothing else.
 */
export interface Patience {
  isAwaited: boolean
  /** When it was first asked, and when last. */
  sinceMs: Millis
  askedMs: Millis
  waitMs: Millis
}

/** What has been fetched for the present view, from each of the others. */
export interface Sync {
  readonly view: string
  readonly sources: Map<string, SyncSource>
}

export interface SyncSource {
  readonly member: Member
  /** Up to where its list has been gone through. */
  after: Position
  /** What it offered and has not yet delivered: the digest of each. */
  readonly wanted: Map<Position, string>
  /** Where it begins with what is wanted, as a part of all of it. */
  readonly beginsAt: number
  /** True where what is wanted is the end of its list. */
  isLast: boolean
  /** Where its list goes on once what is wanted has come. */
  next: Position
  isDone: boolean
  readonly patience: Patience
}

/** State of a node of the table. Identity, history, contents and rings in force are in the journal as well. */
export interface DhtState {
  identity: Identity
  readonly generation: number
  /** How many members keep each key. */
  readonly replicas: number
  /** Who writes, in vector clocks: another name for each incarnation, and whenever one of its writes was dropped here. */
  actor: string
  readonly journal: Journal
  /** How long the journal was when it was last rewritten, in bytes. */
  compactedLength: number
  history: History
  standing: Standing
  /** True while a node that is joining waits for the history. */
  asksToJoin: boolean
  /** The ring that all have come to, and those that some may have come to since, in the order of their coming. */
  inForce: readonly RingInForce[]
  /** The view up to which everything that is to be kept here has been fetched; '' where none. */
  synced: string
  sync: Sync | null
  readonly items: Map<Position, StoredItem>
  /** What is kept here and not to be: with the members that have taken it over as it is now. */
  readonly strays: Map<Position, Set<string>>
  readonly records: GossipRecords<PeerContent>
  readonly heartbeats: Heartbeats
  /** When this node last gossiped, on its own clock. */
  gossipedMs: Millis
  nextId: number
  readonly operations: Map<number, WriteOperation | ReadOperation>
  readonly forwards: Map<number, Forwarding>
  /** Handovers on their way, by id: to whom, and what each was then. */
  readonly handovers: Map<number, { readonly to: string; readonly digests: ReadonlyMap<Position, string> }>
  /** To whom anything was handed over in this view, and how soon more may follow. */
  readonly takers: Map<string, Patience>
  /** Keys of which only the end is known: since when, on this node's clock, and which members say so too. */
  readonly deletions: Map<Position, Deletion>
  /** Counted for people, and for what a sweep must have seen. */
  readonly tally: Tally
}

export interface Deletion {
  readonly digest: string
  readonly sinceMs: Millis
  readonly agreed: Set<string>
}

export interface Tally {
  forwarded: number
  refusedViews: number
  standIns: number
  handedOver: number
  fetched: number
  readRepairs: number
  repaired: number
  collected: number
  siblingsShown: number
  jointQuorums: number
}

export function emptyTally(): Tally {
  return {
    forwarded: 0,
    refusedViews: 0,
    standIns: 0,
    handedOver: 0,
    fetched: 0,
    readRepairs: 0,
    repaired: 0,
    collected: 0,
    siblingsShown: 0,
    jointQuorums: 0,
  }
}
