import type { History } from '../../checks/history.ts'
import type { ClusterView, Property } from '../../checks/property.ts'
import type { Violation } from '../../checks/verdict.ts'
import type { RunPlan } from '../../explore/result.ts'
import type { Scenario } from '../../explore/scenario.ts'
import { isVisible, neverCame, type Judgement } from './judge.ts'

/** Nodes on a busy computer come to rest later than in simulation. */
const PATIENCE_MS = 20_000
const LOOK_EVERY_MS = 500
/** Patience covers less than this. */
export const EXCUSED_MS = 5_000

/** A run that is over, and its nodes, which are still there. */
export interface AtRest {
  readonly scenario: Scenario
  readonly plan: RunPlan
  readonly history: History
  readonly look: () => Promise<ClusterView>
  readonly signal: AbortSignal
}

/** Properties that hold in the end, and need the nodes' states; what must hold at each moment only simulation can see. */
export function isSeenLast({ real }: Scenario, property: Property): boolean {
  const isOfTheEnd = property.kind === 'history' || property.kind === 'eventually'
  return real?.looksInside === true && isOfTheEnd && !isVisible(property)
}

/** Looks into the nodes until each of these properties has held; gives those that have not. */
export async function lastLook({ scenario, plan, history, look, signal }: AtRest): Promise<readonly Violation[]> {
  let open = scenario.properties(plan.settings).filter((property) => isSeenLast(scenario, property))
  const beganMs = performance.now()
  while (open.length > 0 && !signal.aborted) {
    const view = await look()
    const looked = open.map((property) => ({ property, found: brokenIn(property, history, view) }))
    open = looked.filter(({ found }) => found.length > 0).map(({ property }) => property)
    if (performance.now() - beganMs >= PATIENCE_MS) return looked.flatMap(({ found }) => found)
    if (open.length > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return []
}

function brokenIn(property: Property, history: History, view: ClusterView): readonly Violation[] {
  if (property.kind === 'history') {
    const verdict = property.check(history, view)
    return verdict.verdict === 'violated' ? verdict.violations : []
  }
  if (property.kind !== 'eventually') return []
  const missing = property.check(view, history, property.memory?.())
  return missing === undefined ? [] : [neverCame(property.name, missing, view.nowMs)]
}

/** Nobody blames nodes for being slow that the computer has left out. */
export function withLastLook(judgement: Judgement, found: readonly Violation[], busy: string | undefined): Judgement {
  const [first] = found
  if (first === undefined) return judgement
  if (busy === undefined) return { ...judgement, verdict: 'violated', violations: [...judgement.violations, ...found] }
  if (judgement.verdict === 'violated') return judgement
  return { ...judgement, verdict: 'unknown', reason: `${busy}: too busy to say whether ${first.property}` }
}
