import type { Fault } from '../sim/faults.ts'
import { mixText } from '../sim/mix.ts'
import { hex } from '../sim/run-record.ts'
import type { Trace, TraceEvent } from '../sim/trace.ts'
import type { Violation } from '../checks/verdict.ts'
import { luckOfFuture } from './futures.ts'
import type { Cause, RunPlan, RunResult } from './result.ts'
import { topologyOf } from './plan-run.ts'
import { executeRun, fingerprintOf } from './run.ts'
import type { Scenario } from './scenario.ts'

/**
 * What a failure came from, in words that stay the same from seed to seed. The property it breaks says what is wrong,
 * not why: two leaders in a term may come of a forgotten vote or of a wrong majority. What tells them apart is how hard
 * the world must be for it, and how the wrong answer was made.
 */

/** How hard the world must be, the mildest first: each includes those before it. */
export const ADVERSITIES = ['none', 'network', 'clock', 'crash', 'power loss', 'disk'] as const

export type Adversity = (typeof ADVERSITIES)[number]

const LUCKS = 24
/** A node that is to be cut off instead of crashed, and whose crash does not say when it ends, is away for this long. */
const AWAY_MS = 300

/** Which adversity a fault is. */
export function adversityOf(fault: Fault): Adversity {
  switch (fault.kind) {
    case 'spawn':
      return 'none'
    case 'clock-skew':
    case 'clock-drift':
    case 'clock-jump':
      return 'clock'
    case 'kill':
    case 'power-loss':
    case 'crash-in-output':
    case 'crash-in-recovery':
      if (fault.disk === 'old' || fault.disk === 'empty') return 'disk'
      return fault.kind === 'power-loss' || ('power' in fault && fault.power) ? 'power loss' : 'crash'
    case 'lost-sync':
    case 'bit-rot':
    case 'misdirected-write':
      return 'disk'
    case 'disk-error':
    case 'disk-full':
      return 'crash'
    default:
      return 'network'
  }
}

/**
 * The cause of a shrunk failure. Shrinking leaves faults that happen to do: a power loss where a kill would do as well,
 * a kill where being cut off would. So milder worlds are tried, with other luck, and the mildest counts that shows the
 * failure still; some hundred runs of a small plan at most.
 */
export function causeOf(
  scenario: Scenario,
  { plan, result }: { readonly plan: RunPlan; readonly result: RunResult },
  fingerprint: string,
): Cause {
  const violation = result.violations[0]
  const present = Math.max(0, ...plan.faults.map((fault) => ADVERSITIES.indexOf(adversityOf(fault))))
  const milder = ADVERSITIES.slice(0, present).find((adversity) => showsIn(scenario, plan, adversity, fingerprint))
  return {
    adversity: milder ?? ADVERSITIES[present]!,
    answeredBy: violation === undefined || result.trace === undefined ? [] : answeredBy(result.trace, violation),
  }
}

/** What tells a failure from others once its cause is known: 8 hex digits. */
export function refinedFingerprint(fingerprint: string, { adversity, answeredBy: types }: Cause): string {
  return hex([adversity, ...types].reduce(mixText, mixText(0, fingerprint)))
}

function showsIn(scenario: Scenario, plan: RunPlan, adversity: Adversity, fingerprint: string): boolean {
  const faults = milderFaults(scenario, plan, adversity)
  for (let index = 0; index < LUCKS; index++) {
    const luck = index === 0 ? plan.luck : luckOfFuture(plan, index)
    const { violations } = executeRun(scenario, { ...plan, faults, luck, endMs: plan.settings.durationMs })
    if (violations[0] !== undefined && fingerprintOf(scenario.name, violations[0]) === fingerprint) return true
  }
  return false
}

/** The faults as they would be in a milder world: a power loss a kill, a crash a partition of its own. */
function milderFaults(scenario: Scenario, plan: RunPlan, adversity: Adversity): readonly Fault[] {
  const most = ADVERSITIES.indexOf(adversity)
  const { seed, settings, operations } = plan
  const ids = topologyOf(scenario, seed, settings, operations).nodes.map(({ id }) => id)
  return plan.faults.flatMap((fault): readonly Fault[] => {
    if (ADVERSITIES.indexOf(adversityOf(fault)) <= most) return [fault]
    if (!isCrash(fault) || adversity === 'none') return []
    return [most >= ADVERSITIES.indexOf('crash') ? kill(fault) : cutOff(fault, ids)]
  })
}

type Crash = Extract<Fault, { readonly kind: 'kill' | 'power-loss' | 'crash-in-output' | 'crash-in-recovery' }>

function isCrash(fault: Fault): fault is Crash {
  return fault.kind === 'kill' || fault.kind === 'power-loss' || fault.kind.startsWith('crash-')
}

function kill({ id, node, atMs, restartAfterMs, forGood }: Crash): Fault {
  return {
    id,
    kind: 'kill',
    node,
    atMs,
    ...(restartAfterMs === undefined ? {} : { restartAfterMs }),
    ...(forGood === undefined ? {} : { forGood }),
  }
}

function cutOff({ id, node, atMs, restartAfterMs = AWAY_MS, forGood }: Crash, ids: readonly string[]): Fault {
  return {
    id,
    kind: 'partition',
    atMs,
    forMs: restartAfterMs,
    groups: [[node], ids.filter((other) => other !== node)],
    ...(forGood === undefined ? {} : { forGood }),
  }
}

/**
 * The types of messages that the last answer in conflict came of, from cause to cause back to its question, sorted: a
 * server that answers out of what it holds is told from one that asks others first. Empty where no operation is wrong.
 */
function answeredBy(trace: Trace, { operations }: Violation): readonly string[] {
  const ends = trace.events.filter(
    ({ kind, operation, reason }) =>
      kind === 'return' && operation !== undefined && operations.includes(operation) && reason === 'ok',
  )
  const last = ends.at(-1)
  if (last === undefined) return []
  const asked = trace.events.find(({ kind, operation }) => kind === 'invoke' && operation === last.operation)
  const types = new Set<string>()
  let event: TraceEvent | undefined = last
  while (event !== undefined && event.number > (asked?.number ?? 0)) {
    if (event.kind === 'deliver') types.add(event.label)
    event = trace.events[(event.cause > 0 && event.cause < event.number ? event.cause : 0) - 1]
  }
  return [...types].sort()
}
