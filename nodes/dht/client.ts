import type { ClientContext, ClientMachine, Millis, NodeId, PlainData } from '../../sim/machine.ts'
import type { Member } from './member.ts'
import type { DhtMessage } from './messages.ts'
import type { Answer, Context, DhtRequest, ShownEvent } from './requests.ts'

/** What the workload asks for. Writes go by what the client last read of the key, unless they are blind. */
export type Wish =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'put'; readonly key: string; readonly value: string; readonly isBlind: boolean }
  | { readonly action: 'delete'; readonly key: string; readonly isBlind: boolean }
  /** Of one node: that it join, or leave; or of any other: that the one be given up, or be a member again. */
  | { readonly action: 'join' | 'leave' | 'remove' | 'add'; readonly node: NodeId }

/** As it stands in the history: with the values that the client knew it replaced; null: whatever was there. */
export type DhtInput =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'put'; readonly key: string; readonly value: string; readonly saw: readonly string[] | null }
  | { readonly action: 'delete'; readonly key: string; readonly saw: readonly string[] | null }
  | { readonly action: 'join' | 'leave' | 'remove' | 'add'; readonly node: NodeId }

/** Of a read; of a write, how often it was asked for. */
export type DhtOutput =
  | { readonly values: readonly string[]; readonly isComplete: boolean }
  | { readonly attempts: number }

export interface DhtOperation {
  readonly id: number
  /** Not before this time of the workload. */
  readonly atMs: Millis
  readonly input: Wish
}

export interface DhtClientConfiguration {
  readonly servers: readonly NodeId[]
  readonly operations: readonly DhtOperation[]
  /** How long one server may take. */
  readonly serverTimeoutMs: Millis
  /** How long a request may take, whoever answers. */
  readonly timeToRetryMs: Millis
  readonly pauseMs?: Millis
  /** True where it reads and writes also what was due long ago, as slow clients of a real run do. */
  readonly catchesUp?: boolean
}

type ClientTimer = 'next' | 'retry' | 'give up'

interface ClientState {
  /** Place of the next operation in the workload. */
  next: number
  /** What is added to a workload's time to make it a time of this incarnation. */
  readonly shiftMs: Millis
  current: DhtOperation | null
  attempts: number
  /** Who is to be added, once the history of the ring has told who was at that node. */
  added: Member | null
  server: NodeId
  /** What was last read of each key. */
  readonly read: Map<string, { readonly values: readonly string[]; readonly context: Context }>
}

type Ctx = ClientContext<DhtMessage, ClientTimer>

/** Each attempt has a number of its own: the operation's times this, and its place among the attempts. */
const ATTEMPTS = 64

/**
 * A client: does its operations one after the other, each by whichever node, and tries another where it is told to try
 * again, or not answered in time.
 */
export function dhtClient(client: DhtClientConfiguration): ClientMachine<ClientState, DhtMessage, ClientTimer> {
  return {
    start: (ctx) => start(client, ctx),
    onMessage: (state, ctx, _from, message) => {
      if (message.type !== 'Answer' || state.current === null) return
      if (Math.floor(message.id / ATTEMPTS) === state.current.id) onAnswer(client, state, ctx, message.answer)
    },
    onTimer: (state, ctx, timer) => {
      if (timer === 'next') begin(client, state, ctx)
      else if (state.current === null) return
      else if (timer === 'retry') ask(client, state, ctx, state.current)
      else giveUp(client, state, ctx, state.current)
    },
    onPeer: (state, ctx, peer, status) => {
      if (status === 'down' && state.current !== null && state.server === peer) {
        ctx.setTimer('retry', client.pauseMs ?? PAUSE_MS)
      }
    },
  }
}

const PAUSE_MS = 50

function start(client: DhtClientConfiguration, ctx: Ctx): ClientState {
  const { operations } = client
  // Behind the last that was begun: what was left out before it stays left out.
  let next = operations.length
  while (next > 0 && !ctx.history.begun(operations[next - 1]!.id)) next--
  // This clock began anew: what is left is spaced as planned, from now on.
  const shiftMs = next > 0 && next < operations.length ? -operations[next]!.atMs : 0
  const state: ClientState = { next, shiftMs, current: null, attempts: 0, added: null, server: '', read: new Map() }
  awaitNext(client, state, ctx)
  return state
}

function awaitNext(client: DhtClientConfiguration, state: ClientState, ctx: Ctx): void {
  const operation = client.operations[state.next]
  if (operation !== undefined) ctx.setTimer('next', Math.max(0, operation.atMs + state.shiftMs - ctx.now))
}

/** A client that has fallen behind by so much leaves out what was due, so that the run can come to rest. */
const LATE_MS = 2_500

function isLeftOut(
  { catchesUp = false }: DhtClientConfiguration,
  { atMs, input }: DhtOperation,
  nowMs: Millis,
): boolean {
  return atMs < nowMs - LATE_MS && !(catchesUp && 'key' in input)
}

