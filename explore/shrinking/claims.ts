import type { Fault } from '../../sim/faults.ts'
import type { NodeId } from '../../sim/machine.ts'
import { subjectOf } from '../plan-run.ts'
import type { RunPlan } from '../result.ts'
import type { Scenario } from '../scenario.ts'

/**
 * Whether the system claims to survive the plan, as far as the menu of faults says: a failure in a smaller cluster that
 * has lost most of its servers would be none of the system's. Drawn plans keep to this by themselves.
 */
export function isSurvivable(scenario: Scenario, plan: RunPlan): boolean {
  const { nodes, menu } = subjectOf(scenario, plan.seed, plan.settings)
  const role = menu.quorumRole ?? nodes[0]?.role
  const servers = nodes.filter((node) => node.role === role).map(({ id }) => id)
  const lost = new Set(plan.faults.flatMap((fault) => lostBy(fault, servers)))
  if (servers.filter((id) => lost.has(id)).length > (menu.lostForGood ?? (servers.length - 1) >> 1)) return false
  if (menu.partialCutsForGood !== true && plan.faults.some((fault) => cutsPartlyForGood(fault, servers))) return false
  const untrusted = new Set(plan.faults.flatMap((fault) => (liesOnDisk(fault) ? [fault.node] : [])))
  return plan.faults.every((fault) => !isCrash(fault) || !untrusted.has(fault.node) || fault.forGood === true)
}

/** Servers that the fault takes from the cluster for good: themselves, or what they had promised. */
function lostBy(fault: Fault, servers: readonly NodeId[]): readonly NodeId[] {
  const sides = sidesForGood(fault).map((side) => side.filter((id) => servers.includes(id)))
  if (sides.length > 0) {
    const largest = sides.reduce((left, right) => (right.length > left.length ? right : left))
    return sides.filter((side) => side !== largest).flat()
  }
  if (!('node' in fault)) return []
  const emptied = 'disk' in fault && fault.disk !== undefined && fault.disk !== 'kept'
  return fault.forGood === true || emptied || fault.kind === 'bit-rot' || liesOnDisk(fault) ? [fault.node] : []
}

/** What does not hear what for good; nothing where that heals. */
function sidesForGood(fault: Fault): readonly (readonly NodeId[])[] {
  if (fault.forGood !== true) return []
  if (fault.kind === 'partition') return fault.groups
  return fault.kind === 'one-way-partition' ? [fault.from, fault.to] : []
}

/** Whether some servers stay connected to both sides, or in one direction. */
function cutsPartlyForGood(fault: Fault, servers: readonly NodeId[]): boolean {
  const sides = sidesForGood(fault)
  if (sides.length === 0) return false
  return (
    fault.kind === 'one-way-partition' || servers.some((id) => sides.filter((side) => side.includes(id)).length !== 1)
  )
}

function liesOnDisk(fault: Fault): fault is Extract<Fault, { readonly kind: 'lost-sync' | 'misdirected-write' }> {
  return fault.kind === 'lost-sync' || fault.kind === 'misdirected-write'
}

type Crash = Extract<Fault, { readonly kind: 'kill' | 'power-loss' | 'crash-in-output' | 'crash-in-recovery' }>

export function isCrash(fault: Fault): fault is Crash {
  return ['kill', 'power-loss', 'crash-in-output', 'crash-in-recovery'].includes(fault.kind)
}
