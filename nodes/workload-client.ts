import type { ClientContext, ClientMachine, Millis, NodeId, PlainData, Random, Tagged } from '../sim/machine.ts'

/** An operation of the workload: `PlannedOperation` has these fields. */
export interface ClientOperation {
  readonly id: number
  readonly atMs: Millis
  readonly input: PlainData
}

/** How an operation ended, as a reply tells it. */
export type Reply =
  | { readonly operation: number; readonly outcome: 'ok'; readonly output?: PlainData }
  | { readonly operation: number; readonly outcome: 'fail'; readonly reason?: string }

export interface WorkloadClientOptions<Message extends Tagged, Input> {
  readonly operations: readonly ClientOperation[]
  readonly servers: readonly NodeId[]
  /** The message that asks for an operation. It must carry the id, so that the reply can. */
  readonly request: (operation: { readonly id: number; readonly input: Input }) => Message
  /** What a message tells of an operation; undefined where it tells nothing. */
  readonly reply: (message: Message) => Reply | undefined
  /** How long to wait for an answer. */
  readonly timeoutMs: Millis
  /** How often to ask before nobody knows the outcome, each time another server at random; once unless given. */
  readonly attempts?: number
  /** Which server to ask; one at random unless given. */
  readonly choose?: (servers: readonly NodeId[], random: Random) => NodeId
}

interface State {
  /** The place in the workload of the operation under way, or of the next one. */
  at: number
  waiting: boolean
  attempt: number
  /** The clock begins at 0 with each incarnation; the workload's begins this much earlier. */
  readonly offsetMs: Millis
}

type Timer = 'next' | 'timeout'

/**
 * A client that does the operations of a workload one after the other, each not before its time, and writes the
 * history. Without an answer in time it asks again where it may, and then takes the outcome for unknown. After a
 * restart it goes on with the operation after the last one begun.
 */
export function workloadClient<Message extends Tagged, Input extends PlainData = PlainData>(
  options: WorkloadClientOptions<Message, Input>,
): ClientMachine<State, Message, Timer> {
  const { operations, servers, timeoutMs, attempts = 1 } = options
  const choose = options.choose ?? ((all: readonly NodeId[], random: Random) => random.pick(all))

  const awaitNext = (state: State, ctx: ClientContext<Message, Timer>): void => {
    const next = operations[state.at]
    if (next !== undefined) ctx.setTimer('next', Math.max(0, next.atMs - state.offsetMs - ctx.now))
  }
  const ask = (state: State, ctx: ClientContext<Message, Timer>): void => {
    const { id, input } = operations[state.at]!
    // A stream an operation: taking another one away changes nothing here.
    ctx.send(choose(servers, ctx.random.named(`operation ${id}`)), options.request({ id, input: input as Input }))
    ctx.setTimer('timeout', timeoutMs)
  }
  const finish = (state: State, ctx: ClientContext<Message, Timer>): void => {
    ctx.cancelTimer('timeout')
    state.waiting = false
    state.at++
    awaitNext(state, ctx)
  }

  return {
    start: (ctx) => {
      const first = operations.findIndex(({ id }) => !ctx.history.begun(id))
      const at = first < 0 ? operations.length : first
      const state = { at, waiting: false, attempt: 0, offsetMs: at === 0 ? 0 : (operations[at]?.atMs ?? 0) }
      awaitNext(state, ctx)
      return state
    },
    onMessage: (state, ctx, _from, message) => {
      const reply = options.reply(message)
      if (!state.waiting || reply === undefined || reply.operation !== operations[state.at]!.id) return
      if (reply.outcome === 'ok') ctx.history.ok(reply.operation, reply.output)
      else ctx.history.fail(reply.operation, reply.reason)
      finish(state, ctx)
    },
    onTimer: (state, ctx, timer) => {
      const operation = operations[state.at]!
      if (timer === 'next') {
        state.waiting = true
        state.attempt = 1
        ctx.history.invoke(operation.id, operation.input)
        ask(state, ctx)
      } else if (state.attempt < attempts) {
        state.attempt++
        ask(state, ctx)
      } else {
        ctx.history.info(operation.id, 'no answer in time')
        finish(state, ctx)
      }
    },
  }
}
