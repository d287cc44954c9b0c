/**
 * One server of the cluster that the runtime's figures are measured on, in a process of its own. It is told by its
 * parent what it is, says where it listens, learns where the others do, and ends with its parent.
 */
import type { Address } from '../sim/machine.ts'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../nodes/dictionary/dictionary.ts'
import { formatServer } from '../nodes/raft/persistence.ts'
import { raftProtocol } from '../nodes/raft/protocol.ts'
import { raftSchemas } from '../nodes/raft/schemas.ts'
import { raftServer } from '../nodes/raft/server.ts'
import type { RaftState } from '../nodes/raft/state.ts'
import { writeDisk } from '../runtime/host/disk-image.ts'
import { hostMachine } from '../runtime/host/host-machine.ts'
import { recordTo } from '../runtime/recording/record-to.ts'
import type { ServerFigures, ServerOrder } from './runtime-cluster.ts'
import { SwitchedTap, type Slice } from './switched-tap.ts'

process.once('message', (order) => void serve(order as ServerOrder))
process.once('disconnect', () => process.exit())

async function serve({ self, peers, dataDirectory, options, recording }: ServerOrder): Promise<void> {
  writeDisk(dataDirectory, formatServer(self))
  const switched =
    recording && new SwitchedTap(recordTo(recording.folder, { system: 'bench', configuration: {} }), recording.sliceMs)
  const node = await hostMachine({
    self,
    machine: () => raftServer({ servers: Object.keys(peers), stateMachine: dictionary, ...options }),
    protocol: raftProtocol('stream', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary),
    peers: peers as Readonly<Record<string, Address>>,
    dataDirectory,
    ...(switched === undefined ? {} : { tap: switched.tap }),
  })
  const slices: Slice[] = []
  switched?.run(
    () => (node.state() as RaftState).commitIndex,
    (slice) => void slices.push(slice),
  )
  process.send!('listening')
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send!({ cpuUs: user + system, slices } satisfies ServerFigures)
  })
}
