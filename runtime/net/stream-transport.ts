import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Address } from '../../sim/machine.ts'
import { listenError } from './listen-error.ts'

/**
 * How streams reach the network. Another transport, one with TLS, gives sockets of the same kind; a connection counts
 * as made with the event `connect`, which for TLS is to be emitted once the handshake is done.
 */
export interface StreamTransport {
  readonly connect: (address: Address) => Socket
  /** Resolves once it listens; rejects where it cannot. */
  readonly listen: (address: Address, onSocket: (socket: Socket) => void) => Promise<StreamListener>
}

export interface StreamListener {
  readonly address: Address
  /** Takes no more connections; those that are open stay. */
  readonly close: () => Promise<void>
}

/** Plain TCP. */
export const tcp: StreamTransport = {
  connect: ({ host, port }) => connect({ host, port, noDelay: true }),
  listen: (address, onSocket) => {
    const server = createServer({ noDelay: true }, onSocket)
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => reject(listenError(address, error))
      server.once('error', refuse)
      server.listen({ host: address.host, port: address.port, ipv6Only: true }, () => {
        server.off('error', refuse)
        // Running out of file descriptors is no reason to end: those who connect are not served for a while.
        server.on('error', () => undefined)
        resolve({ address: { host: address.host, port: portOf(server) }, close: () => closed(server) })
      })
    })
  },
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
