import type { Figure } from '../reports/json.ts'
import { WorkerPool } from '../runtime/sweep/worker-pool.ts'
import { raftKv } from '../scenarios/raft-kv.ts'
import { median, rate } from './measure.ts'

const TASKS = 12
const RUNS_A_TASK = 10
const ROUNDS = 3

/** Sweeps on two workers against one. */
export async function sweepScaling(): Promise<readonly Figure[]> {
  const pools = [new WorkerPool(undefined, 1), new WorkerPool(undefined, 2)] as const
  try {
    for (const pool of pools) await runsPerSecond(pool)
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const one = await runsPerSecond(pools[0])
      ratios.push((await runsPerSecond(pools[1])) / one)
    }
    return [{ name: 'sweep-scaling', value: median(ratios), unit: 'times one worker, on two' }]
  } finally {
    for (const pool of pools) await pool.close()
  }
}

function runsPerSecond(pool: WorkerPool): Promise<number> {
  const order = { settings: raftKv.defaults }
  return rate(async () => {
    await Promise.all(
      Array.from({ length: TASKS }, (_, task) =>
        pool.run({
          kind: 'sweep',
          scenario: raftKv.name,
          order,
          input: { firstSeed: 1 + task * RUNS_A_TASK, count: RUNS_A_TASK },
        }),
      ),
    )
    return TASKS * RUNS_A_TASK
  })
}
