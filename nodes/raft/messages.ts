import type { Answered, Ask, Status, StatusReply } from './asking.ts'
import type { NodeId } from '../../sim/machine.ts'
import type { ClusterChange } from './cluster-change.ts'
import type { Answer, Command } from './state-machine.ts'

/**
 * What servers and clients say to each other. Every request may be lost, doubled, late and repeated, so each reply
 * carries what it answers, and no handler relies on a request coming once. No message is changed after it was sent.
 */

/** One place in the log; its index is its place, counted from 1. Without a command it opens a session, or is a leader's no-op. */
export interface Entry {
  readonly term: number
  /** The client's session and the number of the command in it (section 8; empty and 0 for a no-op). */
  readonly session: string
  readonly serial: number
  readonly command: Command | null
  /** The servers of the cluster from this entry on, where it changes them (dissertation, chapter 4). */
  readonly servers: readonly NodeId[] | null
  /** The log's own time, in milliseconds: the leader's clock as it appended the entry, never less than in the entry before. */
  readonly stampMs: number
}

/** Section 5.2 and 5.4.1. */
export interface RequestVote {
  readonly type: 'RequestVote'
  readonly term: number
  readonly lastLogIndex: number
  readonly lastLogTerm: number
  /** True where the leader itself asked for this election: then it is heeded even by who hears that leader. */
  readonly leadershipTransfer: boolean
}

export interface RequestVoteReply {
  readonly type: 'RequestVoteReply'
  /** The voter's term; where the vote is granted, the term it is granted for. */
  readonly term: number
  readonly granted: boolean
}

/** Would you vote for me in that term, the one after mine? (dissertation, section 9.6) */
export interface PreVote {
  readonly type: 'PreVote'
  readonly term: number
  readonly lastLogIndex: number
  readonly lastLogTerm: number
}

export interface PreVoteReply {
  readonly type: 'PreVoteReply'
  /** Where it is granted, the term it is granted for; otherwise the present term of who refuses. */
  readonly term: number
  readonly granted: boolean
}

/** Section 5.3; without entries it is a heartbeat. */
export interface AppendEntries {
  readonly type: 'AppendEntries'
  readonly term: number
  /** Counts the leader's broadcasts; a read is confirmed by replies to a later round than it came in (section 8). */
  readonly round: number
  readonly prevLogIndex: number
  readonly prevLogTerm: number
  readonly entries: readonly Entry[]
  readonly leaderCommit: number
}

export interface AppendEntriesReply {
  readonly type: 'AppendEntriesReply'
  readonly term: number
  /** The term, round and previous index of the request that this answers. */
  readonly requestTerm: number
  readonly round: number
  readonly prevLogIndex: number
  readonly success: boolean
  /** Up to where the follower's log equals the leader's and is durable; 0 where it refuses. */
  readonly matchIndex: number
  /** Where it refuses: the term of its own entry at `prevLogIndex`, 0 for none, and the first index it has of that term. */
  readonly conflictTerm: number
  readonly conflictIndex: number
}

/**
 * A piece of a snapshot, for a follower that needs entries which the leader's log no longer has (section 7, figure 13).
 * A leader sends one piece at a time and repeats it until it is acknowledged.
 */
export interface InstallSnapshot {
  readonly type: 'InstallSnapshot'
  readonly term: number
  /** As that of AppendEntries: who answers has acknowledged the leader. */
  readonly round: number
  /** The snapshot replaces all entries up to and with this one. */
  readonly lastIndex: number
  readonly lastTerm: number
  /** Where the piece begins, in bytes. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** True in the last piece. */
  readonly done: boolean
}

export interface InstallSnapshotReply {
  readonly type: 'InstallSnapshotReply'
  readonly term: number
  /** The term, round, last index and offset of the request that this answers. */
  readonly requestTerm: number
  readonly round: number
  readonly lastIndex: number
  readonly offset: number
  /** How many bytes of this snapshot the follower has: where the next piece is to begin. */
  readonly receivedBytes: number
  /** True where the follower durably holds all that the snapshot covers. */
  readonly installed: boolean
}

/** The leader of that term wishes the receiver to hold an election at once (dissertation, section 3.10). */
export interface TimeoutNow {
  readonly type: 'TimeoutNow'
  readonly term: number
}

/** A follower asks the leader from which index on it may serve a read (Ongaro's dissertation, section 6.4). */
export interface ReadIndex {
  readonly type: 'ReadIndex'
  readonly session: string
  readonly serial: number
}

export interface ReadIndexReply {
  readonly type: 'ReadIndexReply'
  readonly session: string
  readonly serial: number
  readonly readIndex: number
}

export interface ClientRequest {
  readonly type: 'ClientRequest'
  readonly session: string
  /** Rises with every request of the session; a repeat has the same. For a read it only pairs the reply with the request. */
  readonly serial: number
  readonly command: Command
}

/** A client asks for a session, where sessions expire: its commands are only executed in one (dissertation, section 6.3). */
export interface OpenSession {
  readonly type: 'OpenSession'
  /** The client's own name; the session's begins with it. */
  readonly session: string
  readonly serial: number
}

/** Of the cluster itself. A repeat has the same serial, which only pairs the reply with the request. */
export interface ClusterRequest {
  readonly type: 'ClusterRequest'
  /** The client's own name. */
  readonly session: string
  readonly serial: number
  readonly change: ClusterChange
}

/** What came of an entry. */
export type Outcome =
  | { readonly status: 'ok'; readonly answer: Answer }
  | { readonly status: 'session opened'; readonly opened: string }
  /** Not executed by this entry, as its session is unknown; whether by an earlier one with the same number, nobody knows. */
  | { readonly status: 'session expired' }

interface Reply {
  readonly type: 'ClientReply'
  readonly session: string
  readonly serial: number
}

export type ClientReply =
  | (Reply & Outcome)
  /** Ask the leader, if this server knows one. */
  | (Reply & { readonly status: 'not leader'; readonly leader: NodeId | null })
  /** Too much is under way here; ask again later. */
  | (Reply & { readonly status: 'busy' })
  /** Not done, and not to be done by asking again, and why; a command is then never executed by any server. */
  | (Reply & { readonly status: 'refused'; readonly reason: string })

/** To oneself, after a sync: all that was written up to this index is durable, and so is the vote for oneself. */
export interface Durable {
  readonly type: 'Durable'
  readonly term: number
  readonly index: number
}

export type ServerMessage =
  | RequestVote
  | RequestVoteReply
  | PreVote
  | PreVoteReply
  | AppendEntries
  | AppendEntriesReply
  | InstallSnapshot
  | InstallSnapshotReply
  | TimeoutNow
  | ReadIndex
  | ReadIndexReply

export type RaftMessage =
  | ServerMessage
  | OpenSession
  | ClientRequest
  | ClusterRequest
  | ClientReply
  | Durable
  | Status
  | StatusReply
  | Ask
  | Answered
