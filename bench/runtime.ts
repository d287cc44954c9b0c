import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../nodes/dictionary/dictionary.ts'
import { raftProtocol } from '../nodes/raft/protocol.ts'
import { raftSchemas } from '../nodes/raft/schemas.ts'
import type { RaftOptions } from '../nodes/raft/raft.ts'
import type { Figure } from '../reports/json.ts'
import { hostMachine } from '../runtime/host/host-machine.ts'
import { bareRate } from './disk.ts'
import { echoRate } from './bare-echo.ts'
import { startCluster, type Cluster } from './runtime-cluster.ts'
import { load, type LoadState } from './runtime-load.ts'

const SERVERS = 5
const CLIENTS = 64
const WARM_MS = 2_000
const MEASURED_MS = 4_000
const ECHO_MS = 2_000
/** About what a request takes. */
const MESSAGE_BYTES = 200

/** As a cluster in production has them. */
const OPTIONS: Partial<RaftOptions> = {
  electionTimeoutMs: [500, 1_000],
  heartbeatMs: 100,
  snapshotAfterEntries: 20_000,
  maxInFlightMessages: 4,
  maxEntriesPerMessage: 128,
}

/**
 * Real sets and gets of Raft: five servers and the clients' process on the loopback interface, group commit on; beside
 * them what a bare TCP echo and a bare loop of append and sync reach in the same minute.
 */
export async function runtime(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'petrel-bench-'))
  let cluster: Cluster | undefined
  try {
    const syncsPerSecond = bareRate(join(folder, 'bare'))
    const echoesPerSecond = await echoRate(CLIENTS, MESSAGE_BYTES, ECHO_MS)
    cluster = await startCluster(SERVERS, folder, OPTIONS)
    const sets = await measure(cluster.peers, folder, 'set')
    const gets = await measure(cluster.peers, folder, 'get')
    return [
      ...figuresOf('set', sets),
      { name: 'runtime-set/fsync', value: sets.perSecond / syncsPerSecond, unit: 'ratio' },
      ...figuresOf('get', gets),
      { name: 'runtime-get/echo', value: gets.perSecond / echoesPerSecond, unit: 'ratio' },
      { name: 'runtime-fsync', value: syncsPerSecond, unit: 'bare appends with a sync each/s' },
      { name: 'runtime-echo', value: echoesPerSecond, unit: `bare TCP round trips/s, ${CLIENTS} clients` },
    ]
  } finally {
    await cluster?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

function figuresOf(action: string, { perSecond, p50Ms, p99Ms }: Measured): readonly Figure[] {
  return [
    { name: `runtime-${action}`, value: perSecond, unit: `linearizable ${action}s/s, ${CLIENTS} clients` },
    { name: `runtime-${action}-p50`, value: p50Ms, unit: 'ms' },
    { name: `runtime-${action}-p99`, value: p99Ms, unit: 'ms' },
  ]
}

async function measure(peers: Cluster['peers'], folder: string, action: 'set' | 'get'): Promise<Measured> {
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
