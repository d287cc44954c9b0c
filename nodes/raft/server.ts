import type { Machine, NodeId } from '../../sim/machine.ts'
import { isWholeRecord } from '../storage/journal.ts'
import {
  heedsTerm,
  isReplyToTerm,
  matchIndexAfter,
  onAppendEntriesReply,
  onInstallSnapshotReply,
  onLeaderDurable,
} from './acknowledgement.ts'
import { writeOwnEntry } from './append.ts'
import { bugRules } from './bugs/index.ts'
import { committedUpTo } from './commit.ts'
import {
  answerVote,
  campaign,
  countVote,
  onRequestVote,
  onRequestVoteReply,
  requestVotes,
  startElection,
  tally,
} from './election.ts'
import { configurationAt, mayCampaign } from './configuration.ts'
import { acknowledgedIndex, onAppendEntries } from './follower.ts'
import { onInstallSnapshot, goesOnBehind, termAfterInstall } from './install-snapshot.ts'
import { propose, proposeSession } from './leader.ts'
import { checkTransfer, onTimeoutNow, transferLeadership, urge } from './leadership-transfer.ts'
import { isUpToDate, lastIndex } from './log.ts'
import { addServer, checkJoining, mayChangeConfiguration, removeServer } from './membership.ts'
import type { ClientRequest, ClusterRequest, Durable, OpenSession, RaftMessage, ServerMessage } from './messages.ts'
import { persistThenSend, recoverServer, replaceFiles, rewriteJournal, withoutJournal } from './persistence.ts'
import { onPreVote, onPreVoteReply, requestPreVotes, startPreVote } from './pre-vote.ts'
import { checkQuorum, hasQuorum, majority } from './quorum.ts'
import { defaultRaftOptions, type Raft, type RaftOptions, type Rules } from './raft.ts'
import { onRead, onReadIndex, onReadIndexReply, readIndex, readRound } from './read-index.ts'
import { refuseAsFollower, refuseForGood } from './replies.ts'
import { broadcastAppendEntries, takeGuess } from './replication.ts'
import { armElection } from './roles.ts'
import { isAnswerFor, isRepeat, sessionClockMs } from './sessions.ts'
import { restore } from './snapshot.ts'
import { answerStatus } from './status.ts'
import { emptyState, type Leadership, type RaftContext, type RaftState, type RaftTimer } from './state.ts'
import type { StateMachine } from './state-machine.ts'

const correctRules: Rules = {
  majority,
  tally,
  isUpToDate,
  campaign,
  answerVote,
  acknowledge: persistThenSend,
  committedUpTo,
  acknowledgedIndex,
  matchIndexAfter,
  takeGuess,
  heedsTerm,
  isReplyToTerm,
  hasQuorum,
  mayChangeConfiguration,
  isRepeat,
  isAnswerFor,
  readIndex,
  readRound,
  writeOwnEntry,
  sessionClockMs,
  sessionsInSnapshot: (sessions) => sessions,
  restoredData: (_own, found) => found,
  termAfterInstall,
  goesOnBehind,
  replaceFiles,
  isWholeRecord,
  withoutJournal,
}

export interface RaftServerConfiguration<Data extends object> extends Partial<RaftOptions> {
  /**
   * The servers that the cluster began with: the same at every server, also at one that is to join later and is not
   * among them. Changes since then are in the log.
   */
  readonly servers: readonly NodeId[]
  readonly stateMachine: StateMachine<Data>
  /** A planted bug, by id: see the folder of bugs. */
  readonly bug?: string | undefined
}

/**
 * A server of a replicated state machine after Ongaro and Ousterhout, "In Search of an Understandable Consensus
 * Algorithm" (2014); sections named beside the code are that paper's. Its disk must have been set up by
 * `formatServer`; a server without that, or with a damaged journal, exits.
 */
export function raftServer<Data extends object>(
  configuration: RaftServerConfiguration<Data>,
): Machine<RaftState<any>, RaftMessage, RaftTimer> {
  const { servers, stateMachine, bug, ...options } = configuration
  const raft: Raft = {
    servers,
    stateMachine,
    options: { ...defaultRaftOptions, ...options },
    rules: bug === undefined ? correctRules : { ...correctRules, ...bugRules(bug) },
  }
  return {
    start: (ctx) => start(raft, ctx),
    onMessage: (state, ctx, from, message) => onMessage(raft, state, ctx, from, message),
    onTimer: (state, ctx, timer) => onTimer(raft, state, ctx, timer),
  }
}

/** Every incarnation begins as a follower; only term, vote and log outlive the last (section 5.1, figure 2). */
function start(raft: Raft, ctx: RaftContext): RaftState {
  const recovered = recoverServer(raft.rules, ctx.disk, ctx.self)
  const data: object = raft.stateMachine.empty()
  if (typeof recovered === 'string') {
    ctx.exit(recovered)
    return emptyState({ path: '', length: 0, syncedLength: 0 }, data, raft.servers)
  }
  const { term, votedFor, log, journal, snapshot, contents } = recovered
  armElection(raft, ctx)
  const state = emptyState(journal, data, raft.servers, log)
  state.term = term
  state.votedFor = votedFor
  state.recorded = { term, votedFor }
  state.configuration = configurationAt(raft, log, null, lastIndex(log))
  if (snapshot !== null) restore(raft, state, snapshot, contents!)
  if (recovered.outdated) rewriteJournal(state, ctx)
  if (term > 0) ctx.note('recovered', { term, lastIndex: lastIndex(log), snapshotIndex: state.restoredIndex })
  return state
}

