import type { Millis } from '../../sim/machine.ts'
import type { Dht } from './dht.ts'
import type { DhtContext, Patience, ReadOperation, WriteOperation } from './state.ts'

/** For what is asked now. */
export function newPatience(nowMs: Millis, waitMs: Millis): Patience {
  return { isAwaited: true, sinceMs: nowMs, askedMs: nowMs, waitMs }
}

/** True where it is time to ask, for the first time or once more; then the next time is later. */
export function mayAsk(patience: Patience, nowMs: Millis, mostMs: Millis): boolean {
  const { isAwaited, askedMs, waitMs } = patience
  if (isAwaited && nowMs - askedMs < waitMs) return false
  if (isAwaited) patience.waitMs = Math.min(2 * waitMs, mostMs)
  else patience.sinceMs = nowMs
  patience.isAwaited = true
  patience.askedMs = nowMs
  return true
}

/** An answer has come: the next one may take as long as this one did. */
export function isAnswered(patience: Patience, nowMs: Millis, leastMs: Millis, mostMs: Millis): void {
  patience.isAwaited = false
  patience.waitMs = Math.min(Math.max(leastMs, 2 * (nowMs - patience.sinceMs)), mostMs)
}

/** Sets when a read or a write goes on with those who have not answered: each time later, at last when its time is over. */
export function armRetry({ options }: Dht, ctx: DhtContext, operation: ReadOperation | WriteOperation): void {
  const { id, beganMs, waitMs } = operation
  // Not in no time: what is left may be rounded to nothing just before it is nothing.
  const leftMs = Math.max(1, beganMs + options.requestTimeoutMs - ctx.now)
  ctx.setTimer({ type: 'operation', id }, Math.min(waitMs, leftMs))
  operation.waitMs = 2 * waitMs
}
