import type { SmallSystem } from '../../../../explore/exhaustive/world.ts'
import type { Context, Machine, NodeId } from '../../../../sim/machine.ts'
import { registerSystem, type RegisterMessage } from './register.ts'

interface Ballot {
  readonly round: number
  readonly by: NodeId
}

interface Proposal {
  readonly request: number
  readonly client: NodeId
  readonly value: string | null
}

interface Accepted {
  readonly ballot: Ballot
  readonly proposal: Proposal
}

type PaxosMessage =
  | { readonly type: 'prepare'; readonly ballot: Ballot }
  | { readonly type: 'prepared'; readonly ballot: Ballot; readonly accepted: Accepted | null }
  | { readonly type: 'accept'; readonly ballot: Ballot; readonly proposal: Proposal }
  | { readonly type: 'accepted'; readonly ballot: Ballot }
  | { readonly type: 'decided'; readonly ballot: Ballot; readonly proposal: Proposal }

type Pledge = { readonly id: NodeId; readonly accepted: Accepted | null }

interface State {
  ballot: Ballot
  proposal: Proposal | null
  /** Who has promised, and who has accepted; by name. */
  promises: Pledge[]
  accepts: NodeId[]
  accepted: Accepted | null
  decided: boolean
}

type Ctx = Context<RegisterMessage | PaxosMessage>

function compare(left: Ballot, right: Ballot): number {
  if (left.round !== right.round) return left.round - right.round
  return left.by === right.by ? 0 : left.by < right.by ? -1 : 1
}

/**
 * A server of single-decree Paxos (Lamport, "Paxos made simple", 2001): each write it is asked for begins a ballot of
 * its own, and reads are answered once a value is decided, as in stateright's `paxos.rs`.
 */
function paxosServer(id: NodeId, servers: readonly NodeId[]): Machine<State, RegisterMessage | PaxosMessage> {
  const peers = servers.filter((peer) => peer !== id)
  const majority = Math.floor(servers.length / 2) + 1
  const tellAll = (ctx: Ctx, message: PaxosMessage): void => {
    for (const peer of peers) ctx.send(peer, message)
  }

  const onPut = (state: State, ctx: Ctx, proposal: Proposal): void => {
    if (state.proposal !== null) return
    state.proposal = proposal
    state.ballot = { round: state.ballot.round + 1, by: id }
    state.promises = [{ id, accepted: state.accepted }]
    state.accepts = []
    tellAll(ctx, { type: 'prepare', ballot: state.ballot })
  }

  const onPrepared = (state: State, ctx: Ctx, from: NodeId, accepted: Accepted | null): void => {
    state.promises = [...state.promises.filter((promise) => promise.id !== from), { id: from, accepted }]
    state.promises.sort((left, right) => (left.id < right.id ? -1 : 1))
    if (state.promises.length !== majority) return
    const { ballot } = state
    const known = state.promises.flatMap((promise) => promise.accepted ?? [])
    known.sort((left, right) => compare(right.ballot, left.ballot))
    const proposal = known[0]?.proposal ?? state.proposal!
    state.proposal = proposal
    state.accepted = { ballot, proposal }
    state.accepts = [id]
    tellAll(ctx, { type: 'accept', ballot, proposal })
  }

  const onAccepted = (state: State, ctx: Ctx, from: NodeId): void => {
    state.accepts = [...state.accepts.filter((other) => other !== from), from].sort()
    if (state.accepts.length !== majority) return
    state.decided = true
    const proposal = state.proposal!
    tellAll(ctx, { type: 'decided', ballot: state.ballot, proposal })
    ctx.send(proposal.client, { type: 'put ok', request: proposal.request })
  }

  const onMessage = (state: State, ctx: Ctx, from: NodeId, message: RegisterMessage | PaxosMessage): void => {
    if (state.decided) {
      const value = state.accepted!.proposal.value
      if (message.type === 'get') ctx.send(from, { type: 'get ok', request: message.request, value })
      return
    }
    switch (message.type) {
      case 'put':
        onPut(state, ctx, { request: message.request, client: from, value: message.value })
        break
      case 'prepare':
        if (compare(state.ballot, message.ballot) >= 0) break
        state.ballot = message.ballot
        ctx.send(from, { type: 'prepared', ballot: message.ballot, accepted: state.accepted })
        break
      case 'prepared':
        if (compare(state.ballot, message.ballot) === 0) onPrepared(state, ctx, from, message.accepted)
        break
      case 'accept':
        if (compare(state.ballot, message.ballot) > 0) break
        state.ballot = message.ballot
        state.accepted = { ballot: message.ballot, proposal: message.proposal }
        ctx.send(from, { type: 'accepted', ballot: message.ballot })
        break
      case 'accepted':
        if (compare(state.ballot, message.ballot) === 0) onAccepted(state, ctx, from)
        break
      case 'decided':
        state.ballot = message.ballot
        state.accepted = { ballot: message.ballot, proposal: message.proposal }
        state.decided = true
        break
    }
  }

  return {
    start: () => ({
      ballot: { round: 0, by: servers[0]! },
      proposal: null,
      promises: [],
      accepts: [],
      accepted: null,
      decided: false,
    }),
    onMessage,
  }
}

export function paxos(servers: number): SmallSystem {
  const datagram = { transport: 'datagram' } as const
  return registerSystem(servers, paxosServer, {
    prepare: datagram,
    prepared: datagram,
    accept: datagram,
    accepted: datagram,
    decided: datagram,
  })
}
