import { isIP } from 'node:net'
import type { Address } from '../../sim/machine.ts'
import { formatAddress } from './address-book.ts'
import { MOST_NAME_BYTES } from './header.ts'

const HTTP_PORT = 80

/**
 * The URL under which a node goes, written the one way in which all nodes write it: `http://127.0.0.1:8080`. It is the
 * node's name as well, so it has at most 64 bytes. Throws a sentence for anything else.
 */
export function parseNodeUrl(text: string): string {
  const url = urlOf(text)
  if (url === undefined) throw new TypeError(`"${text}" is no URL of a node: write http://127.0.0.1:8080`)
  const written = `http://${formatAddress(addressIn(url))}`
  if (written.length > MOST_NAME_BYTES) {
    throw new TypeError(`"${text}" is too long: the URL of a node has at most ${MOST_NAME_BYTES} characters`)
  }
  return written
}

/** Where a node is that goes under a URL; undefined where the name is none. */
export function addressOfUrl(name: string): Address | undefined {
  const url = urlOf(name)
  return url === undefined ? undefined : addressIn(url)
}

/** A URL with a host and a port, and nothing more. */
function urlOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const isBare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  return url.protocol === 'http:' && isBare && url.port !== '0' ? url : undefined
}

function addressIn({ hostname, port }: URL): Address {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return { host: isIP(bare) === 6 ? bare : hostname, port: port === '' ? HTTP_PORT : Number(port) }
}
