/**
 * A process of its own: sweeps so many runs and prints its largest resident memory, in mebibytes. The first hundred are
 * of the default size, so that the heap is as large as it will be; the rest are short, as the question is what piles up.
 */
import { SweepMerge, sweepSeeds } from '../explore/sweep.ts'
import { raftKv } from '../scenarios/raft-kv.ts'

const WARM_UP_RUNS = 100
const RUNS_A_PART = 50

const runs = Number(process.argv[2])
const merge = new SweepMerge(raftKv, raftKv.defaults)
for (let first = 1; first <= runs; first += RUNS_A_PART) {
  const settings =
    first <= WARM_UP_RUNS ? raftKv.defaults : { ...raftKv.defaults, nodes: 3, operations: 10, durationMs: 400 }
  merge.add(sweepSeeds(raftKv, { settings }, first, RUNS_A_PART))
}
merge.totals()
process.stdout.write(String(process.resourceUsage().maxRSS / 1024))
