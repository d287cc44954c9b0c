/** A process of its own: sweeps so many short runs and prints its largest resident memory, in mebibytes. */
import { SweepMerge, sweepSeeds } from '../explore/sweep.ts'
import { raftKv } from '../scenarios/raft-kv.ts'

const RUNS_A_PART = 50
const settings = { ...raftKv.defaults, nodes: 3, operations: 10, durationMs: 400 }

const runs = Number(process.argv[2])
const merge = new SweepMerge(raftKv, settings)
for (let first = 1; first <= runs; first += RUNS_A_PART) merge.add(sweepSeeds(raftKv, { settings }, first, RUNS_A_PART))
merge.totals()
process.stdout.write(String(process.resourceUsage().maxRSS / 1024))
