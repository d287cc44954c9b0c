import type { NodeId } from '../../sim/machine.ts'
import { lastIndex } from './log.ts'
import type { Status } from './asking.ts'
import type { RaftContext, RaftState } from './state.ts'

/** Any server tells how it is, whatever its role: people ask when things are not well. */
export function answerStatus(state: RaftState, ctx: RaftContext, from: NodeId, { serial }: Status): void {
  const { role, term, leaderId, log, commitIndex, lastApplied, snapshot, configuration } = state
  ctx.send(from, {
    type: 'StatusReply',
    serial,
    role,
    term,
    leader: role === 'leader' ? ctx.self : leaderId,
    lastIndex: lastIndex(log),
    commitIndex,
    lastApplied,
    snapshotIndex: snapshot?.lastIndex ?? 0,
    servers: configuration.servers,
  })
}
