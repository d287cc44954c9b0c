import type { Fault } from '../sim/faults.ts'
import type { Random } from '../sim/machine.ts'
import { mixText } from '../sim/mix.ts'
import { randomStream } from '../sim/random.ts'
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

/** Runs that a milder world gets to show the failure in. */
const ATTEMPTS = 32
/** In the first of them everything is at the time it was. */
const AS_IT_WAS = 12
const SPREAD_MS = 200
const NOISE = 0.04

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
  const all = new Set(plan.faults.map(adversityOf))
  const present = Math.max(0, ...[...all].map((adversity) => ADVERSITIES.indexOf(adversity)))
  // Where no clock is wrong, a world in which clocks may be is the one before it.
  const others = ADVERSITIES.slice(0, present).filter((adversity) => adversity !== 'clock' || all.has('clock'))
  const milder = others.find((adversity) => showsIn(scenario, plan, adversity, fingerprint))
  return {
    adversity: milder ?? ADVERSITIES[present]!,
    answeredBy: violation === undefined || result.trace === undefined ? undefined : answeredBy(result.trace, violation),
  }
}

/**
 * What tells a failure from others once its cause is known: 8 hex digits. Whether a bug needs the network to fail at
 * all, and which messages servers exchange, differs from seed to seed, so neither counts.
 */
export function refinedFingerprint(fingerprint: string, { adversity, answeredBy: types }: Cause): string {
  const asked = types === undefined ? 'no answer' : types.length === 0 ? 'alone' : 'asked'
  return hex(mixText(mixText(mixText(0, fingerprint), adversity === 'none' ? 'network' : adversity), asked))
}

function showsIn(scenario: Scenario, plan: RunPlan, adversity: Adversity, fingerprint: string): boolean {
  const random = randomStream(plan.seed, 'cause', adversity)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const milder = milderPlan(scenario, plan, adversity, attempt < AS_IT_WAS ? undefined : random)
    const luck = attempt === 0 ? plan.luck : luckOfFuture(plan, attempt)
    const [first] = executeRun(scenario, { ...milder, luck }).violations
    if (first !== undefined && fingerprintOf(scenario.name, first) === fingerprint) return true
  }
  return false
}

/**
 * The plan in a milder world: a power loss is a kill, a crash cuts the node off. What took the place of a crash does
 * not come at quite the right time by itself, so times vary where a stream to draw from is given; then the network
 * loses and doubles messages as well, unless the world shall have nothing wrong with it.
 */
function milderPlan(scenario: Scenario, plan: RunPlan, adversity: Adversity, random: Random | undefined): RunPlan {
  const most = ADVERSITIES.indexOf(adversity)
  const { seed, settings, operations, network } = plan
  const ids = topologyOf(scenario, seed, settings, operations).nodes.map(({ id }) => id)
  const faults = plan.faults.flatMap((fault): readonly Fault[] => {
    if (ADVERSITIES.indexOf(adversityOf(fault)) <= most) return [fault]
    if (!isCrash(fault) || adversity === 'none') return []
    const own = most >= ADVERSITIES.indexOf('crash') ? withoutPower(fault) : cutOff(fault, ids, plan.calmAtMs)
    return [random === undefined ? own : atAboutTheTime(own, random)]
  })
  const noisy = random !== undefined && adversity !== 'none' && random.chance(0.5)
  return {
    ...plan,
    faults,
    endMs: settings.durationMs,
    network: noisy ? { ...network, loss: NOISE, duplication: NOISE } : network,
  }
}

function atAboutTheTime(fault: Fault, random: Random): Fault {
  const atMs = Math.max(0, Math.round(fault.atMs + SPREAD_MS * (random.float() - 0.5)))
  return 'forMs' in fault
    ? { ...fault, atMs, forMs: Math.round(fault.forMs * random.pick([1, 2, 4])) }
    : { ...fault, atMs }
}

type Crash = Extract<Fault, { readonly kind: 'kill' | 'power-loss' | 'crash-in-output' | 'crash-in-recovery' }>

function isCrash(fault: Fault): fault is Crash {
  return fault.kind === 'kill' || fault.kind === 'power-loss' || fault.kind.startsWith('crash-')
}

/** A crash at which the page cache stays, and the disk. */
function withoutPower(fault: Crash): Fault {
  const { disk: _disk, ...kept } = fault
  return kept.kind === 'power-loss' || kept.kind === 'kill' ? { ...kept, kind: 'kill' } : { ...kept, power: false }
}

function cutOff(fault: Crash, ids: readonly string[], calmAtMs: number): Fault {
  const { id, node, atMs, restartAfterMs, forGood, when } = fault
  return {
    id,
    kind: 'partition',
    atMs,
    forMs: restartAfterMs ?? Math.max(0, calmAtMs - atMs),
    groups: [[node], ids.filter((other) => other !== node)],
    ...(forGood === undefined ? {} : { forGood }),
    ...(when === undefined ? {} : { when }),
  }
}

/**
 * The types of messages that others said to each other between a question and its wrong answer, from cause to cause,
 * sorted: a server that answers out of what it holds is told from one that asks others first. Undefined where no
 * operation is wrong.
 */
function answeredBy(trace: Trace, { operations }: Violation): readonly string[] | undefined {
  const ends = trace.events.filter(
    ({ kind, operation, reason }) =>
      kind === 'return' && operation !== undefined && operations.includes(operation) && reason === 'ok',
  )
  const last = ends.at(-1)
  if (last === undefined) return undefined
  const asked = trace.events.find(({ kind, operation }) => kind === 'invoke' && operation === last.operation)
  const types = new Set<string>()
  let event: TraceEvent | undefined = last
  while (event !== undefined && event.number > (asked?.number ?? 0)) {
    const { kind, node, peer, label } = event
    if (kind === 'deliver' && node !== peer && node !== last.node && peer !== last.node) types.add(label)
    event = trace.events[(event.cause > 0 && event.cause < event.number ? event.cause : 0) - 1]
  }
  return [...types].sort()
}
