import type { ClientContext, ClientMachine, Millis, NodeId } from '../../sim/machine.ts'
import { type ChordCommand, type ChordMessage, type ClientReply, isRingCommand } from './messages.ts'

/** One operation of a client's workload. */
export interface ChordOperation {
  /** Rises along the workload. */
  readonly id: number
  /** Not before this time of the workload. */
  readonly atMs: Millis
  readonly input: ChordCommand
}

export interface ChordClientConfiguration {
  /** Whom to ask. */
  readonly nodes: readonly NodeId[]
  readonly operations: readonly ChordOperation[]
  /** How long one node may take, which looks the key up and asks its owner. */
  readonly nodeTimeoutMs?: Millis
  /** How long the whole request may take, whoever answers. */
  readonly giveUpMs?: Millis
  /** How long to wait where a node was busy. */
  readonly pauseMs?: Millis
}

/** `next`: the next operation is due. `retry`: ask again. `give up`: the request took too long. */
export type ChordClientTimer = 'next' | 'retry' | 'give up'

export interface ChordClientState {
  readonly name: string
  /** Place of the next operation in the workload. */
  next: number
  /** What is added to a workload's time to make it a time of this incarnation. */
  readonly shiftMs: Millis
  current: ChordOperation | null
}

type Configuration = Required<ChordClientConfiguration>
type Ctx = ClientContext<ChordMessage, ChordClientTimer>

/**
 * A client: does its operations one after the other, each by way of a node at random, and of another one where that
 * is silent or busy. All requests may be repeated: the version of what is put is the number of the operation.
 */
export function chordClient(
  configuration: ChordClientConfiguration,
): ClientMachine<ChordClientState, ChordMessage, ChordClientTimer> {
  const client: Configuration = { nodeTimeoutMs: 400, giveUpMs: 2_500, pauseMs: 80, ...configuration }
  return {
    start: (ctx) => start(client, ctx),
    onMessage: (state, ctx, _from, message) => {
      if (message.type === 'ClientReply') onReply(client, state, ctx, message)
    },
    onTimer: (state, ctx, timer) => {
      if (timer === 'next') begin(client, state, ctx)
      else if (timer === 'retry') ask(client, state, ctx)
      else giveUp(client, state, ctx)
    },
  }
}

function start(client: Configuration, ctx: Ctx): ChordClientState {
  const { operations } = client
  // Behind the last that was begun: what was left out before it stays left out.
  let next = operations.length
  while (next > 0 && !ctx.history.begun(operations[next - 1]!.id)) next--
  // This clock began anew: what is left is spaced as planned, from now on.
  const shiftMs = next > 0 ? -(operations[next]?.atMs ?? 0) : 0
  const state: ChordClientState = { name: ctx.self, next, shiftMs, current: null }
  awaitNext(client, state, ctx)
  return state
}

function awaitNext(client: Configuration, state: ChordClientState, ctx: Ctx): void {
  const operation = client.operations[state.next]
  if (operation === undefined) return
  const waitMs = operation.atMs + state.shiftMs - ctx.now
  if (waitMs > 0) ctx.setTimer('next', waitMs)
  else begin(client, state, ctx)
}

/** Who is to come or go does so about when it was planned, or not at all: in the end the ring is to come to rest. */
const LATE_MS = 1_000

function isTooLate({ shiftMs }: ChordClientState, ctx: Ctx, { atMs, input }: ChordOperation): boolean {
  // One that was down does not know for how long.
  return isRingCommand(input) && (shiftMs !== 0 || atMs < ctx.now - LATE_MS)
}

function begin(client: Configuration, state: ChordClientState, ctx: Ctx): void {
  const { operations } = client
  while (state.next < operations.length && isTooLate(state, ctx, operations[state.next]!)) state.next++
  const operation = operations[state.next++]
  if (operation === undefined) return
  state.current = operation
  ctx.history.invoke(operation.id, operation.input as unknown as Readonly<Record<string, string>>)
  ctx.setTimer('give up', client.giveUpMs)
  ask(client, state, ctx)
}

function ask(client: Configuration, { name, current }: ChordClientState, ctx: Ctx): void {
  if (current === null) return
  const { id, input } = current
  // Each operation has luck of its own, so that taking another one away changes nothing here.
  const node = isRingCommand(input) ? input.node : ctx.random.named(`operation ${id}`).pick(client.nodes)
  ctx.send(node, { type: 'ClientRequest', client: name, serial: id + 1, command: input })
  ctx.setTimer('retry', client.nodeTimeoutMs)
}

function onReply(client: Configuration, state: ChordClientState, ctx: Ctx, reply: ClientReply): void {
  const { current } = state
  if (current === null || reply.client !== state.name || reply.serial !== current.id + 1) return
  if (reply.status === 'busy') {
    ctx.setTimer('retry', client.pauseMs)
    return
  }
  if (reply.status === 'refused') ctx.history.fail(current.id, 'refused')
  else ctx.history.ok(current.id, current.input.action === 'get' ? reply.found : null)
  finish(client, state, ctx)
}

/** A read that nobody answered told nothing; anything else may still come about. */
function giveUp(client: Configuration, state: ChordClientState, ctx: Ctx): void {
  const { current } = state
  if (current === null) return
  if (current.input.action === 'get') ctx.history.fail(current.id, 'no answer in time')
  else ctx.history.info(current.id, 'no answer in time')
  finish(client, state, ctx)
}

function finish(client: Configuration, state: ChordClientState, ctx: Ctx): void {
  state.current = null
  ctx.cancelTimer('retry')
  ctx.cancelTimer('give up')
  awaitNext(client, state, ctx)
}
