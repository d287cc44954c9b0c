import type { NodeId } from '../../sim/machine.ts'
import { mayCampaign } from './configuration.ts'
import { startElection } from './election.ts'
import { lastIndex } from './log.ts'
import type { TimeoutNow } from './messages.ts'
import type { Raft } from './raft.ts'
import { answer, refuseAsBusy, refuseForGood } from './replies.ts'
import { sendAnew } from './replication.ts'
import type { Leadership, Progress, RaftContext, RaftState, Waiter } from './state.ts'

/**
 * A leader hands over to a server of one's choice: it takes no more commands, brings that server's log up to its own,
 * and tells it to hold an election at once, which it then wins in all likelihood (dissertation, section 3.10).
 */
export function transferLeadership(
  raft: Raft,
  state: RaftState,
  ctx: RaftContext,
  leadership: Leadership,
  target: NodeId,
  waiter: Waiter,
): void {
  const follower = leadership.followers.find(({ id }) => id === target)
  if (target === ctx.self) answer(ctx, waiter, { status: 'ok', answer: null })
  else if (follower === undefined) refuseForGood(ctx, waiter, `${target} is not a member of the cluster`)
  else if (leadership.transfer?.target === target) leadership.transfer.waiter = waiter
  else if (leadership.transfer !== null || leadership.joining !== null) refuseAsBusy(ctx, waiter)
  else {
    ctx.note('leadership transfer begins', { to: target })
    leadership.transfer = { target, waiter, beganMs: ctx.now }
    if (!urge(state, ctx, leadership, follower)) sendAnew(raft, state, ctx, leadership, follower)
  }
}

/** Tells the target to hold an election, if its log is as long as the leader's. True where it was told. */
export function urge(state: RaftState, ctx: RaftContext, { transfer }: Leadership, follower: Progress): boolean {
  if (transfer?.target !== follower.id || follower.matchIndex < lastIndex(state.log)) return false
  handOver(state, ctx, follower)
  return true
}

export function handOver(state: RaftState, ctx: RaftContext, { id }: Progress): void {
  ctx.send(id, { type: 'TimeoutNow', term: state.term })
}

/** A target that has not taken over within an election timeout may be down: the leader takes commands again. */
export function checkTransfer(raft: Raft, ctx: RaftContext, leadership: Leadership): void {
  const { transfer } = leadership
  if (transfer === null || ctx.now - transfer.beganMs < raft.options.electionTimeoutMs[0]) return
  ctx.note('leadership transfer given up', { to: transfer.target })
  leadership.transfer = null
  refuseForGood(ctx, transfer.waiter, `${transfer.target} did not take over in time`)
}

/** As if the election timeout had come, and without asking first: the leader itself wishes it. */
export function onTimeoutNow(raft: Raft, state: RaftState, ctx: RaftContext, message: TimeoutNow): void {
  if (message.term !== state.term || state.role !== 'follower' || !mayCampaign(state, ctx.self)) return
  startElection(raft, state, ctx, true)
}
