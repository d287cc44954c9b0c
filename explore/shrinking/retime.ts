import type { Fault } from '../../sim/faults.ts'
import type { Millis } from '../../sim/machine.ts'
import type { RunPlan } from '../result.ts'

/**
 * The plan with everything at other times. `move` must not put a later moment before an earlier one. The end of the
 * storm moves as well and the calm stays as long as it was, as a shorter one might end before what must come can come.
 */
export function retimed(plan: RunPlan, move: (atMs: Millis) => Millis): RunPlan {
  const at = (atMs: Millis): Millis => toMicros(Math.max(0, move(atMs)))
  const calmAtMs = at(plan.calmAtMs)
  const earlierMs = plan.calmAtMs - calmAtMs
  const runsWholeCalm = plan.endMs >= plan.settings.durationMs
  return {
    ...plan,
    calmAtMs,
    ...(runsWholeCalm
      ? {
          endMs: toMicros(plan.endMs - earlierMs),
          settings: { ...plan.settings, durationMs: toMicros(plan.settings.durationMs - earlierMs) },
        }
      : { endMs: Math.max(1, at(plan.endMs)) }),
    faults: plan.faults.map((fault) => (isTimed(fault) ? movedFault(fault, at) : fault)),
    operations: plan.operations.map((operation) => ({ ...operation, atMs: at(operation.atMs) })),
  }
}

/** Whether its time says when it begins: a message has an identity, and a moment comes when it comes. */
export function isTimed(fault: Fault): boolean {
  return fault.when === undefined && !('message' in fault)
}

/** When a fault ends: at once, unless it lasts. */
export function endOf(fault: Fault): Millis {
  return 'forMs' in fault ? fault.atMs + fault.forMs : fault.atMs
}

export function toMicros(ms: Millis): Millis {
  return Math.round(ms * 1000) / 1000
}

function movedFault(fault: Fault, at: (atMs: Millis) => Millis): Fault {
  const atMs = at(fault.atMs)
  if (!('forMs' in fault) || fault.forMs === Infinity) return { ...fault, atMs }
  return { ...fault, atMs, forMs: toMicros(Math.max(1, at(endOf(fault)) - atMs)) }
}
