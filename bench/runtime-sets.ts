import { join } from 'node:path'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../nodes/dictionary/dictionary.ts'
import { raftProtocol } from '../nodes/raft/protocol.ts'
import { raftSchemas } from '../nodes/raft/schemas.ts'
import type { RaftOptions } from '../nodes/raft/raft.ts'
import { hostMachine } from '../runtime/host/host-machine.ts'
import type { Cluster } from './runtime-cluster.ts'
import { load, type LoadState } from './runtime-load.ts'

export const SERVERS = 5
export const CLIENTS = 64

/** As a cluster in production has them. */
export const OPTIONS: Partial<RaftOptions> = {
  electionTimeoutMs: [500, 1_000],
  heartbeatMs: 100,
  snapshotAfterEntries: 20_000,
  maxInFlightMessages: 4,
  maxEntriesPerMessage: 128,
}

export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time of all servers for a request, in microseconds. */
  readonly serversUs: number
}

/** What a cluster answers while many clients ask it, from another process than the servers'. */
export async function measure(
  cluster: Cluster,
  folder: string,
  action: 'set' | 'get',
  warmMs: number,
  measuredMs: number,
): Promise<Measured> {
  const node = await hostMachine({
    self: `load-${action}`,
    machine: () => load(Object.keys(cluster.peers), CLIENTS, action),
    protocol: raftProtocol('stream', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary),
    peers: cluster.peers,
    dataDirectory: join(folder, `load-${action}`),
  })
  try {
    const state = node.state() as LoadState
    await pause(warmMs)
    const cpuBeforeUs = await cpuUs(cluster)
    state.latenciesMs = []
    const startedMs = performance.now()
    await pause(measuredMs)
    // Asking takes its time under load: answers and the clock count until the last server has told.
    const serversUs = (await cpuUs(cluster)) - cpuBeforeUs
    const seconds = (performance.now() - startedMs) / 1000
    const latenciesMs = [...state.latenciesMs].sort((a, b) => a - b)
    const answers = latenciesMs.length
    const quantile = (share: number): number => latenciesMs[Math.floor(share * answers)] ?? Infinity
    return {
      perSecond: answers / seconds,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      serversUs: serversUs / answers,
    }
  } finally {
    await node.stop()
  }
}

async function cpuUs(cluster: Cluster): Promise<number> {
  return (await cluster.figures()).reduce((sum, server) => sum + server.cpuUs, 0)
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
