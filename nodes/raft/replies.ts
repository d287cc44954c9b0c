import type { NodeId } from '../../sim/machine.ts'
import type { Outcome } from './messages.ts'
import type { RaftContext } from './state.ts'

/** Which request of which client a reply belongs to. */
export interface RequestName {
  readonly client: NodeId
  readonly session: string
  readonly serial: number
}

export function answer(ctx: RaftContext, { client, session, serial }: RequestName, outcome: Outcome): void {
  ctx.send(client, { type: 'ClientReply', session, serial, ...outcome })
}

/** A server that cannot serve names the latest leader it knows (section 8). */
export function refuseAsFollower(
  ctx: RaftContext,
  { client, session, serial }: RequestName,
  leader: NodeId | null,
): void {
  ctx.send(client, { type: 'ClientReply', session, serial, status: 'not leader', leader })
}

export function refuseAsBusy(ctx: RaftContext, { client, session, serial }: RequestName): void {
  ctx.send(client, { type: 'ClientReply', session, serial, status: 'busy' })
}

export function refuseForGood(ctx: RaftContext, { client, session, serial }: RequestName, reason: string): void {
  ctx.send(client, { type: 'ClientReply', session, serial, status: 'refused', reason })
}
