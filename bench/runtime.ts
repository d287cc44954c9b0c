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
import { median } from './measure.ts'
import { echoRate } from './bare-echo.ts'
import { startCluster, type Cluster } from './runtime-cluster.ts'
import { load, type LoadState } from './runtime-load.ts'

const SERVERS = 5
const CLIENTS = 64
const WARM_MS = 2_000
const MEASURED_MS = 4_000
const ECHO_MS = 2_000
const PAIRS = 5
const PAIR_WARM_MS = 500
const PAIR_MEASURED_MS = 2_000
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
      ...(await recordingCost(cluster, folder)),
      { name: 'runtime-get/echo', value: gets.perSecond / echoesPerSecond, unit: 'ratio' },
      { name: 'runtime-fsync', value: syncsPerSecond, unit: 'bare appends with a sync each/s' },
      { name: 'runtime-echo', value: echoesPerSecond, unit: `bare TCP round trips/s, ${CLIENTS} clients` },
    ]
  } finally {
    await cluster?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Processor time of all servers for a set, recorded and not: two clusters that take turns, and the median of the pairs'
 * ratios, as throughput hangs on what else the machine does and the time for a set hangs on it less.
 */
async function recordingCost(bare: Cluster, folder: string): Promise<readonly Figure[]> {
  const place = join(folder, 'recorded')
  const recorded = await startCluster(SERVERS, place, OPTIONS, join(place, 'recording'))
  try {
    const pairs: { readonly bare: number; readonly recorded: number }[] = []
    for (let pair = 0; pair <= PAIRS; pair++) {
      pairs.push({ bare: await setUs(bare, folder), recorded: await setUs(recorded, folder) })
    }
    // The first pair warms up.
    const counted = pairs.slice(1)
    return [
      { name: 'runtime-set-cpu', value: median(counted.map((pair) => pair.bare)), unit: 'µs of all servers a set' },
      {
        name: 'runtime-recording',
        value: median(counted.map((pair) => pair.recorded / pair.bare)),
        unit: 'times that when recorded',
      },
    ]
  } finally {
    await recorded.stop()
  }
}

async function setUs(cluster: Cluster, folder: string): Promise<number> {
  const cpuUs = async (): Promise<number> => (await cluster.figures()).reduce((sum, server) => sum + server.cpuUs, 0)
  let before = 0
  const { answers } = await measure(cluster.peers, folder, 'set', PAIR_WARM_MS, PAIR_MEASURED_MS, async () => {
    before = await cpuUs()
  })
  return ((await cpuUs()) - before) / answers
}

interface Measured {
  readonly answers: number
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

async function measure(
  peers: Cluster['peers'],
  folder: string,
  action: 'set' | 'get',
  warmMs = WARM_MS,
  measuredMs = MEASURED_MS,
  begins: () => Promise<void> = async () => undefined,
): Promise<Measured> {
  const node = await hostMachine({
    self: `load-${action}`,
    machine: () => load(Object.keys(peers), CLIENTS, action),
    protocol: raftProtocol('stream', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary),
    peers,
    dataDirectory: join(folder, `load-${action}`),
  })
  const state = node.state() as LoadState
  await new Promise((resolve) => setTimeout(resolve, warmMs))
  await begins()
  state.latenciesMs = []
  const startedMs = performance.now()
  await new Promise((resolve) => setTimeout(resolve, measuredMs))
  const latenciesMs = state.latenciesMs.sort((a, b) => a - b)
  const seconds = (performance.now() - startedMs) / 1000
  await node.stop()
  const quantile = (share: number): number => latenciesMs[Math.floor(share * latenciesMs.length)] ?? Infinity
  return {
    answers: latenciesMs.length,
    perSecond: latenciesMs.length / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  }
}
