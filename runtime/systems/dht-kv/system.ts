import { dhtBugs } from '../../../nodes/dht/bugs/index.ts'
import { dhtNode } from '../../../nodes/dht/node.ts'
import { dhtProtocol } from '../../../nodes/dht/protocol.ts'
import type { OpenSystem } from '../system.ts'
import { dhtHttp } from './http.ts'
import {
  defaultDhtParameters,
  dhtParametersSchema,
  type DhtParameters,
  optionsOf,
  replicasAsParameters,
} from './parameters.ts'

const MiB = 1024 * 1024

/** The key-value store on a ring. Its nodes and its clients come in at one port. */
export const dhtKvSystem: OpenSystem<DhtParameters> = {
  name: 'dht-kv',
  about: 'a key-value store on a ring whose nodes come and go',
  membership: 'open',
  protocol: dhtProtocol('stream', 'stream'),
  defaults: { servers: 3, clients: 0 },
  defaultParameters: defaultDhtParameters,
  parameters: dhtParametersSchema,
  server: ({ seeds, tokens, parameters, bug }) => dhtNode({ ...optionsOf(parameters), seeds, tokens, bug }),
  http: dhtHttp,
  // A key of which there are many concurrent values, each as long as it may be, travels in one message.
  limits: { frameBytes: 96 * MiB, outboxBytes: 384 * MiB, frameMs: 30_000 },
  replicated: replicasAsParameters,
  replicasOf: ({ REPLICAS }) => REPLICAS,
  bugs: dhtBugs.map(({ id }) => id),
  headline: (event, detail) => {
    switch (event) {
      case 'is member':
        return 'is a member of the ring'
      case 'is leaving':
        return 'is leaving, and hands over what it holds'
      case 'is gone':
        return 'has left the ring'
      case 'membership event':
        return `has heard of ${wordsOf(detail)}`
      default:
        return undefined
    }
  },
  sentence: (event, detail) => {
    if (event === 'membership event') return `New event received: ${wordsOf(detail)}`
    if (event !== 'forwarding') return undefined
    const { request, key, to } = detail as { readonly request: string; readonly key: string; readonly to: string }
    return `Forwarding ${request.toLowerCase()} request ${JSON.stringify(key)} to ${to}`
  },
  hasJoined: (event) => event === 'is member' || event === 'is leaving',
  hasLeft: (reason) => reason === 'it has left the ring',
}

function wordsOf(detail: unknown): string {
  const { type, name, uri } = detail as { readonly type: string; readonly name: string; readonly uri: string }
  return `${type} ${name} ${uri}`
}
