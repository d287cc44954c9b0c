import { z } from 'zod'
import { dictionary, dictionaryAnswerSchema, dictionaryCommandSchema } from '../../nodes/dictionary/dictionary.ts'
import { raftBugs, raftControls } from '../../nodes/raft/bugs/index.ts'
import { formatServer } from '../../nodes/raft/persistence.ts'
import { raftProtocol } from '../../nodes/raft/protocol.ts'
import { raftSchemas } from '../../nodes/raft/schemas.ts'
import { raftServer } from '../../nodes/raft/server.ts'
import { durationSchema } from './duration.ts'
import { raftKvClient } from './raft-kv-client.ts'
import type { RaftParameters } from './raft-parameters.ts'
import type { System } from './system.ts'

const parameters = z
  .strictObject({
    TIME_TO_RETRY: durationSchema,
    SERVER_TIMEOUT: durationSchema,
    HEARTBEAT_TIMEOUT: durationSchema,
    ELECTION_INTERVAL: z.tuple([durationSchema, durationSchema]),
  })
  .refine(({ ELECTION_INTERVAL: [min, max] }) => min <= max, {
    path: ['ELECTION_INTERVAL'],
    message: 'the shorter time comes first',
  })
  .refine(({ HEARTBEAT_TIMEOUT, ELECTION_INTERVAL: [min] }) => 2 * HEARTBEAT_TIMEOUT <= min, {
    path: ['HEARTBEAT_TIMEOUT'],
    message: 'at least two heartbeats must fit into the shortest time of ELECTION_INTERVAL, or elections never end',
  })
  .refine(({ SERVER_TIMEOUT, TIME_TO_RETRY }) => SERVER_TIMEOUT <= TIME_TO_RETRY, {
    path: ['SERVER_TIMEOUT'],
    message: 'one server may not take longer than the whole request: TIME_TO_RETRY',
  })

/** Raft's replicated dictionary. Servers talk in datagrams, clients over streams. */
export const raftKvSystem: System<RaftParameters> = {
  name: 'raft-kv',
  about: 'a dictionary replicated by Raft',
  membership: 'fixed',
  protocol: raftProtocol('stream', raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema), dictionary),
  defaults: { servers: 5, clients: 3 },
  // Longer than in simulation: a busy machine may leave a process out for a tenth of a second.
  defaultParameters: {
    TIME_TO_RETRY: '10s',
    SERVER_TIMEOUT: '500ms',
    HEARTBEAT_TIMEOUT: '75ms',
    ELECTION_INTERVAL: ['400ms', '800ms'],
  },
  parameters,
  server: ({ servers, parameters: { HEARTBEAT_TIMEOUT, ELECTION_INTERVAL }, bug }) =>
    raftServer({
      servers,
      stateMachine: dictionary,
      heartbeatMs: HEARTBEAT_TIMEOUT,
      electionTimeoutMs: ELECTION_INTERVAL,
      bug,
    }),
  disk: formatServer,
  client: raftKvClient,
  bugs: [...raftBugs, ...raftControls].map(({ id }) => id),
  headline: (event, detail) => {
    const { term } = detail as { readonly term?: number }
    if (event === 'became leader') return `leads in term ${term}`
    return event.startsWith('stepped down') ? 'leads no more' : undefined
  },
}
