import type { Context, Millis, NodeId } from '../../sim/machine.ts'
import type { Journal } from '../storage/journal.ts'
import type { RaftMessage } from './messages.ts'
import { type Log, emptyLog } from './log.ts'
import type { Answer, Command } from './state-machine.ts'

/** A pre-candidate asks whether it could win an election; a candidate is in one. */
export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader'

/**
 * `election`: no leader was heard of for long enough; for a leader, time to see whether a majority still hears it.
 * `heartbeat`: time for the leader, or the candidate, to repeat itself.
 */
export type RaftTimer = 'election' | 'heartbeat'

export type RaftContext = Context<RaftMessage, RaftTimer>

/** What a leader knows of one follower (figure 2: volatile state on leaders). */
export interface Progress {
  readonly id: NodeId
  /** The next entry to send: a guess, and beyond what is on its way. */
  nextIndex: number
  /** Up to where its log is known to equal the leader's, durably; a certainty. */
  matchIndex: number
  /** True while the leader looks for where their logs agree: then one message at a time. */
  isProbed: boolean
  /** The last entry of each message that is on its way with entries, the oldest first. */
  readonly inFlight: number[]
  /** Since when, on the leader's clock and in its rounds, nothing of that was acknowledged. */
  waitingSinceMs: Millis
  waitingSinceRound: number
  /** The latest round it has answered. */
  ackedRound: number
  /** The snapshot that it needs before any entry; null where it needs none. */
  transfer: Transfer | null
}

/**
 * What the state machine had become when it had applied the entry at `lastIndex`: it takes the place of the log up to
 * there (section 7; dissertation, chapter 5).
 */
export interface Snapshot {
  readonly lastIndex: number
  readonly lastTerm: number
  /** As of its last entry. */
  readonly configuration: Configuration
  /** As on the disk and on the wire: a checksum, and its contents. */
  readonly bytes: Uint8Array
}

/** A snapshot on its way to a follower: one piece at a time, each until it is acknowledged. */
export interface Transfer {
  readonly snapshot: Snapshot
  /** Where the piece under way begins, in bytes. */
  offset: number
  /** When it was last sent, on the leader's clock. */
  sentMs: Millis
}

/** The pieces of a snapshot that have come so far, from one leader. */
export interface IncomingSnapshot {
  readonly leaderTerm: number
  readonly lastIndex: number
  readonly pieces: Uint8Array[]
  receivedBytes: number
}

/** A read that waits: for its round to be confirmed, then for the state machine to come to its index. */
export interface Read {
  readonly client: NodeId
  /** The server that will serve it: the leader itself, or a follower that asked. */
  readonly server: NodeId
  readonly session: string
  readonly serial: number
  /** Null where another server serves it. */
  readonly command: Command | null
  /** What must be applied before it is served. */
  readonly index: number
  /** The round that a majority must answer. */
  readonly round: number
}

/** The servers of the cluster, and the entry of the log that says so; index 0: nobody has changed them yet. */
export interface Configuration {
  readonly index: number
  readonly servers: readonly NodeId[]
}

/** A new server on its way into the cluster: it receives the log and has no vote (dissertation, section 4.2.1). */
export interface Joining {
  readonly progress: Progress
  waiter: Waiter
  /** Rounds are counted from 1; each ends when the new server holds what the log held when the round began. */
  round: number
  targetIndex: number
  roundBeganMs: Millis
  /** The latest of the leader's rounds that it had answered when that was last looked at. */
  checkedRound: number
}

/** What only a leader has, made anew with each leadership. */
export interface Leadership {
  /** The other members of the configuration. */
  followers: readonly Progress[]
  /** False for a leader that is being removed. */
  isMember: boolean
  joining: Joining | null
  /** Whom the leader hands over to, who asked for that, and since when, on the leader's clock. */
  transfer: { readonly target: NodeId; waiter: Waiter; readonly beganMs: Millis } | null
  /** Where this leadership began: the index of its no-op. */
  readonly noOpIndex: number
  /** The leader's clock and the log's time as this leadership began: from there on the log's time runs as the clock does. */
  readonly beganMs: Millis
  readonly beganStampMs: number
  /** Up to where the leader's own log is durable. */
  durableIndex: number
  round: number
  /** The round under way when the leader last saw that a majority heard it. */
  checkedRound: number
  /** In the order of their rounds. */
  readonly reads: Read[]
}

/** Who is to be told what came of an entry. */
export interface Waiter {
  readonly client: NodeId
  readonly session: string
  readonly serial: number
  readonly term: number
}

/** What the state machine remembers of a client: the last command it executed for it, and the answer (section 8). */
export interface Session {
  readonly serial: number
  readonly answer: Answer
  /** When an entry last belonged to it, in milliseconds of the log's own time. */
  readonly usedMs: Millis
}

/** The state of a server. Term, vote and log are also in the journal; all else begins anew with each incarnation. */
export interface RaftState<Data extends object = any> {
  role: Role
  term: number
  votedFor: NodeId | null
  /** Term and vote as the journal has them. */
  recorded: { readonly term: number; readonly votedFor: NodeId | null }
  readonly log: Log
  readonly journal: Journal
  /** The latest in the log. */
  configuration: Configuration
  commitIndex: number
  lastApplied: number
  /** Up to where a snapshot, and not entries one by one, brought the state machine in this incarnation. */
  restoredIndex: number
  /** The leader of this term, as far as known. */
  leaderId: NodeId | null
  /** When that leader was last heard of, on this server's clock. */
  leaderHeardMs: Millis
  /** Who voted for this candidate, or would, in the order of their replies; itself included once its vote is durable. */
  readonly votes: NodeId[]
  /** True where the last leader asked this server to take over. */
  isSuccessor: boolean
  leadership: Leadership | null
  /** Clients that wait for an entry, by its index. Kept by a deposed leader, as the entry may yet be committed. */
  readonly waiting: Map<number, Waiter>
  /** Reads that wait for the leader's read index, by session. */
  readonly forwarded: Map<string, Omit<Read, 'index' | 'round'>>
  /** Reads that only wait for the state machine. */
  readonly reads: Read[]
  /** Reads served while not the leader, counted for people. */
  followerReads: number
  /** Sessions dropped because nobody had used them for too long, counted for people. */
  expiredSessions: number
  /** How often it gave up leading for want of a quorum, and refused a pre-vote; counted for people. */
  stepDowns: number
  preVotesRefused: number
  /** Part of the replicated state, like the data: changed by applied entries only. */
  sessions: Map<string, Session>
  data: Data
  /** The latest on the disk, or on its way there. */
  snapshot: Snapshot | null
  /** A leader's snapshot that is coming in. */
  incoming: IncomingSnapshot | null
}

export function emptyState<Data extends object>(
  journal: Journal,
  data: Data,
  servers: readonly NodeId[],
  log = emptyLog(),
): RaftState<Data> {
  return {
    role: 'follower',
    term: 0,
    votedFor: null,
    recorded: { term: 0, votedFor: null },
    log,
    journal,
    configuration: { index: 0, servers },
    commitIndex: 0,
    lastApplied: 0,
    restoredIndex: 0,
    leaderId: null,
    leaderHeardMs: 0,
    votes: [],
    isSuccessor: false,
    leadership: null,
    waiting: new Map(),
    forwarded: new Map(),
    reads: [],
    followerReads: 0,
    expiredSessions: 0,
    stepDowns: 0,
    preVotesRefused: 0,
    sessions: new Map(),
    data,
    snapshot: null,
    incoming: null,
  }
}
