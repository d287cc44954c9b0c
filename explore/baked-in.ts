import type { Trace } from '../sim/trace.ts'
import { reroll } from './futures.ts'
import type { BakedIn, BakedInstant, RunPlan, RunResult } from './result.ts'
import type { Scenario } from './scenario.ts'

const FUTURES = 20
const INSTANTS = 6
/** Faults that get an instant of their own; the others of the six look for where the share rises. */
const MOST_FAULT_INSTANTS = 3
/** Two instants closer than this share of the run say the same. */
const LEAST_DISTANCE = 0.02

/**
 * Rolls the dice anew from some events of a failing run on: from the first, from just after faults, and then between
 * the two neighbours where the share of failures rises most. 120 runs at most, best on a shrunk one.
 *
 * @param run with its trace
 */
export function bakedIn(
  scenario: Scenario,
  run: { readonly plan: RunPlan; readonly result: RunResult },
  fingerprint: string,
): BakedIn | undefined {
  const { trace, violations } = run.result
  const violation = violations[0]
  if (trace === undefined || violation === undefined || trace.events.length === 0) return undefined
  const last = Math.min(violation.atEvent ?? trace.events.length, trace.events.length)
  const instants = new Map<number, BakedInstant>()
  const look = (atEvent: number): void => {
    const { failing } = reroll(scenario, run.plan, atEvent, FUTURES, fingerprint)
    instants.set(atEvent, { atEvent, atMs: trace.events[atEvent - 1]!.atUs / 1000, failing })
  }
  look(1)
  for (const atEvent of afterFaults(trace, last)) if (!instants.has(atEvent)) look(atEvent)
  while (instants.size < INSTANTS) {
    const next = between([...instants.values()], last)
    if (next === undefined) break
    look(next)
  }
  const sorted = [...instants.values()].sort(byEvent)
  return { futures: FUTURES, instants: sorted, steepest: steepestOf(sorted, trace, run.plan) }
}

/** The first events after the faults of the plan began: of many faults the last ones, which the failure came from. */
function afterFaults(trace: Trace, last: number): readonly number[] {
  const began = trace.events.filter(({ kind, number }) => kind === 'fault' && number < last)
  return began.slice(-MOST_FAULT_INSTANTS).map(({ number }) => number + 1)
}

/** In the middle of the two neighbours between which the share rises most; at the violation itself it is 1. */
function between(instants: readonly BakedInstant[], last: number): number | undefined {
  const sorted = [...instants].sort(byEvent)
  const ends = [...sorted, { atEvent: last, failing: FUTURES }]
  let best: number | undefined
  let most = 0
  for (const [index, from] of sorted.entries()) {
    const to = ends[index + 1]!
    const rise = to.failing - from.failing
    if (rise <= most || to.atEvent - from.atEvent < Math.max(2, LEAST_DISTANCE * last)) continue
    most = rise
    best = (from.atEvent + to.atEvent) >> 1
  }
  return best
}

function steepestOf(instants: readonly BakedInstant[], trace: Trace, { faults }: RunPlan): BakedIn['steepest'] {
  let instant = 0
  let most = 0
  for (let index = 1; index < instants.length; index++) {
    const rise = instants[index]!.failing - instants[index - 1]!.failing
    if (rise > most) [instant, most] = [index, rise]
  }
  if (most === 0) return undefined
  const { atEvent } = instants[instant]!
  let began: number | undefined
  for (const event of trace.events) if (event.kind === 'fault' && event.number < atEvent) began = event.fault
  const fault = faults.find(({ id }) => id === began)
  return { instant, fault: fault === undefined ? undefined : { id: fault.id, kind: fault.kind } }
}

function byEvent(a: { readonly atEvent: number }, b: { readonly atEvent: number }): number {
  return a.atEvent - b.atEvent
}
