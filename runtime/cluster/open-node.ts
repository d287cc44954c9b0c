import type { Address } from '../../sim/machine.ts'
import type { HostOptions } from '../host/host-machine.ts'
import { HttpEdge, type HttpEdgeOptions } from '../http/http-edge.ts'
import { sharedPort } from '../http/shared-port.ts'
import { addressOfUrl } from '../net/node-url.ts'
import type { OpenNodeConfiguration, OpenSystem } from '../systems/system.ts'
import { refuseUnknownBug, type ServerWishes, tapFor } from './server-wishes.ts'

export interface OpenNode {
  /** Its name, and where people and other nodes reach it. */
  readonly url: string
  readonly listen: readonly Address[]
  readonly seeds: readonly string[]
  readonly tokens: number
  readonly parameters: unknown
  readonly dataDirectory: string
}

/**
 * What hosts a node whose ring changes while it runs: it begins with the seeds alone, and is introduced to the others
 * by its machine; people, programs and peers all reach it by its URL.
 */
export function openNodeOptions(system: OpenSystem, node: OpenNode, wishes: ServerWishes): HostOptions {
  refuseUnknownBug(system, wishes)
  const { url, listen, seeds, tokens, parameters, dataDirectory } = node
  const { bug } = wishes
  const configuration: OpenNodeConfiguration<unknown> = {
    seeds,
    tokens,
    parameters,
    ...(bug === undefined ? {} : { bug }),
  }
  const http = new HttpEdge({ ...system.http(parameters), ...namesOf(node) })
  const peers = seeds.filter((seed) => seed !== url).map((seed) => [seed, addressOfUrl(seed)!] as const)
  return {
    self: url,
    machine: () => system.server({ self: url, ...configuration }),
    protocol: system.protocol,
    peers: Object.fromEntries(peers),
    placeOf: addressOfUrl,
    listen,
    dataDirectory,
    limits: system.limits,
    services: { http },
    streams: sharedPort((socket) => http.accept(socket)),
    ...tapFor(system, configuration, wishes),
  }
}

/** Who is reached by this machine alone goes by few names; others may have more than anyone here knows. */
function namesOf({ url, listen }: OpenNode): Pick<HttpEdgeOptions, 'names'> {
  const isAlone = listen.every(({ host }) => host === 'localhost' || host === '::1' || host.startsWith('127.'))
  return isAlone ? { names: ['localhost', '127.0.0.1', '[::1]', new URL(url).hostname] } : {}
}