function begin(client: DhtClientConfiguration, state: ClientState, ctx: Ctx): void {
  const { operations } = client
  while (state.next < operations.length && isLeftOut(client, operations[state.next]!, ctx.now - state.shiftMs))
    state.next++
  const operation = operations[state.next++]
  if (operation === undefined) return
  state.current = operation
  state.attempts = 0
  state.added = null
  ctx.history.invoke(operation.id, inputOf(state, operation.input) as PlainData)
  ctx.setTimer('give up', client.timeToRetryMs)
  ask(client, state, ctx, operation)
}

function inputOf({ read }: ClientState, wish: Wish): DhtInput {
  if (wish.action !== 'put' && wish.action !== 'delete') return wish
  const { isBlind, ...rest } = wish
  return { ...rest, saw: isBlind ? null : (read.get(wish.key)?.values ?? []) }
}

function ask(client: DhtClientConfiguration, state: ClientState, ctx: Ctx, operation: DhtOperation): void {
  state.server = serverFor(client, state, ctx, operation)
  const id = operation.id * ATTEMPTS + Math.min(state.attempts, ATTEMPTS - 1)
  state.attempts++
  ctx.send(state.server, { type: 'Request', id, request: requestOf(state, operation.input) })
  ctx.setTimer('retry', client.serverTimeoutMs)
}

/** Each operation has luck of its own, so that taking another one away changes nothing here. */
function serverFor({ servers }: DhtClientConfiguration, state: ClientState, ctx: Ctx, operation: DhtOperation): NodeId {
  const { id, input } = operation
  if (input.action === 'join' || input.action === 'leave') return input.node
  const avoided =
    input.action === 'remove' || input.action === 'add' ? input.node : state.attempts > 0 ? state.server : ''
  const others = servers.filter((server) => server !== avoided)
  return ctx.random.named(`operation ${id}`).pick(others.length === 0 ? servers : others)
}

function requestOf({ read, added }: ClientState, wish: Wish): DhtRequest {
  switch (wish.action) {
    case 'get':
      return { type: 'GET', key: wish.key }
    case 'put':
      return { type: 'PUT', key: wish.key, value: wish.value, ...contextOf(read, wish) }
    case 'delete':
      return { type: 'DELETE', key: wish.key, ...contextOf(read, wish) }
    case 'join':
      return { type: 'JOIN' }
    case 'leave':
      return { type: 'SHUTDOWN' }
    case 'remove':
      return { type: 'REMOVE', nodeId: wish.node }
    case 'add':
      return added === null ? { type: 'EVENTS' } : { type: 'ADD', member: added }
  }
}

function contextOf(read: ClientState['read'], { key, isBlind }: Wish & { isBlind: boolean; key: string }): object {
  return isBlind ? {} : { context: read.get(key)?.context ?? [] }
}

function onAnswer(client: DhtClientConfiguration, state: ClientState, ctx: Ctx, answer: Answer): void {
  const { id, input } = state.current!
  if (answer.status === 503) {
    ctx.setTimer('retry', client.pauseMs ?? PAUSE_MS)
    return
  }
  if (input.action === 'add' && state.added === null && answer.events !== undefined) {
    onEvents(client, state, ctx, state.current!, answer.events)
    return
  }
  if (input.action === 'get' && (answer.status === 200 || answer.status === 404)) {
    const values = [...new Set(answer.values ?? [])]
    state.read.set(input.key, { values, context: answer.context ?? [] })
    ctx.history.ok(id, { values, isComplete: answer.isComplete === true })
  } else if (answer.status === 200) {
    ctx.history.ok(id, { attempts: state.attempts })
  } else {
    ctx.history.fail(id, answer.message)
  }
  finish(client, state, ctx)
}

/** An administrator finds in the history of the ring whom it knew at that node, and asks any other to add that one. */
function onEvents(
  client: DhtClientConfiguration,
  state: ClientState,
  ctx: Ctx,
  operation: DhtOperation,
  events: readonly ShownEvent[],
): void {
  const { id, input } = operation
  const last = [...events].reverse().find(({ uri }) => input.action === 'add' && uri === input.node)
  if (last === undefined) {
    ctx.history.fail(id, 'nobody knows that node')
    finish(client, state, ctx)
    return
  }
  const { nodeId, name, uri, tokens } = last
  state.added = { id: nodeId, name, uri, tokens: tokens.map(({ value }) => value) }
  ask(client, state, ctx, operation)
}

/** A read tells nobody anything; any other request may yet take effect. */
function giveUp(client: DhtClientConfiguration, state: ClientState, ctx: Ctx, { id, input }: DhtOperation): void {
  if (input.action === 'get') ctx.history.fail(id, 'no answer in time')
  else ctx.history.info(id, 'no answer in time')
  finish(client, state, ctx)
}

function finish(client: DhtClientConfiguration, state: ClientState, ctx: Ctx): void {
  state.current = null
  ctx.cancelTimer('retry')
  ctx.cancelTimer('give up')
  awaitNext(client, state, ctx)
}
