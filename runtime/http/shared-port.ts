import type { Socket } from 'node:net'
import type { Address, Millis } from '../../sim/machine.ts'
import { tcp, type StreamListener, type StreamTransport } from '../net/stream-transport.ts'

export interface SharedPortLimits {
  /** Connections that have said nothing yet. */
  readonly silent: number
  /** How long one may say nothing. */
  readonly silentMs: Millis
}

const defaultLimits: SharedPortLimits = { silent: 256, silentMs: 3_000 }

/**
 * Streams of peers and HTTP at one port, so that one URL says all about where a node is. The first byte of a connection
 * tells which it is: a frame begins with the high byte of its length, which is 0 for a greeting, and no HTTP request
 * begins with 0.
 */
export function sharedPort(
  onHttp: (socket: Socket) => void,
  limits: SharedPortLimits = defaultLimits,
): StreamTransport {
  return {
    connect: tcp.connect,
    listen: async (address: Address, onStream: (socket: Socket) => void): Promise<StreamListener> => {
      const silent = new Set<Socket>()
      const listener = await tcp.listen(address, (socket) => {
        if (silent.size >= limits.silent) socket.destroy()
        else sort(socket, silent, limits.silentMs, (isStream) => (isStream ? onStream : onHttp)(socket))
      })
      return {
        address: listener.address,
        close: () => {
          for (const socket of silent) socket.destroy()
          return listener.close()
        },
      }
    },
  }
}

function sort(socket: Socket, silent: Set<Socket>, silentMs: Millis, onSorted: (isStream: boolean) => void): void {
  silent.add(socket)
  const late = setTimeout(() => socket.destroy(), silentMs)
  const forget = (): void => {
    clearTimeout(late)
    silent.delete(socket)
  }
  const onError = (): void => void socket.destroy()
  socket.once('close', forget)
  socket.on('error', onError)
  socket.once('data', (piece: Buffer) => {
    forget()
    socket.off('close', forget)
    // Whoever takes it hears this piece first.
    socket.pause()
    socket.unshift(piece)
    onSorted(piece[0] === 0)
    socket.off('error', onError)
    process.nextTick(() => socket.resume())
  })
}
