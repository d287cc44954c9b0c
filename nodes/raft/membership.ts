import type { NodeId } from '../../sim/machine.ts'
import { appendConfiguration } from './append.ts'
import { newProgress } from './configuration.ts'
import { lastIndex } from './log.ts'
import type { Raft } from './raft.ts'
import { answer, refuseAsBusy, refuseForGood } from './replies.ts'
import { sendAnew } from './replication.ts'
import { becomeFollower } from './roles.ts'
import type { Joining, Leadership, Progress, RaftContext, RaftState, Waiter } from './state.ts'
import { handOver } from './leadership-transfer.ts'

/**
 * Servers are added and removed one at a time: then any majority of the servers before shares a server with any
 * majority of those after, so that the cluster may go from the one to the other server by server (dissertation,
 * chapter 4).
 */

/** A server that has not caught up after so many rounds is slower than the log grows (section 4.2.1). */
const MOST_ROUNDS = 10

/**
 * No change before the last one is committed, and none before the leader has committed an entry of its own term: until
 * then a predecessor's change, unknown here, may still be on its way, and two changes at once may leave two majorities
 * that share nobody (D. Ongaro, "bug in single-server membership changes", raft-dev, 2015).
 */
export function mayChangeConfiguration({ commitIndex, configuration }: RaftState, { noOpIndex }: Leadership): boolean {
  return commitIndex >= noOpIndex && commitIndex >= configuration.index
}

/** The new server first receives the log without a vote, as with one that lags the cluster might stand still. */
export function addServer(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  server: NodeId,
  waiter: Waiter,
): void {
  const { joining } = leadership
  if (state.configuration.servers.includes(server)) awaitConfiguration(state, ctx, waiter)
  else if (joining?.progress.id === server) joining.waiter = waiter
  else if (joining !== null || leadership.transfer !== null || !raft.rules.mayChangeConfiguration(state, leadership)) {
    refuseAsBusy(ctx, waiter)
  } else {
    ctx.note('server joins', { server })
    const last = lastIndex(state.log)
    const progress = newProgress(server, last)
    leadership.joining = { progress, waiter, round: 1, targetIndex: last, roundBeganMs: ctx.now, checkedRound: -1 }
    if (ctx.buggify('raft: add a server that has not caught up'))
      admit(raft, state, ctx, leadership, leadership.joining)
    else sendAnew(raft, state, ctx, leadership, progress)
  }
}

export function removeServer(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  server: NodeId,
  waiter: Waiter,
): void {
  const { servers } = state.configuration
  const { joining, transfer } = leadership
  if (!servers.includes(server)) awaitConfiguration(state, ctx, waiter)
  else if (servers.length <= raft.options.minServers) {
    refuseForGood(ctx, waiter, `the cluster keeps at least ${raft.options.minServers} servers`)
  } else if (joining !== null || transfer !== null || !raft.rules.mayChangeConfiguration(state, leadership)) {
    refuseAsBusy(ctx, waiter)
  } else {
    const others = servers.filter((id) => id !== server)
    appendConfiguration(raft, state, ctx, leadership, others, waiter)
  }
}

/** The configuration is as asked: known for good once committed. */
function awaitConfiguration(
  { configuration, commitIndex, waiting }: RaftState,
  ctx: RaftContext,
  waiter: Waiter,
): void {
  if (configuration.index <= commitIndex) answer(ctx, waiter, { status: 'ok', answer: null })
  else waiting.set(configuration.index, waiter)
}

/**
 * A round brings the new server all that was in the log when the round began. Once one takes less than an election
 * timeout, what is still missing will not keep the cluster waiting for longer than an election might (section 4.2.1).
 */
export function catchUp(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  joining: Joining,
): void {
  while (joining.progress.matchIndex >= joining.targetIndex) {
    if (ctx.now - joining.roundBeganMs < raft.options.electionTimeoutMs[0]) {
      ctx.note('server caught up', { server: joining.progress.id, rounds: joining.round })
      admit(raft, state, ctx, leadership, joining)
      return
    }
    if (joining.round === MOST_ROUNDS) {
      abandon(ctx, leadership, joining, 'is slower than the log grows')
      return
    }
    joining.round++
    joining.targetIndex = lastIndex(state.log)
    joining.roundBeganMs = ctx.now
  }
}

function admit(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership, joining: Joining): void {
  const servers = [...state.configuration.servers, joining.progress.id]
  appendConfiguration(raft, state, ctx, leadership, servers, joining.waiter)
}

/** Once an election timeout: a new server that has not been heard of since the last time is given up. */
export function checkJoining(ctx: RaftContext, leadership: Leadership): void {
  const { joining } = leadership
  if (joining === null) return
  if (joining.progress.ackedRound === joining.checkedRound) abandon(ctx, leadership, joining, 'does not answer')
  else joining.checkedRound = joining.progress.ackedRound
}

function abandon(ctx: RaftContext, leadership: Leadership, joining: Joining, why: string): void {
  const { progress, waiter } = joining
  ctx.note('server does not join', { server: progress.id })
  leadership.joining = null
  refuseForGood(ctx, waiter, `${progress.id} ${why}`)
}

/** A leader that is no member leads until the configuration without it is committed, and not for longer (section 4.2.2). */
export function retireWhenRemoved(raft: Raft, state: RaftState, ctx: RaftContext, leadership: Leadership): void {
  if (leadership.isMember || state.configuration.index > state.commitIndex) return
  ctx.note('stepped down when removed', { term: state.term })
  handOver(state, ctx, mostUpToDate(leadership.followers))
  becomeFollower(raft, state, ctx, state.term, null)
}

function mostUpToDate(followers: readonly Progress[]): Progress {
  return followers.reduce((best, follower) => (follower.matchIndex > best.matchIndex ? follower : best))
}
