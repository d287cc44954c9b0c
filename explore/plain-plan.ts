import type { RunPlan, RunResult } from './result.ts'

/**
 * The plan with each fault that waited for a moment in the place and at the time to which it came, and without those
 * that never did: what shrinking and people can work with. Nearly always the same run, but that must be looked at.
 */
export function plainPlan(plan: RunPlan, result: RunResult): RunPlan {
  const timed = plan.faults.filter(({ when }) => when === undefined)
  const faults = [...timed, ...result.faultsOfMoments].sort((a, b) => a.atMs - b.atMs || a.id - b.id)
  return { ...plan, faults }
}
