import type { ClientContext, Context, HistoryRecorder, Machine, Millis, NodeId } from '../../sim/machine.ts'
import type { Answered, Ask, AskedOutcome, ServerStatus, StatusReply } from './asking.ts'
import { type ClientTimer, perform, raftClient, type RaftClientConfiguration, type RaftClientState } from './client.ts'
import type { RaftMessage } from './messages.ts'
import type { Answer, Command } from './state-machine.ts'

export interface RaftAgentConfiguration extends Omit<RaftClientConfiguration, 'operations'> {
  /** So many questions may wait; one more is refused. */
  readonly maxWaiting?: number
}

/** How the servers are, as far as they have said. */
interface Poll {
  readonly serial: number
  readonly asker: NodeId
  readonly id: number
  readonly heard: Map<NodeId, ServerStatus>
}

interface Question {
  readonly asker: NodeId
  readonly id: number
  readonly command: Command
}

interface PollTimer {
  readonly type: 'poll'
  readonly serial: number
}

export type AgentTimer = ClientTimer | PollTimer

export interface AgentState {
  readonly client: RaftClientState
  /** Numbers the operations, and apart from them the polls. */
  operations: number
  polls: number
  current: Question | null
  readonly waiting: Question[]
  readonly polling: Map<number, Poll>
}

type Ctx = Context<RaftMessage, AgentTimer>

const MAX_WAITING = 256

/**
 * A client that does what others ask it: a person at a terminal, a script, a page. It has a client's rules: one command
 * at a time, another server where one does not answer, the same number with each repeat, a session of its own. How the
 * servers are it asks all of them at once, whatever else is under way.
 */
export function raftAgent(configuration: RaftAgentConfiguration): Machine<AgentState, RaftMessage, AgentTimer> {
  const { maxWaiting = MAX_WAITING, ...rest } = configuration
  const rules: RaftClientConfiguration = { ...rest, operations: [] }
  const client = raftClient(rules)
  const inside = (state: AgentState, ctx: Ctx): AgentClientContext => new AgentClientContext(state, ctx)
  const goOn = (state: AgentState, ctx: Ctx): void => {
    if (state.current !== null) return
    const next = state.waiting.shift()
    if (next === undefined) return
    state.current = next
    perform(rules, state.client, inside(state, ctx), { id: state.operations++, atMs: 0, input: next.command })
  }
  return {
    start: (ctx) => ({
      // Nothing is begun at the start, so there is no history to tell of.
      client: client.start(ctx as unknown as ClientContext<RaftMessage, ClientTimer>),
      operations: 0,
      polls: 0,
      current: null,
      waiting: [],
      polling: new Map(),
    }),
    onMessage: (state, ctx, from, message) => {
      if (message.type === 'Ask') onAsk(rules, maxWaiting, state, ctx, from, message)
      else if (message.type === 'StatusReply') onStatusReply(rules, state, ctx, from, message)
      else client.onMessage(state.client, inside(state, ctx), from, message)
      goOn(state, ctx)
    },
    onTimer: (state, ctx, timer) => {
      if (typeof timer === 'string') client.onTimer(state.client, inside(state, ctx), timer)
      else endPoll(rules, state, ctx, timer.serial)
      goOn(state, ctx)
    },
    onPeer: (state, ctx, peer, status) => {
      client.onPeer!(state.client, inside(state, ctx), peer, status)
      goOn(state, ctx)
    },
  }
}

function onAsk(
  rules: RaftClientConfiguration,
  maxWaiting: number,
  state: AgentState,
  ctx: Ctx,
  asker: NodeId,
  { id, command }: Ask,
): void {
  if (command === null) poll(rules, state, ctx, asker, id)
  else if (state.waiting.length < maxWaiting) state.waiting.push({ asker, id, command })
  else answer(ctx, asker, id, { outcome: 'failed', reason: 'too much is asked at once' })
}

function answer(ctx: Ctx, asker: NodeId, id: number, result: AskedOutcome): void {
  const answered: Answered = { type: 'Answered', id, result }
  ctx.send(asker, answered)
}

const DEFAULT_SERVER_TIMEOUT_MS: Millis = 150

function poll(rules: RaftClientConfiguration, state: AgentState, ctx: Ctx, asker: NodeId, id: number): void {
  const serial = state.polls++
  state.polling.set(serial, { serial, asker, id, heard: new Map() })
  for (const server of rules.servers) ctx.send(server, { type: 'Status', serial })
  ctx.setTimer({ type: 'poll', serial }, rules.serverTimeoutMs ?? DEFAULT_SERVER_TIMEOUT_MS)
}

function onStatusReply(
  rules: RaftClientConfiguration,
  state: AgentState,
  ctx: Ctx,
  server: NodeId,
  { type: _type, serial, ...status }: StatusReply,
): void {
  const polled = state.polling.get(serial)
  if (polled === undefined || !rules.servers.includes(server)) return
  polled.heard.set(server, { server, status })
  if (polled.heard.size < rules.servers.length) return
  ctx.cancelTimer({ type: 'poll', serial })
  endPoll(rules, state, ctx, serial)
}

function endPoll(rules: RaftClientConfiguration, state: AgentState, ctx: Ctx, serial: number): void {
  const polled = state.polling.get(serial)
  if (polled === undefined) return
  state.polling.delete(serial)
  const servers = rules.servers.map((server) => polled.heard.get(server) ?? { server, status: null })
  answer(ctx, polled.asker, polled.id, { outcome: 'status', servers })
}

/** The context of the client within: what it would record, the asker is told. */
class AgentClientContext implements ClientContext<RaftMessage, ClientTimer> {
  readonly self: NodeId
  readonly history: HistoryRecorder
  private readonly outer: Ctx

  constructor(state: AgentState, outer: Ctx) {
    this.self = outer.self
    this.outer = outer
    const tell = (result: AskedOutcome): void => {
      const { current } = state
      if (current === null) return
      state.current = null
      answer(outer, current.asker, current.id, result)
    }
    this.history = {
      begun: () => false,
      invoke: () => undefined,
      ok: (_operation, output) => tell({ outcome: 'ok', answer: output as Answer }),
      fail: (_operation, reason = 'it was not done') => tell({ outcome: 'failed', reason }),
      info: (_operation, reason = 'no answer') => tell({ outcome: 'unknown', reason }),
    }
  }

  get now(): Millis {
    return this.outer.now
  }

  get wallClock(): Millis {
    return this.outer.wallClock
  }

  get random(): Ctx['random'] {
    return this.outer.random
  }

  get disk(): Ctx['disk'] {
    return this.outer.disk
  }

  send(to: NodeId, message: RaftMessage): void {
    this.outer.send(to, message)
  }

  setTimer(timer: ClientTimer, after: Millis | readonly [min: Millis, max: Millis]): void {
    this.outer.setTimer(timer, after)
  }

  cancelTimer(timer: ClientTimer): void {
    this.outer.cancelTimer(timer)
  }

  introduce(...peer: Parameters<Ctx['introduce']>): void {
    this.outer.introduce(...peer)
  }

  note(...note: Parameters<Ctx['note']>): void {
    this.outer.note(...note)
  }

  buggify(label: string): boolean {
    return this.outer.buggify(label)
  }

  outboxLength(peer: NodeId): number {
    return this.outer.outboxLength(peer)
  }

  exit(reason: string): void {
    this.outer.exit(reason)
  }
}
