import type { Operation } from '../../checks/history.ts'
import type { ClusterView, Property } from '../../checks/property.ts'
import type { VerdictName, Violation } from '../../checks/verdict.ts'
import { withoutNames } from '../../explore/run.ts'
import type { RunPlan } from '../../explore/result.ts'
import type { Scenario, Settings } from '../../explore/scenario.ts'

/** What a machine said when it broke. */
export interface Broken {
  readonly node: string
  readonly reason: string
  readonly atMs: number
}

export interface Judgement {
  readonly verdict: VerdictName
  readonly reason: string | undefined
  readonly violations: readonly Violation[]
}

/** What was seen of a run. */
export interface Seen {
  readonly history: readonly Operation[]
  readonly broken: readonly Broken[]
  readonly endMs: number
  /** That the computer left processes out in the calm, in a clause, where it did: then slowness is not theirs. */
  readonly busy: string | undefined
}

/** Properties that the history of the clients decides; the others look into the nodes, which only simulation can. */
export function isVisible(property: Property): boolean {
  return (property.kind === 'history' || property.kind === 'eventually') && property.clientVisible === true
}

/** Judges a run by what its clients saw. One that was cut short has not had its whole calm. */
export function judgeRun(
  scenario: Scenario,
  plan: RunPlan,
  { history, broken, endMs, busy }: Seen,
  isWhole: boolean,
): Judgement {
  const view = viewAt(endMs)
  const violations: Violation[] = broken.map(({ node, reason, atMs }) => ({
    property: 'no machine throws',
    shape: withoutNames(reason),
    summary: `${node}: ${reason}`,
    because: [],
    operations: [],
    atMs,
    nodes: [node],
  }))
  let reason: string | undefined
  for (const property of scenario.properties(plan.settings).filter(isVisible)) {
    if (property.kind === 'history' && (isWhole || property.prefixClosed === true)) {
      const verdict = property.check(history, view)
      if (verdict.verdict === 'violated') violations.push(...verdict.violations)
      if (verdict.verdict === 'unknown') reason = verdict.reason
    }
  }
  if (isWhole) {
    const missing = missingOf(scenario, plan, history, endMs)
    if (missing.length > 0 && busy !== undefined) reason ??= `${busy}: too busy to say whether ${missing[0]!.property}`
    else violations.push(...missing)
  }
  const verdict = violations.length > 0 ? 'violated' : reason === undefined ? 'ok' : 'unknown'
  return { verdict, reason, violations: violations.sort((one, other) => one.atMs - other.atMs) }
}

/** What the calm should have brought, and has not brought by now. */
export function missingOf(
  scenario: Scenario,
  plan: RunPlan,
  history: readonly Operation[],
  nowMs: number,
): readonly Violation[] {
  return scenario.properties(plan.settings).flatMap((property) => {
    if (property.kind !== 'eventually' || !isVisible(property)) return []
    const missing = property.check(viewAt(nowMs), history, property.memory?.())
    return missing === undefined ? [] : [neverCame(property.name, missing, nowMs)]
  })
}

/** From here nobody looks into the nodes. */
function viewAt(nowMs: number): ClusterView {
  return { nowMs, nodes: [], node: () => undefined }
}

export function neverCame(property: string, missing: string, atMs: number): Violation {
  return { property, shape: 'never in the calm', summary: missing, because: [], operations: [], atMs }
}

/**
 * How many operations are to end ok: as many as in simulation, in the same time. More is planned, so that a fast machine
 * has enough to do; a slow one need not keep up with that.
 */
export function evidenceOf({ evidence, defaults }: Scenario, { operations, durationMs }: Settings): number {
  return Math.ceil(evidence * Math.min(operations, (defaults.operations * durationMs) / defaults.durationMs))
}
