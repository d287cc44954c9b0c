import type { ClientContext, ClientMachine, Millis, NodeId } from '../../sim/machine.ts'
import { type ClusterChange, isClusterChange } from './cluster-change.ts'
import type { ClientReply, RaftMessage } from './messages.ts'
import type { Command, StateMachine } from './state-machine.ts'

/** One operation of a client's workload. */
export interface ClientOperation {
  /** Rises along the workload. */
  readonly id: number
  /** Not before this time of the workload. */
  readonly atMs: Millis
  readonly input: Command | ClusterChange
}

export interface RaftClientConfiguration {
  readonly servers: readonly NodeId[]
  readonly operations: readonly ClientOperation[]
  readonly stateMachine: StateMachine
  /** SERVER_TIMEOUT: how long one server may take. */
  readonly serverTimeoutMs?: Millis
  /** TIME_TO_RETRY: how long the whole request may take, whoever answers. */
  readonly timeToRetryMs?: Millis
  /** How long to wait before asking again where no leader is known. */
  readonly pauseMs?: Millis
  /** Whom reads are sent to: the leader, once known; or any server, which asks the leader itself. */
  readonly readsFrom?: 'leader' | 'any server'
  /** As the servers have it: where finite, commands need a session that was opened, and an idle one is not trusted. */
  readonly sessionTtlMs?: Millis
}

/** `next`: the next operation is due. `retry`: ask again. `give up`: the request took too long. */
export type ClientTimer = 'next' | 'retry' | 'give up'

export interface RaftClientState {
  /** Names this incarnation of the client. */
  readonly name: string
  /** The session of its commands: its own name where sessions need not be opened; null where none is open. */
  session: string | null
  /** When a server last answered in the session, on this client's clock. */
  usedMs: Millis
  /** Of the request under way, or the last: the operation's number, so that it stays the same when others are taken away. */
  serial: number
  /** Place of the next operation in the workload. */
  next: number
  /** What is added to a workload's time to make it a time of this incarnation. */
  readonly shiftMs: Millis
  current: ClientOperation | null
  /** Who was asked last, and whether a server had named it. */
  server: NodeId | null
  redirected: boolean
  leader: NodeId | null
}

type Configuration = Required<RaftClientConfiguration>
type Ctx = ClientContext<RaftMessage, ClientTimer>

/**
 * A client: does its operations one after the other. It asks a server at random, goes where that one sends it, and
 * asks another at random when none answers in time (section 8). Requests are repeated with their number, so that no
 * command is executed twice. Each incarnation has sessions of its own: a client that has lost its memory cannot know
 * which number it used last.
 */
export function raftClient(
  configuration: RaftClientConfiguration,
): ClientMachine<RaftClientState, RaftMessage, ClientTimer> {
  const client = complete(configuration)
  return {
    start: (ctx) => start(client, ctx),
    onMessage: (state, ctx, from, message) => {
      if (message.type === 'ClientReply') onReply(client, state, ctx, from, message)
    },
    onTimer: (state, ctx, timer) => onTimer(client, state, ctx, timer),
    onPeer: (state, ctx, peer, status) => {
      if (status === 'down' && state.current !== null && state.server === peer) askAnother(client, state, ctx)
    },
  }
}

function complete(configuration: RaftClientConfiguration): Configuration {
  return {
    serverTimeoutMs: 150,
    timeToRetryMs: 2_000,
    pauseMs: 30,
    readsFrom: 'leader',
    sessionTtlMs: Infinity,
    ...configuration,
  }
}

/** Does an operation that is in no workload, now. The one before must be over. */
export function perform(
  configuration: RaftClientConfiguration,
  state: RaftClientState,
  ctx: Ctx,
  operation: ClientOperation,
): void {
  begin(complete(configuration), state, ctx, operation)
}

function start(client: Configuration, ctx: Ctx): RaftClientState {
  const { operations } = client
  const next = operations.findIndex(({ id }) => !ctx.history.begun(id))
  const left = operations.slice(next < 0 ? operations.length : next)
  // This clock began anew: what is left is spaced as planned, from now on.
  const shiftMs = next > 0 ? -left[0]!.atMs : 0
  const name = `${ctx.self}.${ctx.random.integer(0, 0x7fffffff).toString(36)}${ctx.random.integer(0, 0x7fffffff).toString(36)}`
  const state: RaftClientState = {
    name,
    session: client.sessionTtlMs < Infinity ? null : name,
    usedMs: 0,
    serial: 0,
    next: operations.length - left.length,
    shiftMs,
    current: null,
    server: null,
    redirected: false,
    leader: null,
  }
  awaitNext(client, state, ctx)
  return state
}

function onTimer(client: Configuration, state: RaftClientState, ctx: Ctx, timer: ClientTimer): void {
  switch (timer) {
    case 'next':
      beginNext(client, state, ctx)
      break
    case 'retry':
      if (state.current !== null) askAnother(client, state, ctx)
      break
    case 'give up':
      giveUp(client, state, ctx)
      break
  }
}

function awaitNext(client: Configuration, state: RaftClientState, ctx: Ctx): void {
  const operation = client.operations[state.next]
  if (operation === undefined) return
  const waitMs = operation.atMs + state.shiftMs - ctx.now
  if (waitMs > 0) ctx.setTimer('next', waitMs)
  else beginNext(client, state, ctx)
}

