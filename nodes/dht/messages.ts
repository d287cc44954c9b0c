import type { GossipDigest, GossipRecord } from '../gossip/records.ts'
import type { MerklePart } from '../merkle/merkle.ts'
import type { Position } from '../ring/ring.ts'
import type { Siblings } from '../versions/siblings.ts'
import type { Member } from './member.ts'
import type { Answer, DhtRequest } from './requests.ts'

/**
 * What happened to a member. `LEAVE`: it is going, and still hands over what it holds; only `REMOVE` says that it is
 * gone and that nobody need wait for it.
 */
export type MembershipEventType = 'ADD' | 'LEAVE' | 'REMOVE'

/** Events are ordered by (clock, author): a logical clock, as wall clocks of several machines agree on no order. */
export interface MembershipEvent {
  /** Higher than that of every event its author knew. */
  readonly clock: number
  /** The member that took the event down. */
  readonly author: string
  /** Counts the events of one author, from 1, without gaps. */
  readonly serial: number
  /** By the author's wall clock, for people. */
  readonly timestampMs: number
  readonly type: MembershipEventType
  readonly member: Member
}

/** How many events of each author one knows. */
export type EventDigest = readonly (readonly [author: string, count: number])[]

/** What a member tells of itself by gossip; that the record is new is its heartbeat. */
export interface PeerContent {
  /** The history of events up to which it has fetched all that it keeps: a view, see `history.ts`. */
  readonly synced: string
}

export type PeerRecord = GossipRecord<PeerContent>

/** One key and what is known of it. */
export interface Item {
  readonly key: string
  readonly siblings: Siblings
}

/** A key's place and a digest of what is known of it, where the key itself may be long. */
export type ItemDigest = readonly [position: Position, digest: string]

/** The first word of a reconciliation: this I know. */
export interface GossipSyn {
  readonly type: 'GossipSyn'
  readonly events: EventDigest
  readonly records: GossipDigest
}

/** What the other lacks; with a digest of one's own where the other may have more. */
export interface GossipAck {
  readonly type: 'GossipAck'
  readonly events: readonly MembershipEvent[]
  readonly records: readonly PeerRecord[]
  readonly known: { readonly events: EventDigest; readonly records: GossipDigest } | null
}

/** A request that reached a node that does not keep the key. It is forwarded once and never again. */
export interface Forward {
  readonly type: 'Forward'
  readonly id: number
  readonly request: DhtRequest
  /** How many nodes have passed it on. */
  readonly hops: number
}

export interface Forwarded {
  readonly type: 'Forwarded'
  readonly id: number
  readonly answer: Answer
}

/** Everything about the contents is said of one view, to one member; who has another view refuses. */
export interface Said {
  readonly id: number
  readonly view: string
  readonly to: string
}

/** Keep this. A stand-in keeps it for another member, until that one has it. */
export interface Store extends Said {
  readonly type: 'Store'
  readonly item: Item
  readonly standInFor: string | null
}

export interface Stored {
  readonly type: 'Stored'
  readonly id: number
  readonly view: string
  readonly by: string
}

export interface Read extends Said {
  readonly type: 'Read'
  readonly key: string
}

export interface Found {
  readonly type: 'Found'
  readonly id: number
  readonly view: string
  readonly by: string
  readonly siblings: Siblings
}

/** A new view needs what the others hold of the ranges that are one's own in it: first a list of digests. */
export interface Fetch extends Omit<Said, 'id'> {
  readonly type: 'Fetch'
  readonly by: string
  /** Behind this position; '' from the beginning. */
  readonly after: Position
}

export interface Offer {
  readonly type: 'Offer'
  readonly view: string
  readonly by: string
  readonly after: Position
  readonly digests: readonly ItemDigest[]
  /** False where more follows behind the last. */
  readonly isLast: boolean
}

/** Then the items themselves, those that differ. */
export interface Pull extends Omit<Said, 'id'> {
  readonly type: 'Pull'
  readonly by: string
  readonly positions: readonly Position[]
}

export interface Pulled {
  readonly type: 'Pulled'
  readonly view: string
  readonly by: string
  readonly items: readonly Item[]
  /** Those of the wanted that are there no longer. */
  readonly missing: readonly Position[]
}

/** What is no longer the sender's to keep, or never was, for one of those that keep it. */
export interface Handover extends Said {
  readonly type: 'Handover'
  readonly items: readonly Item[]
}

export interface HandedOver {
  readonly type: 'HandedOver'
  readonly id: number
  readonly view: string
  readonly by: string
}

/** A node of the Merkle tree of one arc of the ring, named by the token at its end. */
export interface Comparison {
  readonly arc: Position
  readonly part: MerklePart
}

export interface Compare extends Omit<Said, 'id'> {
  readonly type: 'Compare'
  readonly by: string
  readonly parts: readonly Comparison[]
}

/** A deletion that is to be forgotten: whether the other knows nothing else of the key; or, agreed, that all do so. */
export interface Collect extends Omit<Said, 'id'> {
  readonly type: 'Collect'
  readonly by: string
  readonly position: Position
  readonly digest: string
  readonly isAgreed: boolean
}

/** Here nothing else is known of it. */
export interface Collectable extends Omit<Said, 'id'> {
  readonly type: 'Collectable'
  readonly by: string
  readonly position: Position
  readonly digest: string
}

/** From outside: a client or an administrator. */
export interface ClientRequest {
  readonly type: 'Request'
  readonly id: number
  readonly request: DhtRequest
}

export interface ClientAnswer {
  readonly type: 'Answer'
  readonly id: number
  readonly answer: Answer
}

export type PeerMessage =
  | GossipSyn
  | GossipAck
  | Forward
  | Forwarded
  | Store
  | Stored
  | Read
  | Found
  | Fetch
  | Offer
  | Pull
  | Pulled
  | Handover
  | HandedOver
  | Compare
  | Collect
  | Collectable

export type DhtMessage = PeerMessage | ClientRequest | ClientAnswer
