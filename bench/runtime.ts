import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../nodes/dictionary/dictionary.ts'
import { raftProtocol } from '../nodes/raft/protocol.ts'
import { raftSchemas } from '../nodes/raft/schemas.ts'
import type { RaftOptions } from '../nodes/raft/raft.ts'
import type { Figure } from '../reports/json.ts'
import { hostMachine } from '../runtime/host/host-machine.ts'
import { startCluster } from './runtime-cluster.ts'
import { load, type LoadState } from './runtime-load.ts'

const SERVERS = 5
const CLIENTS = 64
const WARM_MS = 2_000
const MEASURED_MS = 4_000

/** As a cluster in production has them. */
const OPTIONS: Partial<RaftOptions> = {
  electionTimeoutMs: [500, 1_000],
  heartbeatMs: 100,
  snapshotAfterEntries: 20_000,
  maxInFlightMessages: 4,
  maxEntriesPerMessage: 128,
}

export async function runtime(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-bench-'))
  const cluster = await startCluster(SERVERS, folder, OPTIONS)
  try {
    const figures: Figure[] = []
    for (const action of ['set', 'get'] as const) {
      const { perSecond, p50Ms, p99Ms } = await measure(cluster.peers, folder, action)
      figures.push(
        { name: `runtime-${action}`, value: perSecond, unit: `linearizable ${action}s/s, ${CLIENTS} clients` },
        { name: `runtime-${action}-p50`, value: p50Ms, unit: 'ms' },
        { name: `runtime-${action}-p99`, value: p99Ms, unit: 'ms' },
      )
    }
    return figures
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(
  peers: Awaited<ReturnType<typeof startCluster>>['peers'],
  folder: string,
  action: 'set' | 'get',
): Promise<{ readonly perSecond: number; readonly p50Ms: number; readonly p99Ms: number }> {
  const node = await hostMachine({
    self: `load-${action}`,
    machine: () => load(Object.keys(peers), CLIENTS, action),
    protocol: raftProtocol('stream', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary),
    peers,
    dataDirectory: join(folder, `load-${action}`),
  })
  const state = node.state() as LoadState
  await new Promise((resolve) => setTimeout(resolve, WARM_MS))
  state.latenciesMs = []
  const startedMs = performance.now()
  await new Promise((resolve) => setTimeout(resolve, MEASURED_MS))
  const latenciesMs = state.latenciesMs.sort((a, b) => a - b)
  const seconds = (performance.now() - startedMs) / 1000
  await node.stop()
  const quantile = (share: number): number => latenciesMs[Math.floor(share * latenciesMs.length)] ?? Infinity
  return { perSecond: latenciesMs.length / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
}
