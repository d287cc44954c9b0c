import type { Figure } from '../reports/json.ts'
import { chord } from './chord.ts'
import { disk } from './disk.ts'
import { exhaustive } from './exhaustive.ts'
import { linearizableFigures } from './linearizable.ts'
import { gossip, pingPong } from './messages.ts'
import { memory, start } from './processes.ts'
import { raft5, raftKvRuns } from './raft.ts'
import { sweepScaling } from './scaling.ts'
import { runtime } from './runtime.ts'
import { runtimeRecording } from './runtime-recording.ts'
import { shrinking } from './shrinking.ts'
import { specialistFigures } from './specialists.ts'
import { tableBalance, tableGossip, tableMerkle } from './table.ts'
import { tableRequests } from './table-requests.ts'
import { transactions } from './transactions.ts'

/** One measurement, and the names its figures begin with. */
export interface Benchmark {
  readonly name: string
  /** True where its figures stand in charts. */
  readonly isDrawn?: boolean
  readonly run: () => readonly Figure[] | Promise<readonly Figure[]>
}

/**
 * The figures of docs/performance.md. What is to be measured cold comes first: a warm checker would flatter itself.
 * `histories` is a folder of recorded histories, without which the checker is left out.
 */
export function benchmarks(histories: string | undefined): readonly Benchmark[] {
  return [
    ...(histories === undefined ? [] : [{ name: 'linearizable', run: () => linearizableFigures(histories) }]),
    { name: 'specialists', run: specialistFigures },
    { name: 'pingpong', run: pingPong },
    { name: 'gossip-10', run: () => gossip(10) },
    { name: 'gossip-100', run: () => gossip(100) },
    { name: 'gossip-1000', run: () => gossip(1000) },
    { name: 'raft-5', run: raft5 },
    { name: 'raft-kv-runs', run: raftKvRuns },
    { name: 'chord-hops', isDrawn: true, run: chord },
    { name: 'table-balance', isDrawn: true, run: tableBalance },
    { name: 'table-gossip', isDrawn: true, run: tableGossip },
    { name: 'table-merkle', isDrawn: true, run: tableMerkle },
    { name: 'exhaustive', run: exhaustive },
    { name: 'shrinking', run: shrinking },
    { name: 'sweep-scaling', run: sweepScaling },
    { name: 'transactions', run: transactions },
    { name: 'disk', run: disk },
    { name: 'runtime', run: runtime },
    { name: 'dht-kv', run: tableRequests },
    { name: 'runtime-recording', run: runtimeRecording },
    { name: 'start', run: start },
    { name: 'memory', run: memory },
  ]
}
