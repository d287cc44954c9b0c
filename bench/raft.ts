import { executeRun, worldOf } from '../explore/run.ts'
import { planRun } from '../explore/plan-run.ts'
import type { RunPlan } from '../explore/result.ts'
import type { Figure } from '../reports/json.ts'
import { raftKv } from '../scenarios/raft-kv.ts'
import { bareRaft } from './bare-raft.ts'
import { against, median, rate } from './measure.ts'

const MESSAGES = 300_000
/** More than are ever done: the clients ask one after the other without a pause. */
const OPERATIONS = 60_000
const SECONDS_OF_RUNS = 4
const MOST_RUNS = 1000

/** The real Raft machines in the simulated world: 5 servers, 3 clients, 1 % loss, nothing else wrong, no invariants. */
export function raft5(): readonly Figure[] {
  const counts = { events: 0, operations: 0 }
  const plan = raftPlan()
  const figures = against(
    'raft-5',
    'messages/s',
    () => simulated(plan, counts),
    () => {
      bareRaft(MESSAGES)
      return MESSAGES
    },
    3,
  )
  const { value } = figures[0]!
  return [
    ...figures,
    { name: 'raft-5-events', value: (value * counts.events) / MESSAGES, unit: 'events/s' },
    { name: 'raft-5-operations', value: (value * counts.operations) / MESSAGES, unit: 'committed operations/s' },
  ]
}

/** Clients that ask without a pause, in a network that loses a little. */
function raftPlan(): RunPlan {
  const settings = { ...raftKv.defaults, operations: OPERATIONS, durationMs: 3_600_000 }
  const drawn = planRun(raftKv, 1, settings)
  return {
    ...drawn,
    faults: [],
    network: { latencyMs: [1, 10], loss: 0.01, duplication: 0 },
    operations: drawn.operations.map((operation) => ({ ...operation, atMs: 0 })),
    calmAtMs: 3_600_000,
    endMs: 3_600_000,
  }
}

function simulated(plan: RunPlan, counts: { events: number; operations: number }): number {
  const world = worldOf(raftKv, plan)
  while (world.messages < MESSAGES) world.step()
  counts.events = world.hash.events
  counts.operations = world.history.operations.filter(({ outcome }) => outcome === 'ok').length
  return MESSAGES
}

/** Whole runs of the default scenario on one core: storm and calm, invariants, linearizability. */
export function raftKvRuns(): readonly Figure[] {
  const okCounts: number[] = []
  runSeeds(1, 20, okCounts)
  okCounts.length = 0
  const rates: number[] = []
  const untilMs = performance.now() + SECONDS_OF_RUNS * 1000
  for (let seed = 1; seed <= MOST_RUNS && performance.now() < untilMs; seed += 20)
    rates.push(rate(() => runSeeds(seed, 20, okCounts)))
  return [
    { name: 'raft-kv-runs', value: median(rates), unit: 'runs/s' },
    { name: 'raft-kv-runs-ok', value: median(okCounts), unit: 'operations ok in the median run' },
  ]
}

function runSeeds(first: number, count: number, okCounts: number[]): number {
  for (let seed = first; seed < first + count; seed++) {
    okCounts.push(executeRun(raftKv, planRun(raftKv, seed, raftKv.defaults)).operations.ok)
  }
  return count
}