function onTimer(raft: Raft, state: RaftState, ctx: RaftContext, timer: RaftTimer): void {
  if (timer === 'election') {
    if (state.leadership !== null) onLeaderTimeout(raft, state, ctx, state.leadership)
    else if (!mayCampaign(state, ctx.self)) return
    else if (raft.options.preVote) startPreVote(raft, state, ctx)
    else startElection(raft, state, ctx, false)
  } else if (state.leadership !== null) {
    onHeartbeat(raft, state, ctx, state.leadership)
  } else if (state.role === 'candidate') {
    requestVotes(raft, state, ctx)
  } else if (state.role === 'pre-candidate') {
    requestPreVotes(raft, state, ctx)
  }
}

/** Once an election timeout a leader looks whether what it waits for still comes. */
function onLeaderTimeout(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  armElection(raft, ctx)
  checkTransfer(raft, ctx, leadership)
  checkJoining(ctx, leadership)
  checkQuorum(raft, state, ctx, leadership)
}

function onHeartbeat(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  broadcastAppendEntries(raft, state, ctx, leadership)
  // The last wish may have got lost.
  for (const follower of leadership.followers) urge(state, ctx, leadership, follower)
}

function onMessage(raft: Raft, state: RaftState, ctx: RaftContext, from: NodeId, message: RaftMessage): void {
  switch (message.type) {
    case 'ClientRequest':
      onClientRequest(raft, state, ctx, from, message)
      break
    case 'OpenSession':
      onOpenSession(raft, state, ctx, from, message)
      break
    case 'Status':
      answerStatus(state, ctx, from, message)
      break
    case 'ClientReply':
    case 'StatusReply':
    case 'Ask':
    case 'Answered':
      break
    case 'Durable':
      onDurable(raft, state, ctx, message)
      break
    case 'ClusterRequest':
      onClusterRequest(raft, state, ctx, from, message)
      break
    // Also from who is no member: the configuration here may be behind, or ahead (dissertation, section 4.1).
    default:
      onServerMessage(raft, state, ctx, from, message)
  }
}

function onServerMessage(raft: Raft, state: RaftState, ctx: RaftContext, from: NodeId, message: ServerMessage): void {
  switch (message.type) {
    case 'AppendEntries':
      onAppendEntries(raft, state, ctx, from, message)
      break
    case 'AppendEntriesReply':
      onAppendEntriesReply(raft, state, ctx, from, message)
      break
    case 'InstallSnapshot':
      onInstallSnapshot(raft, state, ctx, from, message)
      break
    case 'InstallSnapshotReply':
      onInstallSnapshotReply(raft, state, ctx, from, message)
      break
    case 'RequestVote':
      onRequestVote(raft, state, ctx, from, message)
      break
    case 'RequestVoteReply':
      onRequestVoteReply(raft, state, ctx, from, message)
      break
    case 'PreVote':
      onPreVote(raft, state, ctx, from, message)
      break
    case 'PreVoteReply':
      onPreVoteReply(raft, state, ctx, from, message)
      break
    case 'TimeoutNow':
      onTimeoutNow(raft, state, ctx, message)
      break
    case 'ReadIndex':
      onReadIndex(raft, state, ctx, from, message)
      break
    case 'ReadIndexReply':
      onReadIndexReply(raft, state, ctx, message)
      break
  }
}

/** Any server may be asked; only the leader takes commands, and names itself to who asks elsewhere (section 8). */
function onClientRequest(raft: Raft, state: RaftState, ctx: RaftContext, client: NodeId, message: ClientRequest): void {
  const request = { client, session: message.session, serial: message.serial }
  const refusal = raft.stateMachine.refusal(message.command)
  if (refusal !== undefined) refuseForGood(ctx, request, refusal)
  else if (raft.stateMachine.readOnly(message.command)) onRead(raft, state, ctx, request, message.command)
  else if (state.leadership !== null) propose(raft, state, ctx, state.leadership, client, message)
  else refuseAsFollower(ctx, request, state.leaderId)
}

function onClusterRequest(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  client: NodeId,
  message: ClusterRequest,
): void {
  const { session, serial, change } = message
  const waiter = { client, session, serial, term: state.term }
  const { leadership } = state
  if (leadership === null) refuseAsFollower(ctx, waiter, state.leaderId)
  else if (change.action === 'add server') addServer(raft, state, ctx, leadership, change.server, waiter)
  else if (change.action === 'remove server') removeServer(raft, state, ctx, leadership, change.server, waiter)
  else transferLeadership(raft, state, ctx, leadership, change.server, waiter)
}

function onOpenSession(raft: Raft, state: RaftState, ctx: RaftContext, client: NodeId, message: OpenSession): void {
  const { session, serial } = message
  if (state.leadership !== null) proposeSession(raft, state, ctx, state.leadership, client, message)
  else refuseAsFollower(ctx, { client, session, serial }, state.leaderId)
}

/** What this server wrote itself counts from now on: the candidate's vote, the leader's entries. */
function onDurable(raft: Raft, state: RaftState, ctx: RaftContext, message: Durable): void {
  if (message.term !== state.term) return
  if (state.role === 'candidate') countVote(raft, state, ctx, ctx.self)
  else if (state.leadership !== null) onLeaderDurable(raft, state, ctx, state.leadership, message.index)
}
