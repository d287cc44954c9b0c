import type { Context, Millis, NodeId, PlainData } from './machine.ts'

/**
 * Requests that wait for a reply, as plain data in a machine's state. Each has an id of its own, a timer of its own,
 * and ends once: by its reply, by its timeout, or because it is given up. What comes later, or twice, is ignored.
 */
export interface Requests<Detail extends PlainData = undefined> {
  nextId: number
  readonly pending: Map<number, PendingRequest<Detail>>
}

export interface PendingRequest<Detail> {
  readonly to: NodeId
  /** What the machine must know when the reply comes, or when none does. */
  readonly detail: Detail
  /** When it was sent, by the node's monotonic clock. */
  readonly sentAtMs: Millis
}

/** To be part of the machine's timers: `Machine<State, Message, 'tick' | RequestTimer>`. */
export interface RequestTimer {
  readonly type: 'request timeout'
  readonly id: number
}

/** How many requests one incarnation may make before its ids meet those of another. */
const IDS_PER_INCARNATION = 1_048_576

/**
 * No requests yet; for `start`. Ids begin at a random place, so that a late reply to an earlier incarnation is not
 * taken for the reply to a request of this one.
 */
export function newRequests<Detail extends PlainData = undefined>(ctx: Context<never, never>): Requests<Detail> {
  return { nextId: ctx.random.named('requests').integer(0, 0xffffffff) * IDS_PER_INCARNATION, pending: new Map() }
}

/**
 * Sends a request and waits for its reply.
 *
 * @param message the request with this id, which the reply must carry back
 * @param timeoutMs how long to wait; the machine's `onTimer` then gets a {@link RequestTimer}
 * @param detail what {@link settle} and {@link expire} give back
 * @returns the id
 */
export function request<Message, Detail extends PlainData>(
  requests: Requests<Detail>,
  ctx: Context<Message, RequestTimer>,
  to: NodeId,
  message: (id: number) => Message,
  timeoutMs: Millis,
  detail: Detail,
): number {
  const id = requests.nextId++
  requests.pending.set(id, { to, detail, sentAtMs: ctx.now })
  ctx.setTimer({ type: 'request timeout', id }, timeoutMs)
  ctx.send(to, message(id))
  return id
}

/**
 * The request that a reply answers, which is over with it; undefined where the reply is late, doubled, or not from the
 * node that was asked, and so to be ignored.
 */
export function settle<Detail extends PlainData>(
  requests: Requests<Detail>,
  ctx: Context<never, RequestTimer>,
  from: NodeId,
  id: number,
): PendingRequest<Detail> | undefined {
  const pending = requests.pending.get(id)
  if (pending === undefined || pending.to !== from) return undefined
  requests.pending.delete(id)
  ctx.cancelTimer({ type: 'request timeout', id })
  return pending
}

/** The request whose time is up, which is over with it; undefined where it had ended before. */
export function expire<Detail extends PlainData>(
  requests: Requests<Detail>,
  { id }: RequestTimer,
): PendingRequest<Detail> | undefined {
  const pending = requests.pending.get(id)
  requests.pending.delete(id)
  return pending
}

/** Gives a request up: nobody waits for its reply any longer. */
export function abandon<Detail extends PlainData>(
  requests: Requests<Detail>,
  ctx: Context<never, RequestTimer>,
  id: number,
): void {
  if (requests.pending.delete(id)) ctx.cancelTimer({ type: 'request timeout', id })
}
