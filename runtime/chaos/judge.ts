import type { Operation } from '../../checks/history.ts'
import type { ClusterView, Property } from '../../checks/property.ts'
import type { VerdictName, Violation } from '../../checks/verdict.ts'
import { withoutNames } from '../../explore/run.ts'
import type { RunPlan } from '../../explore/result.ts'
import type { Scenario } from '../../explore/scenario.ts'

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

/** Properties that the history of the clients decides; the others look into the nodes, which only simulation can. */
export function isVisible(property: Property): boolean {
  if (property.kind === 'history') return property.prefixClosed === true
  return property.kind === 'eventually' && property.clientVisible === true
}

/** Judges a run by what its clients saw. One that was cut short has not had its whole calm. */
export function judgeRun(
  scenario: Scenario,
  plan: RunPlan,
  seen: { readonly history: readonly Operation[]; readonly broken: readonly Broken[]; readonly endMs: number },
  isWhole: boolean,
): Judgement {
  const { history, broken, endMs } = seen
  const view: ClusterView = { nowMs: endMs, nodes: [], node: () => undefined }
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
    if (property.kind === 'history') {
      const verdict = property.check(history, view)
      if (verdict.verdict === 'violated') violations.push(...verdict.violations)
      if (verdict.verdict === 'unknown') reason = verdict.reason
    } else if (property.kind === 'eventually' && isWhole) {
      const missing = property.check(view, history, property.memory?.())
      if (missing !== undefined) violations.push(neverCame(property.name, missing, endMs))
    }
  }
  const verdict = violations.length > 0 ? 'violated' : reason === undefined ? 'ok' : 'unknown'
  return { verdict, reason, violations: violations.sort((one, other) => one.atMs - other.atMs) }
}

function neverCame(property: string, missing: string, atMs: number): Violation {
  return { property, shape: 'never in the calm', summary: missing, because: [], operations: [], atMs }
}
