import type { FaultKind } from '../../sim/faults.ts'
import type { Protocol } from '../../sim/protocol.ts'
import { planRun, topologyOf } from '../../explore/plan-run.ts'
import type { RunPlan } from '../../explore/result.ts'
import type { NodeSpec, Scenario, Settings } from '../../explore/scenario.ts'
import type { StrategyName } from '../../explore/strategies/names.ts'

/**
 * What runs against real processes, all of it made from a scenario, a seed and settings: so that each process makes its
 * own part again. A system plugs in by its scenario:
 *
 * - `topology` gives the machines of servers and clients, the first disks, the protocol (whose schemas guard the wire).
 *   Timeouts in it are multiplied by `timeoutFactor`.
 * - Nodes of the role `client` run in the process of the command, all others in a process each. Every node has an
 *   address that all of them know, those of `spawn` as well.
 * - Judged are the properties with `clientVisible`: the others look into the nodes.
 * - `faults.leads` names the note of a first leader, which the storm waits for.
 * - `real` says by which model `petrel check` judges the history, and what of it that model knows.
 */
export interface Subject {
  readonly plan: RunPlan
  readonly protocol: Protocol
  /** Who is there from the start, and who comes later, by the index of the `spawn` that brings it. */
  readonly nodes: readonly NodeSpec[]
  readonly late: ReadonlyMap<number, NodeSpec>
}

/** What decides a subject. */
export interface SubjectOrder {
  readonly scenario: Scenario
  readonly seed: number
  readonly settings: Settings
  readonly nemesis?: readonly FaultKind[] | undefined
  readonly strategy: StrategyName
}

/** A busy computer may leave a process out for a tenth of a second, which a simulated one never does. */
const TIMEOUT_FACTOR = 2

/** Of the plan that the seed has, unless one is given. */
export function subjectOf(order: SubjectOrder, given?: RunPlan): Subject {
  const { scenario, seed, settings, nemesis, strategy } = order
  const plan = given ?? planRun(scenario, seed, settings, { nemesis, strategy })
  const { protocol, nodes, spawn } = topologyOf(scenario, seed, settings, plan.operations, TIMEOUT_FACTOR)
  const late = new Map<number, NodeSpec>()
  for (const fault of plan.faults) {
    if (fault.kind !== 'spawn') continue
    const spec = spawn?.(fault.index)
    if (spec !== undefined) late.set(fault.index, spec)
  }
  return { plan, protocol, nodes, late }
}

/** All nodes, those that come later among them. */
export function specsOf({ nodes, late }: Subject): readonly NodeSpec[] {
  return [...nodes, ...late.values()]
}

/** What makes the machine of a node; the other one is that of a rolling upgrade. */
export function machineOf({ machine, upgraded }: NodeSpec, isUpgraded: boolean): NodeSpec['machine'] {
  return (isUpgraded ? upgraded : undefined) ?? machine
}
