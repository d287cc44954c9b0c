import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DhtState } from '../../../../nodes/dht/state.ts'
import { openNodeOptions } from '../../../../runtime/cluster/open-node.ts'
import { hostMachine, type HostedMachine } from '../../../../runtime/host/host-machine.ts'
import { freePorts } from '../../../../runtime/net/free-ports.ts'
import { defaultDhtParameters, replicasAsParameters } from '../../../../runtime/systems/dht-kv/parameters.ts'
import { dhtKvSystem } from '../../../../runtime/systems/dht-kv/system.ts'
import { temporaryFolder } from '../../../support/temp-folder.ts'
import { until } from '../../host/support/hosted.ts'

export interface RingNode {
  readonly url: string
  readonly node: HostedMachine
  /** `curl -d BODY URL/PATH`, where a text is sent as it is: the status and the answer. */
  readonly post: (body: unknown, path?: string) => Promise<readonly [status: number, answer: unknown]>
  readonly look: (path: string) => Promise<unknown>
  readonly state: () => DhtState
  /** Another start on the same disk, at the same place. */
  readonly again: () => Promise<RingNode>
}

export interface RingOptions {
  readonly tokens?: number
  readonly replicas?: number
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** Nodes on sockets and disks, in this process, that have settled on one ring; they gossip faster than in production. */
export async function ring(count: number, options: RingOptions = {}): Promise<readonly RingNode[]> {
  const ports = await freePorts(count)
  const seed = `http://127.0.0.1:${ports[0]}`
  const folder = temporaryFolder()
  const nodes: RingNode[] = []
  for (const port of ports) {
    nodes.push(await start(`http://127.0.0.1:${port}`, [seed], join(folder, String(port)), options))
  }
  await settled(nodes)
  return nodes
}

/** One more, which joins by a node of the ring. */
export async function joined(seed: RingNode, options: RingOptions = {}): Promise<RingNode> {
  const [port] = await freePorts(1)
  return start(`http://127.0.0.1:${port}`, [seed.url], join(temporaryFolder(), 'joined'), options)
}

export async function settled(nodes: readonly RingNode[]): Promise<void> {
  const isSettled = ({ state }: RingNode): boolean => {
    const { history, inForce } = state()
    return history.members.size === nodes.length && inForce.length === 1 && inForce[0]!.view === history.view
  }
  await until(
    () => nodes.every(isSettled),
    () => nodes.map(({ state }) => [state().standing, state().history.members.size]),
  )
}

async function start(
  url: string,
  seeds: readonly string[],
  dataDirectory: string,
  options: RingOptions,
): Promise<RingNode> {
  const { tokens = 4, replicas = 3, parameters = {} } = options
  const written = {
    ...defaultDhtParameters,
    GOSSIP_INTERVAL: '100ms',
    SUSPECT_AFTER: '600ms',
    ...replicasAsParameters(replicas),
    ...parameters,
  }
  const parsed = dhtKvSystem.parameters.safeParse(written)
  if (!parsed.success) throw new Error(parsed.error.message)
  const listen = [{ host: '127.0.0.1', port: Number(new URL(url).port) }]
  const made = { url, listen, seeds, tokens, parameters: parsed.data, dataDirectory }
  const node = await hostMachine(openNodeOptions(dhtKvSystem, made, {}))
  onTestFinished(async () => {
    await node.kill()
  })
  return {
    url,
    node,
    post: async (body, path = '/') => {
      const content = typeof body === 'string' ? body : JSON.stringify(body)
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        ...(body === undefined ? {} : { body: content }),
      })
      return [response.status, await response.json()]
    },
    look: async (path) => (await fetch(`${url}${path}`)).json(),
    state: () => node.state() as DhtState,
    again: () => start(url, seeds, dataDirectory, options),
  }
}