function beginNext(client: Configuration, state: RaftClientState, ctx: Ctx): void {
  const operation = client.operations[state.next++]
  if (operation !== undefined) begin(client, state, ctx, operation)
}

function begin(client: Configuration, state: RaftClientState, ctx: Ctx, operation: ClientOperation): void {
  state.current = operation
  state.serial = operation.id + 1
  ctx.history.invoke(operation.id, operation.input)
  ctx.setTimer('give up', client.timeToRetryMs)
  // A session that may have expired is given up while nothing depends on it.
  if (client.sessionTtlMs < Infinity && ctx.now - state.usedMs > client.sessionTtlMs / 2) state.session = null
  const anywhere = client.readsFrom === 'any server' && isRead(client, operation)
  state.redirected = false
  ask(client, state, ctx, anywhere || state.leader === null ? pick(ctx, operation, client.servers) : state.leader)
}

function ask(client: Configuration, state: RaftClientState, ctx: Ctx, server: NodeId): void {
  const { current, serial } = state
  if (current === null) return
  const session = sessionFor(client, state)
  state.server = server
  if (isClusterChange(current.input)) {
    ctx.send(server, { type: 'ClusterRequest', session: state.name, serial, change: current.input })
  } else if (session === null) ctx.send(server, { type: 'OpenSession', session: state.name, serial })
  else ctx.send(server, { type: 'ClientRequest', session, serial, command: current.input })
  ctx.setTimer('retry', client.serverTimeoutMs)
}

/**
 * What may be asked twice without harm needs no session: the client's name only pairs the answer with the request.
 * Null: none is open.
 */
function sessionFor(client: Configuration, { current, name, session }: RaftClientState): string | null {
  return current !== null && (isRead(client, current) || isClusterChange(current.input)) ? name : session
}

function isRead(client: Configuration, { input }: ClientOperation): boolean {
  return !isClusterChange(input) && client.stateMachine.readOnly(input)
}

/** Each operation has luck of its own, so that taking another one away changes nothing here. */
function pick(ctx: Ctx, operation: ClientOperation, servers: readonly NodeId[]): NodeId {
  return ctx.random.named(`operation ${operation.id}`).pick(servers)
}

/** Nobody answered in time, or nobody knew a leader: another server, at random. */
function askAnother(client: Configuration, state: RaftClientState, ctx: Ctx): void {
  const others = client.servers.filter((id) => id !== state.server)
  state.leader = null
  state.redirected = false
  ask(
    client,
    state,
    ctx,
    others.length === 0 || state.current === null ? client.servers[0]! : pick(ctx, state.current, others),
  )
}

function onReply(client: Configuration, state: RaftClientState, ctx: Ctx, from: NodeId, reply: ClientReply): void {
  const { current } = state
  if (current === null || reply.serial !== state.serial) return
  if (reply.session !== (sessionFor(client, state) ?? state.name)) return
  switch (reply.status) {
    case 'ok':
      if (!isRead(client, current)) state.leader = from
      if (sessionFor(client, state) === state.session) state.usedMs = ctx.now
      ctx.history.ok(current.id, reply.answer)
      finish(client, state, ctx)
      break
    case 'session opened':
      if (sessionFor(client, state) !== null) break
      state.session = reply.opened
      state.usedMs = ctx.now
      ask(client, state, ctx, from)
      break
    case 'session expired':
      // An earlier copy may have been executed while the session was there.
      state.session = null
      ctx.history.info(current.id, 'the session expired')
      finish(client, state, ctx)
      break
    case 'refused':
      ctx.history.fail(current.id, reply.reason)
      finish(client, state, ctx)
      break
    case 'busy':
      onBusy(client, state, ctx, from)
      break
    case 'not leader':
      onRedirect(client, state, ctx, from, reply.leader)
      break
  }
}

function onBusy(client: Configuration, state: RaftClientState, ctx: Ctx, from: NodeId): void {
  if (from === state.server) ctx.setTimer('retry', client.pauseMs)
}

/** Goes to the named leader at once, but only once in a row: two servers that name each other must not keep it running. */
function onRedirect(
  client: Configuration,
  state: RaftClientState,
  ctx: Ctx,
  from: NodeId,
  leader: NodeId | null,
): void {
  if (from !== state.server) return
  if (leader === null || leader === from || state.redirected) {
    ctx.setTimer('retry', client.pauseMs)
    return
  }
  state.leader = leader
  state.redirected = true
  ask(client, state, ctx, leader)
}

/** A read that was never answered told nothing to anyone, and without a session no command was sent; any other may still be executed. */
function giveUp(client: Configuration, state: RaftClientState, ctx: Ctx): void {
  const { current } = state
  if (current === null) return
  if (isRead(client, current)) ctx.history.fail(current.id, 'no answer in time')
  else if (sessionFor(client, state) === null) ctx.history.fail(current.id, 'no session in time')
  else ctx.history.info(current.id, 'no answer in time')
  state.leader = null
  finish(client, state, ctx)
}

function finish(client: Configuration, state: RaftClientState, ctx: Ctx): void {
  state.current = null
  ctx.cancelTimer('retry')
  ctx.cancelTimer('give up')
  awaitNext(client, state, ctx)
}
