import type { Figure } from '../reports/json.ts'

/** One measurement, and the names its figures begin with. */
export interface Benchmark {
  readonly name: string
  /** True where its figures stand in charts. */
  readonly isDrawn?: boolean
  readonly run: () => readonly Figure[] | Promise<readonly Figure[]>
}

/**
 * The figures of docs/performance.md. What is to be measured cold comes first: a warm checker would flatter itself.
 * Each loads its code when it is run, so that what one figure says of memory is not about the code of others.
 * `histories` is a folder of recorded histories, without which the checker is left out.
 */
export function benchmarks(histories: string | undefined): readonly Benchmark[] {
  return [
    ...(histories === undefined
      ? []
      : [
          { name: 'linearizable', run: async () => (await import('./linearizable.ts')).linearizableFigures(histories) },
        ]),
    { name: 'specialists', run: async () => (await import('./specialists.ts')).specialistFigures() },
    { name: 'pingpong', run: async () => (await import('./messages.ts')).pingPong() },
    { name: 'gossip-10', run: async () => (await import('./messages.ts')).gossip(10) },
    { name: 'gossip-100', run: async () => (await import('./messages.ts')).gossip(100) },
    { name: 'gossip-1000', run: async () => (await import('./messages.ts')).gossip(1000) },
    { name: 'raft-5', run: async () => (await import('./raft.ts')).raft5() },
    { name: 'raft-kv-runs', run: async () => (await import('./raft.ts')).raftKvRuns() },
    { name: 'chord-hops', isDrawn: true, run: async () => (await import('./chord.ts')).chord() },
    { name: 'table-balance', isDrawn: true, run: async () => (await import('./table.ts')).tableBalance() },
    { name: 'table-gossip', isDrawn: true, run: async () => (await import('./table.ts')).tableGossip() },
    { name: 'table-merkle', isDrawn: true, run: async () => (await import('./table.ts')).tableMerkle() },
    { name: 'exhaustive', run: async () => (await import('./exhaustive.ts')).exhaustive() },
    { name: 'shrinking', run: async () => (await import('./shrinking.ts')).shrinking() },
    { name: 'sweep-scaling', run: async () => (await import('./scaling.ts')).sweepScaling() },
    { name: 'transactions', run: async () => (await import('./transactions.ts')).transactions() },
    { name: 'disk', run: async () => (await import('./disk.ts')).disk() },
    { name: 'runtime', run: async () => (await import('./runtime.ts')).runtime() },
    { name: 'dht-kv', run: async () => (await import('./table-requests.ts')).tableRequests() },
    { name: 'runtime-recording', run: async () => (await import('./runtime-recording.ts')).runtimeRecording() },
    { name: 'start', run: async () => (await import('./processes.ts')).start() },
    { name: 'memory', run: async () => (await import('./processes.ts')).memory() },
  ]
}
