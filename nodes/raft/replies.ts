import type { NodeId } from '../../sim/machine.ts'
import type { ClientReply } from './messages.ts'
import type { RaftContext } from './state.ts'
import type { Answer } from './state-machine.ts'

/** Which request of which client a reply belongs to. */
export interface RequestName {
  readonly client: NodeId
  readonly session: string
  readonly serial: number
}

export function answer(ctx: RaftContext, request: RequestName, answered: Answer): void {
  reply(ctx, request, { status: 'ok', answer: answered })
}

/** A server that cannot serve names the latest leader it knows (section 8). */
export function refuseAsFollower(ctx: RaftContext, request: RequestName, leader: NodeId | null): void {
  reply(ctx, request, { status: 'not leader', leader })
}

export function refuseAsBusy(ctx: RaftContext, request: RequestName): void {
  reply(ctx, request, { status: 'busy' })
}

export function refuseForGood(ctx: RaftContext, request: RequestName, reason: string): void {
  reply(ctx, request, { status: 'refused', reason })
}

type Outcome<Reply = ClientReply> = Reply extends ClientReply ? Omit<Reply, 'type' | 'session' | 'serial'> : never

function reply(ctx: RaftContext, { client, session, serial }: RequestName, outcome: Outcome): void {
  ctx.send(client, { type: 'ClientReply', session, serial, ...outcome })
}
