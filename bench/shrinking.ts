import { planRun } from '../explore/plan-run.ts'
import type { RunPlan, Shrunk } from '../explore/result.ts'
import { executeRun, fingerprintOf } from '../explore/run.ts'
import { shrinkFailure } from '../explore/shrink.ts'
import type { Figure } from '../reports/json.ts'
import { raftKv } from '../scenarios/raft-kv.ts'
import { median } from './measure.ts'

/** Bugs that take longer to find are left out. */
const MOST_RUNS = 100
const FAILURES_A_BUG = 3

/**
 * How small the failures of planted bugs become, each failing run by itself. Nobody knows the least there is: the
 * ratio is to the smallest that any failing run of the same kind ended with.
 */
export function shrinking(): readonly Figure[] {
  const kinds = raftKv.bugs!.map(({ id }) => shrunkFailures(id)).filter((kind) => kind.length > 0)
  const all = kinds.flat()
  const ratios = kinds.flatMap((kind) => kind.map((one) => sizeOf(one) / Math.min(...kind.map(sizeOf))))
  return [
    { name: 'shrinking', value: all.length, unit: `failures of ${kinds.length} bugs` },
    { name: 'shrinking-faults', value: median(all.map(({ plan }) => plan.faults.length)), unit: 'in the median' },
    {
      name: 'shrinking-operations',
      value: median(all.map(({ result }) => result.history.length)),
      unit: 'in the median',
    },
    { name: 'shrinking-ratio', value: median(ratios), unit: 'of the smallest known, in the median' },
    { name: 'shrinking-ratio-mean', value: sum(ratios) / ratios.length, unit: 'of the smallest known, in the mean' },
    { name: 'shrinking-replays', value: median(all.map(({ replays }) => replays)), unit: 'in the median' },
  ]
}

/** The first failing runs of a bug that fail in one way. */
function shrunkFailures(bug: string): readonly Shrunk[] {
  const found: RunPlan[] = []
  let kind: string | undefined
  for (let seed = 1; seed <= MOST_RUNS && found.length < FAILURES_A_BUG; seed++) {
    const plan = planRun(raftKv, seed, { ...raftKv.defaults, bug })
    const violation = executeRun(raftKv, plan).violations[0]
    if (violation === undefined) continue
    const fingerprint = fingerprintOf(raftKv.name, violation)
    kind ??= fingerprint
    if (fingerprint === kind) found.push(plan)
  }
  return found.map((plan) => shrinkFailure(raftKv, plan, kind!))
}

/** Faults and operations, and one more, as some failures need none. */
function sizeOf({ plan, result }: Shrunk): number {
  return 1 + plan.faults.length + result.history.length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
