import {
  appendRecord,
  openJournal,
  protocol,
  syncJournal,
  type Context,
  type Journal,
  type Machine,
  type NodeId,
} from 'petrel'

/** A counter that every node adds to by itself: a map from each node to its own part, which all others copy. */
export type CounterMessage =
  | { readonly type: 'add'; readonly id: number }
  | { readonly type: 'added'; readonly id: number }
  | { readonly type: 'parts'; readonly parts: ReadonlyMap<NodeId, number> }

export const counterProtocol = protocol<CounterMessage>({
  add: { transport: 'datagram', identity: ({ id }) => id },
  added: { transport: 'datagram', identity: ({ id }) => id },
  parts: { transport: 'datagram' },
})

export interface CounterState {
  readonly journal: Journal
  /** Ids of the adds in the journal: a message may come twice. */
  readonly counted: Set<number>
  readonly parts: Map<NodeId, number>
}

export interface CounterOptions {
  readonly peers: readonly NodeId[]
  /** The bug: a node answers before what it answers is on its disk. */
  readonly answersEarly: boolean
}

export function counterServer({
  peers,
  answersEarly,
}: CounterOptions): Machine<CounterState, CounterMessage, 'gossip'> {
  return {
    start: (ctx) => {
      const { journal, records } = openJournal(ctx.disk, 'adds')
      const counted = new Set(records as readonly number[])
      if (counted.size > 0) ctx.note('recovered', { adds: counted.size })
      ctx.setTimer('gossip', [20, 40])
      return { journal, counted, parts: new Map([[ctx.self, counted.size]]) }
    },
    onMessage: (state, ctx, from, message) => {
      if (message.type === 'add') add(state, ctx, from, message.id)
      if (message.type === 'parts') for (const [node, part] of message.parts) learn(state, node, part)
    },
    onTimer: (state, ctx) => {
      for (const peer of peers) if (peer !== ctx.self) ctx.send(peer, { type: 'parts', parts: new Map(state.parts) })
      ctx.setTimer('gossip', [20, 40])
    },
  }

  function add(state: CounterState, ctx: Context<CounterMessage, 'gossip'>, client: NodeId, id: number): void {
    if (!state.counted.has(id)) {
      state.counted.add(id)
      state.parts.set(ctx.self, state.counted.size)
      appendRecord(state.journal, ctx.disk, id)
    }
    if (answersEarly) ctx.send(client, { type: 'added', id })
    syncJournal(state.journal, ctx.disk)
    if (!answersEarly) ctx.send(client, { type: 'added', id })
  }

  function learn(state: CounterState, node: NodeId, part: number): void {
    state.parts.set(node, Math.max(part, state.parts.get(node) ?? 0))
  }
}

/** What a node counts; nothing while it is down. */
export function valueOf(state: CounterState | undefined): number {
  return [...(state?.parts.values() ?? [])].reduce((sum, part) => sum + part, 0)
}
