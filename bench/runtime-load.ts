import type { Context, Machine, Millis, NodeId } from '../sim/machine.ts'
import type { DictionaryCommand } from '../nodes/dictionary/dictionary.ts'
import type { RaftMessage } from '../nodes/raft/messages.ts'

const RETRY_MS = 300

interface RetryTimer {
  readonly type: 'retry'
  readonly client: number
}

interface Asked {
  readonly serial: number
  readonly atMs: Millis
}

export interface LoadState {
  leader: NodeId
  readonly name: string
  readonly asked: Asked[]
  /** How long each answer took, in milliseconds, of those that came after the start of the measurement. */
  latenciesMs: number[]
}

/**
 * Many clients in one machine: each has one request under way and asks the next as soon as it is answered. Values are
 * 100 characters; keys are many, so that the dictionary and not a key is what is measured.
 */
export function load(
  servers: readonly NodeId[],
  clients: number,
  action: 'set' | 'get',
): Machine<LoadState, RaftMessage, RetryTimer> {
  const ask = (state: LoadState, ctx: Context<RaftMessage, RetryTimer>, client: number): void => {
    const { serial } = state.asked[client]!
    const key = `key ${(serial * 31 + client) % 1_000}`
    const command: DictionaryCommand = action === 'set' ? { action, key, value: 'v'.repeat(100) } : { action, key }
    ctx.send(state.leader, { type: 'ClientRequest', session: `${state.name}.${client}`, serial, command })
    ctx.setTimer({ type: 'retry', client }, RETRY_MS)
  }
  return {
    start: (ctx) => {
      const state: LoadState = {
        leader: ctx.random.pick(servers),
        name: `${ctx.self}.${ctx.random.integer(0, 0x7fffffff)}`,
        asked: Array.from({ length: clients }, () => ({ serial: 1, atMs: ctx.now })),
        latenciesMs: [],
      }
      for (let client = 0; client < clients; client++) ask(state, ctx, client)
      return state
    },
    onMessage: (state, ctx, from, message) => {
      if (message.type !== 'ClientReply') return
      const client = Number(message.session.slice(message.session.lastIndexOf('.') + 1))
      const asked = state.asked[client]
      if (asked?.serial !== message.serial) return
      if (message.status === 'ok') {
        state.leader = from
        state.latenciesMs.push(ctx.now - asked.atMs)
        state.asked[client] = { serial: asked.serial + 1, atMs: ctx.now }
        ask(state, ctx, client)
      } else if (message.status === 'not leader' && message.leader !== null && message.leader !== state.leader) {
        state.leader = message.leader
        ask(state, ctx, client)
      }
    },
    onTimer: (state, ctx, { client }) => {
      if (state.asked[client] === undefined) return
      state.leader = ctx.random.pick(servers)
      ask(state, ctx, client)
    },
  }
}
