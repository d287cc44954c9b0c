import type { Disk, Millis, NodeId } from '../../sim/machine.ts'
import type { AppendEntriesReply, Entry, RequestVoteReply } from './messages.ts'
import type { Log } from './log.ts'
import type { Leadership, Progress, RaftContext, RaftState, Session, Waiter } from './state.ts'
import type { StateMachine } from './state-machine.ts'

export interface RaftOptions {
  /** Drawn anew from this range each time (section 5.2). */
  readonly electionTimeoutMs: readonly [min: Millis, max: Millis]
  readonly heartbeatMs: Millis
  /** Ask before an election whether it can be won (dissertation, section 9.6). */
  readonly preVote: boolean
  /** A leader without a majority steps down, and who hears a leader heeds no candidate (sections 6.2 and 4.2.3 there). */
  readonly checkQuorum: boolean
  /** An AppendEntries is cut to both; one entry always fits, as the state machine refuses larger commands. */
  readonly maxEntriesPerMessage: number
  readonly maxBytesPerMessage: number
  /** So many messages with entries may be on their way to one follower. */
  readonly maxInFlightMessages: number
  /** So many entries on their way are sent again with the next ones, at most. */
  readonly maxRepeatedEntries: number
  /** Beyond this many uncommitted entries a leader tells clients that it is busy. */
  readonly maxUncommittedEntries: number
  /** Beyond this many waiting reads a server tells clients that it is busy. */
  readonly maxWaitingReads: number
  /** A snapshot is taken when so many entries were applied since the last; Infinity: never. */
  readonly snapshotAfterEntries: number
  /** So many entries that the snapshot covers stay in the log. */
  readonly snapshotTrailingEntries: number
  /** A session that no entry belonged to for so long, in the log's time, is dropped. Infinity: never, and none need be opened. */
  readonly sessionTtlMs: Millis
  /** Followers serve reads too, with the leader's read index. */
  readonly followerReads: boolean
  /** No server is removed from a cluster of so many. */
  readonly minServers: number
}

export const defaultRaftOptions: RaftOptions = {
  electionTimeoutMs: [150, 300],
  heartbeatMs: 50,
  preVote: true,
  checkQuorum: true,
  maxEntriesPerMessage: 64,
  maxBytesPerMessage: 32_768,
  maxInFlightMessages: 16,
  maxRepeatedEntries: 8,
  maxUncommittedEntries: 1_000,
  maxWaitingReads: 1_000,
  snapshotAfterEntries: 1_000,
  snapshotTrailingEntries: 100,
  sessionTtlMs: Infinity,
  followerReads: true,
  minServers: 1,
}

/**
 * The rules on which safety hangs and which real systems got wrong, each by itself, so that a planted bug is one other
 * rule. The right ones stand beside the code that they govern.
 */
export interface Rules {
  readonly majority: (servers: number) => number
  /** How many votes a candidate has, of all the replies that granted one. */
  readonly tally: (votes: readonly NodeId[], servers: readonly NodeId[]) => number
  readonly isUpToDate: (lastLogTerm: number, lastLogIndex: number, log: Log) => boolean
  /** Makes the candidate's own vote durable and asks for the others. */
  readonly campaign: (raft: Raft, state: RaftState, ctx: RaftContext) => void
  /** Makes the vote durable and tells the candidate. */
  readonly answerVote: (state: RaftState, ctx: RaftContext, to: NodeId, reply: RequestVoteReply) => void
  /** Makes the entries durable and tells the leader. */
  readonly acknowledge: (state: RaftState, ctx: RaftContext, to: NodeId, reply: AppendEntriesReply) => void
  /** Up to where a leader of that term has committed, where a majority holds its log up to the last index. */
  readonly committedUpTo: (log: Log, term: number, commitIndex: number, heldByMajority: number) => number
  /** Up to where a follower says that it holds the leader's log, where a message proves it up to an index. */
  readonly acknowledgedIndex: (log: Log, provenIndex: number) => number
  /** What a leader takes for certain, where it knew one index and was told another. */
  readonly matchIndexAfter: (knownIndex: number, toldIndex: number, follower: Progress) => number
  /** Where the leader goes on with a follower that refused. */
  readonly takeGuess: (follower: Progress, nextIndex: number) => void
  /** True where a leader steps down for the later term that a reply tells of. */
  readonly heedsTerm: (reply: AppendEntriesReply, log: Log) => boolean
  /** True where the reply to a request of that term says something about a leadership in this one. */
  readonly isReplyToTerm: (requestTerm: number, term: number) => boolean
  /** Whether the leader may go on. */
  readonly hasQuorum: (raft: Raft, state: RaftState, leadership: Leadership) => boolean
  /** Whether the leader may take the next change of the cluster's servers. */
  readonly mayChangeConfiguration: (state: RaftState, leadership: Leadership) => boolean
  /** True where a command was executed before, or must not be any more. */
  readonly isRepeat: (session: Session | undefined, serial: number) => boolean
  readonly isAnswerFor: (waiter: Waiter, term: number) => boolean
  /** What a read must see, at the moment it reaches the leader. */
  readonly readIndex: (state: RaftState, leadership: Leadership) => number
  /** The round that must be answered by a majority before the read is served. */
  readonly readRound: (leadership: Leadership) => number
  /** Makes the leader write its own entry and replicate it. */
  readonly writeOwnEntry: (state: RaftState, disk: Disk, index: number, entry: Entry, replicate: () => void) => void
  /** The time by which sessions expire. */
  readonly sessionClockMs: (entry: Entry, ctx: RaftContext) => Millis
  /** What a snapshot holds of the sessions. */
  readonly sessionsInSnapshot: (sessions: RaftState['sessions']) => RaftState['sessions']
  /** The state machine's data once a snapshot with other data was restored. */
  readonly restoredData: (own: object, found: object) => object
  /** The term once a snapshot was installed whose last entry has a term of its own. */
  readonly termAfterInstall: (term: number, snapshotTerm: number) => number
  /** True where the log goes on behind an installed snapshot, so that what lies behind it stays. */
  readonly goesOnBehind: (log: Log, lastIndex: number, lastTerm: number) => boolean
  /** Carries out both replacements so that a power loss leaves files that fit together. */
  readonly replaceFiles: (disk: Disk, replaceSnapshot: () => void, replaceJournal: () => void) => void
  readonly isWholeRecord: (bytes: Uint8Array, view: DataView, offset: number) => boolean
  /** What a server does whose journal is missing: it has one again, or says why it stays away. */
  readonly withoutJournal: (disk: Disk, id: NodeId) => string | undefined
}

/** What a server is made with: known before it starts, the same for all its life. */
export interface Raft {
  /** The servers that the cluster began with, whether or not they are up. */
  readonly servers: readonly NodeId[]
  readonly stateMachine: StateMachine
  readonly options: RaftOptions
  readonly rules: Rules
}
