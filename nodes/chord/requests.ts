import type { Millis } from '../../sim/machine.ts'
import type { Peer } from './identifiers.ts'
import type { ChordMessage } from './messages.ts'
import type { Purpose, RetryTimer } from './purpose.ts'
import type { ChordContext, ChordState, Pending } from './state.ts'

/** How often, and how long apart, a request is sent before its receiver is taken for dead. */
export interface Patience {
  readonly attempts: number
  readonly timeoutMs: Millis
}

/**
 * Sends a request and waits for its reply. It is repeated under the same number, so that a reply that took longer than
 * one timeout still counts.
 */
export function ask(
  state: ChordState,
  ctx: ChordContext,
  patience: Patience,
  to: Peer,
  message: (request: number) => ChordMessage,
  purpose: Purpose,
): void {
  const request = state.nextRequest++
  const pending: Pending = { to, message: message(request), purpose, attempts: 1 }
  state.pending.set(request, pending)
  ctx.send(to.node, pending.message)
  ctx.setTimer({ type: 'retry', request }, patience.timeoutMs)
}

/** The request that a reply answers, which is over with it; undefined where it is late, doubled, or from another node. */
export function settle(state: ChordState, ctx: ChordContext, from: string, request: number): Pending | undefined {
  const pending = state.pending.get(request)
  if (pending === undefined || pending.to.node !== from) return undefined
  state.pending.delete(request)
  ctx.cancelTimer({ type: 'retry', request })
  return pending
}

/** Sends the request again; once it was sent often enough, gives it back, and it is over. */
export function retry(
  state: ChordState,
  ctx: ChordContext,
  patience: Patience,
  { request }: RetryTimer,
): Pending | undefined {
  const pending = state.pending.get(request)
  if (pending === undefined) return undefined
  if (pending.attempts < patience.attempts) {
    pending.attempts++
    ctx.send(pending.to.node, pending.message)
    ctx.setTimer({ type: 'retry', request }, patience.timeoutMs)
    return undefined
  }
  state.pending.delete(request)
  return pending
}

/** True while a request for this is under way. */
export function isPending(state: ChordState, type: Purpose['type']): boolean {
  for (const { purpose } of state.pending.values()) if (purpose.type === type) return true
  return false
}
