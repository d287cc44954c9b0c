import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Address } from '../../sim/machine.ts'
import { listenError } from '../net/listen-error.ts'
import type { HostedMachine } from './host-machine.ts'
import { metricsOf } from './metrics.ts'

const MOST_CONNECTIONS = 64
const REQUEST_MS = 5_000

/** A node's `/healthz` and `/metrics`. */
export interface StatusServer {
  readonly address: Address
  close(): Promise<void>
}

/**
 * Serves what operators ask of a node: `GET /healthz` answers 200 while the node takes events, 503 from when it does
 * not; `GET /metrics` answers in Prometheus' format.
 */
export async function serveStatus(node: HostedMachine, address: Address): Promise<StatusServer> {
  const registry = await metricsOf(node)
  const answer = async ({ method, url }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = url?.split('?')[0]
    if (method !== 'GET' && method !== 'HEAD') end(response, 405, 'text/plain', 'only GET is answered here\n')
    else if (path === '/healthz') {
      const { isRunning, self, figures } = node
      const body = { node: self, status: isRunning ? 'ok' : 'ending', events: figures.events, waiting: figures.waiting }
      end(response, isRunning ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`)
    } else if (path === '/metrics') end(response, 200, registry.contentType, await registry.metrics())
    else end(response, 404, 'text/plain', 'there are /healthz and /metrics\n')
  }
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    answer(request, response).catch(() => end(response, 500, 'text/plain', 'the figures could not be read\n'))
  })
  server.maxConnections = MOST_CONNECTIONS
  const listening = await listen(server, address)
  void node.ended.then(() => close(server))
  return { address: listening, close: () => close(server) }
}

function listen(server: Server, { host, port }: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(listenError({ host, port }, error))
    server.once('error', refuse)
    server.listen(port, host, () => {
      server.off('error', refuse)
      resolve({ host, port: (server.address() as { readonly port: number }).port })
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
  response.end(body)
}
