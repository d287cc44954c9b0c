import { deadEndsOf } from './attempts.ts'
import type { Calls } from './calls.ts'
import type { Entry } from './entry.ts'
import { explain } from './explain.ts'
import type { Violation } from '../verdict.ts'

/** Steps for a search of a core, for each of its operations: after them it is known well enough how far orders come. */
const STEPS_EACH = 10

/**
 * What there is to say of a core: why it has no order, in words, when that was certain, and how far orders came.
 *
 * @param all the operations of the same key.
 * @param blocked the first return that no order of all gets past, where it is known; else that of the core.
 */
export function violationOf<Input, Output>(
  core: readonly Entry<Input, Output>[],
  all: readonly Entry<Input, Output>[],
  calls: Calls<any, Input, Output>,
  blocked: Entry<Input, Output> | undefined,
): Omit<Violation, 'property'> {
  const { ends, blocked: stuckInCore } = deadEndsOf(core, calls, { stepsLeft: STEPS_EACH * core.length })
  const { shape, summary, because, entries } = explain(core, all, calls.model, ends[0]?.order ?? [])
  const last = core
    .filter(({ returned }) => returned !== Infinity)
    .reduce((left, right) => (left.returned > right.returned ? left : right))
  const stuck = blocked ?? stuckInCore ?? last
  return {
    shape,
    summary,
    because,
    operations: entries.map(({ operation }) => operation.id),
    atMs: last.operation.returnedAtMs,
    atEvent: last.operation.returnedAtEvent,
    blocked: stuck.operation.id,
    attempts: ends.map(({ order, state }) => ({ order: order.map(({ operation }) => operation.id), state })),
  }
}
