import type { TraceEvent } from '../sim/trace.ts'
import { executeRun } from './run.ts'
import { planRun } from './plan-run.ts'
import type { Scenario } from './scenario.ts'
import type { SweepOrder, SweepPart } from './sweep.ts'
import { modeOf, Tally } from './sweep.ts'

/** What is compared of one run: little enough to pass between workers. */
export interface RunPrint {
  readonly seed: number
  readonly traceHash: string
  readonly contents: readonly number[]
}

/** Runs consecutive seeds with their contents hashed. */
export function printSeeds(
  scenario: Scenario,
  order: SweepOrder,
  firstSeed: number,
  count: number,
): { readonly part: SweepPart; readonly prints: readonly RunPrint[] } {
  const tally = new Tally()
  const prints: RunPrint[] = []
  for (let seed = firstSeed; seed < firstSeed + count && !(order.bail === true && tally.failed); seed++) {
    const plan = planRun(scenario, seed, order.settings, order)
    const result = executeRun(scenario, plan, { ...modeOf(order), verify: true })
    tally.add(result, seed, plan)
    prints.push({ seed, traceHash: result.traceHash, contents: result.contents! })
  }
  return { part: tally.part(firstSeed), prints }
}

/** The first event at which two runs of one seed differ, counted from 1; undefined where they are the same. */
export function firstDifference(one: RunPrint, other: RunPrint): number | undefined {
  const length = Math.max(one.contents.length, other.contents.length)
  for (let index = 0; index < length; index++) if (one.contents[index] !== other.contents[index]) return index + 1
  return one.traceHash === other.traceHash ? undefined : length
}

/** Which handler made an event, in words: `n2 handling AppendEntries from n1`. */
export function handlerAt(scenario: Scenario, order: SweepOrder, seed: number, event: number): string {
  const plan = planRun(scenario, seed, order.settings, order)
  const trace = executeRun(scenario, plan, { trace: true, wire: order.wire === true }).trace!
  return handlerOf(trace.events[event - 1])
}

/** In words, what handled an event. */
export function handlerOf(found: TraceEvent | undefined): string {
  if (found === undefined) return 'the end of the run'
  const what =
    found.kind === 'deliver'
      ? `${found.label} from ${found.peer}`
      : found.kind === 'timer'
        ? `timer ${found.label}`
        : found.kind
  return `${found.node ?? 'the world'} handling ${what}`
}
