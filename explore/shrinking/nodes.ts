import { type Fault, NOTED } from '../../sim/faults.ts'
import type { NodeId, PlainData } from '../../sim/machine.ts'
import { topologyOf } from '../plan-run.ts'
import type { RunPlan } from '../result.ts'
import type { PlannedOperation, Scenario, Settings } from '../scenario.ts'

/** The nodes of a plan by what they are for: those that hold the state, and those that ask. */
export interface Cast {
  readonly servers: readonly NodeId[]
  readonly others: readonly NodeId[]
}

export function castOf(scenario: Scenario, plan: RunPlan, settings: Settings = plan.settings): Cast {
  const { nodes } = topologyOf(scenario, plan.seed, settings, plan.operations)
  const role = scenario.faults.quorumRole ?? nodes[0]?.role
  return {
    servers: nodes.filter((node) => node.role === role).map(({ id }) => id),
    others: nodes.filter((node) => node.role !== role).map(({ id }) => id),
  }
}

/** Nodes by their new names; those that are left out are gone. */
export type Renaming = ReadonlyMap<NodeId, NodeId>

/** The faults that still mean something where only these nodes are left, under their new names. */
export function renameNodes(faults: readonly Fault[], names: Renaming): readonly Fault[] {
  const nameOf = (id: NodeId): NodeId | undefined => (id === NOTED ? NOTED : names.get(id))
  const namesOf = (ids: readonly NodeId[]): readonly NodeId[] =>
    ids.flatMap((id) => {
      const name = nameOf(id)
      return name === undefined ? [] : [name]
    })
  return faults.flatMap((fault): readonly Fault[] => {
    if (fault.kind === 'spawn') return [fault]
    if ('node' in fault) {
      const node = nameOf(fault.node)
      return node === undefined ? [] : [{ ...fault, node }]
    }
    if ('message' in fault) {
      const [from, to] = [nameOf(fault.message.from), nameOf(fault.message.to)]
      return from === undefined || to === undefined ? [] : [{ ...fault, message: { ...fault.message, from, to } }]
    }
    if (fault.kind === 'partition') {
      const groups = fault.groups.map(namesOf).filter((group) => group.length > 0)
      return groups.length > 1 ? [{ ...fault, groups }] : []
    }
    const sides: { from?: readonly NodeId[]; to?: readonly NodeId[] } = {}
    if (fault.from !== undefined) sides.from = namesOf(fault.from)
    if (fault.to !== undefined) sides.to = namesOf(fault.to)
    return sides.from?.length === 0 || sides.to?.length === 0 ? [] : [{ ...fault, ...sides } as Fault]
  })
}

/** The operations that still mean something: what names a node that is gone would ask for what cannot be. */
export function renameInOperations(
  operations: readonly PlannedOperation[],
  nodes: readonly NodeId[],
  names: Renaming,
): readonly PlannedOperation[] {
  const gone = new Set(nodes.filter((id) => !names.has(id)))
  return operations.flatMap((operation) => {
    if (leavesOf(operation.input).some((leaf) => gone.has(leaf as NodeId))) return []
    return [{ ...operation, input: renamed(operation.input, names) }]
  })
}

function leavesOf(value: PlainData): readonly PlainData[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value]
}

function renamed(value: PlainData, names: Renaming): PlainData {
  if (typeof value === 'string') return names.get(value) ?? value
  if (Array.isArray(value)) return value.map((each) => renamed(each, names))
  const isRecord = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isRecord
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renamed(each, names)]))
    : value
}

/** Servers that a fault names. */
export function namedIn(fault: Fault): readonly NodeId[] {
  if ('node' in fault) return [fault.node]
  if ('message' in fault) return [fault.message.from, fault.message.to]
  if (fault.kind === 'partition') return fault.groups.flat()
  return fault.kind === 'spawn' ? [] : [...(fault.from ?? []), ...(fault.to ?? [])]
}
