import type { Address } from '../../sim/machine.ts'
import { formatAddress } from './address-book.ts'

/** An address cannot be listened at; the sentence says why and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly address: Address
  /** As the operating system calls it: `EADDRINUSE`. */
  readonly code: string | undefined

  constructor(address: Address, code: string | undefined) {
    super(`${formatAddress(address)} ${sentenceFor(code)}`)
    this.address = address
    this.code = code
  }
}

/** For an `error` event of a socket or a server that was told to listen. */
export function listenError(address: Address, error: NodeJS.ErrnoException): ListenError {
  return new ListenError(address, error.code ?? error.message)
}

function sentenceFor(code: string | undefined): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'is taken: another process listens there; stop it, or choose another port'
    case 'EADDRNOTAVAIL':
      return 'is no address of this machine: choose one that is, such as 127.0.0.1'
    case 'EACCES':
      return 'may not be listened at by this user: choose a port from 1024 up'
    case 'ENOTFOUND':
      return 'cannot be listened at: no such host is known'
    default:
      return `cannot be listened at: ${code}`
  }
}
