import type { Identifier, Peer } from './identifiers.ts'

/**
 * What nodes and clients say to each other, all in datagrams. A request may be lost, doubled, late and repeated; each
 * carries a number, which its reply carries back, and none does harm when it is carried out twice. No message is
 * changed after it was sent.
 */

/** A value under a key. Its writer numbers what it writes, and the highest number counts: a key has one writer. */
export interface Pair {
  readonly key: string
  /** Where the key lies on the ring. */
  readonly place: Identifier
  readonly value: string
  readonly version: number
}

/** How do you stand in the ring? Whoever answers that it is a member lives. */
export interface AskNeighbours {
  readonly type: 'AskNeighbours'
  readonly request: number
}

export interface Neighbours {
  readonly type: 'Neighbours'
  readonly request: number
  /** False where the one asked is not in the ring, so that its pointers mean nothing. */
  readonly member: boolean
  readonly predecessor: Peer | null
  readonly successors: readonly Peer[]
}

/** I take you for my successor. */
export interface Notify {
  readonly type: 'Notify'
  readonly peer: Peer
}

/** Who comes next on the way to that place? */
export interface AskHop {
  readonly type: 'AskHop'
  readonly request: number
  readonly target: Identifier
}

export interface Hop {
  readonly type: 'Hop'
  readonly request: number
  readonly member: boolean
  /** True where the place lies between the one who answers and its successor. */
  readonly found: boolean
  /** Then the successors of the one who answers; otherwise those it knows that come before the place, the nearest first. */
  readonly peers: readonly Peer[]
}

/** I am going: these were my neighbours. */
export interface Goodbye {
  readonly type: 'Goodbye'
  readonly predecessor: Peer | null
  readonly successors: readonly Peer[]
}

/** Hold these pairs. */
export interface Store {
  readonly type: 'Store'
  readonly request: number
  readonly pairs: readonly Pair[]
}

export interface Stored {
  readonly type: 'Stored'
  readonly request: number
  /** True where the pairs, or later versions of them, are on the disk of the one who answers. */
  readonly accepted: boolean
}

/** Which of these pairs do you not hold? */
export interface Compare {
  readonly type: 'Compare'
  readonly request: number
  readonly keys: readonly string[]
  readonly versions: readonly number[]
}

export interface Compared {
  readonly type: 'Compared'
  readonly request: number
  /** False where the one asked takes no pairs. */
  readonly accepted: boolean
  readonly lacks: readonly string[]
}

/** A replica is asked for its copy. */
export interface Fetch {
  readonly type: 'Fetch'
  readonly request: number
  readonly key: string
}

export interface Fetched {
  readonly type: 'Fetched'
  readonly request: number
  readonly member: boolean
  readonly pair: Pair | null
}

/** The owner of a key is asked to store a pair, with all its copies. */
export interface Put {
  readonly type: 'Put'
  readonly request: number
  readonly pair: Pair
}

/** The owner of a key is asked for its pair. */
export interface Get {
  readonly type: 'Get'
  readonly request: number
  readonly key: string
  readonly place: Identifier
}

/** `unavailable`: not the owner, or too few copies within reach. */
export interface Done {
  readonly type: 'Done'
  readonly request: number
  readonly status: 'ok' | 'unavailable'
  readonly pair: Pair | null
}

/** What a client may ask of any node. */
export type PairCommand =
  | { readonly action: 'put'; readonly key: string; readonly value: string }
  | { readonly action: 'get'; readonly key: string }

/** What may be asked of one node: that it joins the ring, or leaves it. */
export interface RingCommand {
  readonly action: 'join' | 'leave'
  readonly node: string
}

export type ChordCommand = PairCommand | RingCommand

export function isRingCommand(command: ChordCommand): command is RingCommand {
  return command.action === 'join' || command.action === 'leave'
}

export interface ClientRequest {
  readonly type: 'ClientRequest'
  readonly client: string
  /** The number of the operation; with a put, the version of the pair. */
  readonly serial: number
  readonly command: ChordCommand
}

export interface ClientReply {
  readonly type: 'ClientReply'
  readonly client: string
  readonly serial: number
  /** `busy`: the node cannot do it now; ask again, or another. `refused`: it will not, as things are. */
  readonly status: 'ok' | 'busy' | 'refused'
  /** What a get found. */
  readonly found: { readonly value: string; readonly version: number } | null
}

export type ChordMessage =
  | AskNeighbours
  | Neighbours
  | Notify
  | AskHop
  | Hop
  | Goodbye
  | Store
  | Stored
  | Compare
  | Compared
  | Fetch
  | Fetched
  | Put
  | Get
  | Done
  | ClientRequest
  | ClientReply

/** A message that answers one with the same number. */
export type Reply = Extract<
  ChordMessage,
  { readonly type: 'Neighbours' | 'Hop' | 'Stored' | 'Compared' | 'Fetched' | 'Done' }
>
