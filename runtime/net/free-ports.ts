import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

/** Below what systems hand out to connections that leave: a port from there may be gone before it is listened at. */
const FIRST = 15_000
const LAST = 32_767
const MOST_TRIES = 50

/** Ports of an address that nobody listens at now; all different. Another process may take one before it is used. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listenSomewhere(host)))
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

async function listenSomewhere(host: string): Promise<Server> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      return await listen(host, randomInt(FIRST, LAST + 1))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
  return listen(host, 0)
}

function listen(host: string, port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve(server))
  })
}
