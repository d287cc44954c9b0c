import type { SmallSystem } from '../../../../explore/exhaustive/world.ts'
import type { Machine, NodeId } from '../../../../sim/machine.ts'
import { registerSystem, type RegisterMessage } from './register.ts'

/** Orders writes: a count, and between equal counts the name of the writer. */
interface Stamp {
  readonly count: number
  readonly by: NodeId
}

type AbdMessage =
  | { readonly type: 'query'; readonly request: number }
  | { readonly type: 'query ack'; readonly request: number; readonly stamp: Stamp; readonly value: string | null }
  | { readonly type: 'record'; readonly request: number; readonly stamp: Stamp; readonly value: string | null }
  | { readonly type: 'record ack'; readonly request: number }

type Answer = { readonly id: NodeId; readonly stamp: Stamp; readonly value: string | null }

type Phase =
  | {
      readonly name: 'query'
      readonly request: number
      readonly client: NodeId
      readonly write: string | null
      answers: Answer[]
    }
  | {
      readonly name: 'record'
      readonly request: number
      readonly client: NodeId
      readonly read: string | null | undefined
      acks: NodeId[]
    }

interface State {
  stamp: Stamp
  value: string | null
  phase: Phase | null
}

function later(left: Stamp, right: Stamp): boolean {
  return left.count === right.count ? left.by > right.by : left.count > right.count
}

/**
 * A register shared by a majority: ask it for the latest value, then tell it the new one, or the same again (Attiya,
 * Bar-Noy and Dolev, "Sharing memory robustly in message-passing systems", 1995). A server does one request at a time
 * and forgets others, as in stateright's `linearizable-register.rs`.
 */
function abdServer(id: NodeId, servers: readonly NodeId[]): Machine<State, RegisterMessage | AbdMessage> {
  const peers = servers.filter((peer) => peer !== id)
  const majority = Math.floor(servers.length / 2) + 1
  return {
    start: () => ({ stamp: { count: 0, by: id }, value: null, phase: null }),
    onMessage: (state, ctx, from, message) => {
      const { phase } = state
      switch (message.type) {
        case 'put':
        case 'get': {
          if (phase !== null) return
          const { request } = message
          for (const peer of peers) ctx.send(peer, { type: 'query', request })
          const own = { id, stamp: state.stamp, value: state.value }
          const write = message.type === 'put' ? message.value : null
          state.phase = { name: 'query', request, client: from, write, answers: [own] }
          return
        }
        case 'query':
          ctx.send(from, { type: 'query ack', request: message.request, stamp: state.stamp, value: state.value })
          return
        case 'query ack': {
          const { request, stamp, value } = message
          if (phase?.name !== 'query' || phase.request !== request) return
          phase.answers = [...phase.answers.filter((answer) => answer.id !== from), { id: from, stamp, value }]
          phase.answers.sort((left, right) => (left.id < right.id ? -1 : 1))
          if (phase.answers.length === majority) beginRecord(state, phase)
          return
        }
        case 'record':
          ctx.send(from, { type: 'record ack', request: message.request })
          take(state, message.stamp, message.value)
          return
        case 'record ack': {
          if (phase?.name !== 'record' || phase.request !== message.request || phase.acks.includes(from)) return
          phase.acks = [...phase.acks, from].sort()
          if (phase.acks.length < majority) return
          const { request, client, read } = phase
          ctx.send(client, read === undefined ? { type: 'put ok', request } : { type: 'get ok', request, value: read })
          state.phase = null
        }
      }

      function beginRecord(own: State, query: Extract<Phase, { name: 'query' }>): void {
        const { request, client, write, answers } = query
        const latest = answers.reduce((left, right) => (later(right.stamp, left.stamp) ? right : left))
        const stamp = write === null ? latest.stamp : { count: latest.stamp.count + 1, by: id }
        const value = write ?? latest.value
        for (const peer of peers) ctx.send(peer, { type: 'record', request, stamp, value })
        take(own, stamp, value)
        own.phase = { name: 'record', request, client, read: write === null ? value : undefined, acks: [id] }
      }
    },
  }
}

function take(state: State, stamp: Stamp, value: string | null): void {
  if (!later(stamp, state.stamp)) return
  state.stamp = stamp
  state.value = value
}

export function abd(servers: number): SmallSystem {
  const datagram = { transport: 'datagram' } as const
  const types = { query: datagram, 'query ack': datagram, record: datagram, 'record ack': datagram }
  return registerSystem(servers, abdServer, types)
}
