import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Operation } from '../../../checks/history.ts'
import { check } from '../../../checks/linearizability/linearizable.ts'
import {
  dictionary,
  dictionaryAnswerSchema,
  dictionaryCommandSchema,
  type DictionaryCommand,
} from '../../../nodes/dictionary/dictionary.ts'
import { dictionaryModel } from '../../../nodes/dictionary/model.ts'
import { raftClient, type ClientOperation } from '../../../nodes/raft/client.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import { raftProtocol } from '../../../nodes/raft/protocol.ts'
import { raftSchemas } from '../../../nodes/raft/schemas.ts'
import { raftServer } from '../../../nodes/raft/server.ts'
import type { RaftState } from '../../../nodes/raft/state.ts'
import { writeDisk } from '../../../runtime/host/disk-image.ts'
import { hostMachine, type HostedMachine } from '../../../runtime/host/host-machine.ts'
import { freePorts } from '../../../runtime/net/free-ports.ts'
import type { HistoryRecorder } from '../../../sim/machine.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { until } from './support/hosted.ts'

const SERVERS = ['n1', 'n2', 'n3', 'n4', 'n5']
const CLIENTS = 3
const OPERATIONS = 60
const schemas = raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema)

type Finished = Operation<DictionaryCommand, unknown>

/** Keeps what a client asked and was told, by a clock that all share. */
function recorderInto(history: Finished[], process: string): HistoryRecorder {
  const open = new Map<number, Finished>()
  const end = (id: number, outcome: Finished['outcome'], output?: unknown): void => {
    const operation = open.get(id)!
    Object.assign(operation, { outcome, output, returnedAtMs: outcome === 'info' ? Infinity : performance.now() })
  }
  return {
    begun: (id) => open.has(id),
    invoke: (id, input) => {
      const operation: Finished = {
        id,
        process: `${process}/${id}`,
        input: input as DictionaryCommand,
        invokedAtMs: performance.now(),
        returnedAtMs: Infinity,
        outcome: 'info',
      }
      open.set(id, operation)
      history.push(operation)
    },
    ok: (id, output) => end(id, 'ok', output),
    fail: (id) => end(id, 'fail'),
    info: (id) => end(id, 'info'),
  }
}

function operationsOf(client: number): readonly ClientOperation[] {
  return Array.from({ length: OPERATIONS }, (_, place) => ({
    id: client * OPERATIONS + place,
    atMs: place * 5,
    input:
      place % 2 === 0
        ? { action: 'set', key: `k${place % 3}`, value: `${client}.${place}` }
        : { action: 'get', key: `k${(place + client) % 3}` },
  }))
}

test.each(['datagram', 'stream'] as const)(
  'five Raft servers on sockets and disks lose nothing when their leader is killed; clients talk by %s',
  async (transport) => {
    const folder = temporaryFolder()
    const ports = await freePorts(SERVERS.length)
    const peers = Object.fromEntries(SERVERS.map((id, place) => [id, { host: '127.0.0.1', port: ports[place]! }]))
    const protocol = raftProtocol(transport, schemas, dictionary)
    const nodes = new Map<string, HostedMachine>()
    onTestFinished(async () => {
      await Promise.all([...nodes.values()].map((node) => node.kill()))
    })
    const startServer = async (id: string): Promise<void> => {
      const machine = () => raftServer({ servers: SERVERS, stateMachine: dictionary })
      writeDisk(join(folder, id), formatServer(id))
      nodes.set(id, await hostMachine({ self: id, machine, protocol, peers, dataDirectory: join(folder, id) }))
    }
    for (const id of SERVERS) await startServer(id)
    const roleOf = (id: string): string | undefined => {
      const node = nodes.get(id)!
      return node.isRunning ? (node.state() as RaftState | undefined)?.role : undefined
    }
    const leader = (): string | undefined => SERVERS.find((id) => roleOf(id) === 'leader')
    await until(() => leader() !== undefined)

    const history: Finished[] = []
    for (let client = 0; client < CLIENTS; client++) {
      const id = `c${client + 1}`
      const operations = operationsOf(client)
      nodes.set(
        id,
        await hostMachine({
          self: id,
          machine: () => raftClient({ servers: SERVERS, operations, stateMachine: dictionary }),
          protocol,
          peers,
          dataDirectory: join(folder, id),
          history: recorderInto(history, id),
        }),
      )
    }
    await until(() => history.length > 30)
    const first = leader()!
    await nodes.get(first)!.kill()
    await until(() => leader() !== undefined)
    await startServer(first)

    const done = (): number => history.filter(({ outcome }) => outcome === 'ok').length
    await until(() => history.length === CLIENTS * OPERATIONS && done() >= 0.9 * history.length, done)
    expect(check(history, dictionaryModel)).toMatchObject({ verdict: 'ok' })
    const applied = (): readonly number[] => SERVERS.map((id) => (nodes.get(id)!.state() as RaftState).lastApplied)
    await until(() => new Set(applied()).size === 1, applied)
  },
)
