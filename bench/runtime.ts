import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from '../reports/json.ts'
import { bareRate } from './disk.ts'
import { echoRate } from './bare-echo.ts'
import { startCluster, type Cluster } from './runtime-cluster.ts'
import { CLIENTS, measure, OPTIONS, SERVERS, type Measured } from './runtime-sets.ts'

const WARM_MS = 2_000
const MEASURED_MS = 4_000
const ECHO_MS = 2_000
/** About what a request takes. */
const MESSAGE_BYTES = 200

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
    const sets = await measure(cluster, folder, 'set', WARM_MS, MEASURED_MS)
    const gets = await measure(cluster, folder, 'get', WARM_MS, MEASURED_MS)
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

function figuresOf(action: string, { perSecond, p50Ms, p99Ms }: Measured): readonly Figure[] {
  return [
    { name: `runtime-${action}`, value: perSecond, unit: `linearizable ${action}s/s, ${CLIENTS} clients` },
    { name: `runtime-${action}-p50`, value: p50Ms, unit: 'ms' },
    { name: `runtime-${action}-p99`, value: p99Ms, unit: 'ms' },
  ]
}
