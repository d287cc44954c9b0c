import * as fc from 'fast-check'
import type { Fault, FaultKind } from '../sim/faults.ts'
import { drawFaults } from './fault-plan.ts'
import { subjectOf } from './plan-run.ts'
import type { Scenario, Settings } from './scenario.ts'

export interface FaultPlanConstraints {
  /** Only these kinds; those of the scenario's menu unless given. */
  readonly kinds?: readonly FaultKind[]
  /** Entries to choose from, 100 unless given, and how many a plan has at most, 12 unless given. */
  readonly entries?: number
  readonly mostFaults?: number
  /** What the entries are drawn from: another one gives other entries. */
  readonly seed?: number
  readonly settings?: Partial<Settings>
}

/** Whether a system survives these depends on how many nodes have one, which a subset of entries cannot keep. */
const DISKS_THAT_LIE: ReadonlySet<FaultKind> = new Set(['bit-rot', 'lost-sync', 'misdirected-write'])
const MOST_DRAWS = 10_000

/**
 * An arbitrary of fault plans for a scenario, for properties of one's own: `fc.property(faultPlans(scenario), (faults)
 * => …executeRun(scenario, { ...planRun(scenario, 1, scenario.defaults), faults })…)`. A plan is a subset of entries
 * that were drawn beforehand and keep their ids, so it shrinks by leaving entries out, and a given plan can be shrunk.
 *
 * Nodes that stay down for good, disks that come back empty and disks that break their promise are left out.
 */
export function faultPlans(scenario: Scenario, constraints: FaultPlanConstraints = {}): fc.Arbitrary<readonly Fault[]> {
  const { entries = 100, mostFaults = 12 } = constraints
  return fc.subarray(drawEntries(scenario, constraints, entries), { maxLength: Math.min(mostFaults, entries) })
}

function drawEntries(scenario: Scenario, constraints: FaultPlanConstraints, count: number): Fault[] {
  const { seed = 1, kinds, settings } = constraints
  const sizes = { ...scenario.defaults, ...settings }
  const { nodes, menu } = subjectOf(scenario, seed, sizes)
  const subject = { nodes, menu, calmAtMs: sizes.durationMs * scenario.calmAt, nemesis: kinds }
  const drawn: Fault[] = []
  for (let draw = 0; drawn.length < count && draw < MOST_DRAWS; draw++) {
    drawn.push(...drawFaults(seed + draw, subject, 'swarm').faults.filter(anyNumberMayHappen))
  }
  return drawn
    .slice(0, count)
    .sort((a, b) => a.atMs - b.atMs)
    .map((fault, index) => ({ ...fault, id: index + 1 }))
}

function anyNumberMayHappen(fault: Fault): boolean {
  return fault.forGood !== true && !DISKS_THAT_LIE.has(fault.kind) && !('disk' in fault && fault.disk === 'empty')
}
