import { UsageError } from '../../explore/usage-error.ts'
import type { Millis, NodeId } from '../../sim/machine.ts'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../../nodes/dictionary/dictionary.ts'
import { raftProtocol } from '../../nodes/raft/protocol.ts'
import { raftSchemas } from '../../nodes/raft/schemas.ts'
import { raftServer } from '../../nodes/raft/server.ts'
import { loadUserModule } from '../load-user-code.ts'
import type { RecordedCode } from './replay-node.ts'
import type { RecordedMachine } from './replay-recording.ts'

/** What the recording of a server of raft-kv says it was made with. */
export interface RaftKvConfiguration {
  readonly servers: readonly NodeId[]
  readonly parameters: {
    readonly HEARTBEAT_TIMEOUT: Millis
    readonly ELECTION_INTERVAL: readonly [min: Millis, max: Millis]
  }
  readonly bug?: string | undefined
}

/** How the machines of a recording are made again: by a module of the user's, or as Petrel's own systems are. */
export async function recordedCode(file: string | undefined): Promise<(recorded: RecordedMachine) => RecordedCode> {
  if (file === undefined) return shippedCode
  const { exported } = await loadUserModule(file)
  if (typeof exported === 'function') return exported as (recorded: RecordedMachine) => RecordedCode
  throw new UsageError(
    'no-machines',
    `${file} must export a function by default: ({ self, system, configuration }) => ({ machine, protocol }), as the recorded machines were made.`,
  )
}

function shippedCode({ self, system, configuration }: RecordedMachine): RecordedCode {
  if (system !== 'raft-kv')
    throw new UsageError(
      'unknown-system',
      `${self} is recorded as of the system "${system}", which is not one of ours: --machines FILE names the module that makes its machine.`,
    )
  const { servers, parameters, bug } = configuration as unknown as RaftKvConfiguration
  return {
    machine: () =>
      raftServer({
        servers,
        stateMachine: dictionary,
        heartbeatMs: parameters.HEARTBEAT_TIMEOUT,
        electionTimeoutMs: parameters.ELECTION_INTERVAL,
        bug,
      }),
    protocol: raftProtocol('stream', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary),
  }
}
