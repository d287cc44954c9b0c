import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { UsageError } from '../../explore/usage-error.ts'
import type { Address, NodeId } from '../../sim/machine.ts'
import { parseAddress } from '../net/address-book.ts'
import { NODE_NAME } from './configuration.ts'

export type Addresses = Readonly<Record<NodeId, Address>>

const FIRST_PORT = 7101
const PORT_STEP = 100
const LAST_PORT = 65_535

export interface AddressOptions {
  readonly servers: number
  /** Names or addresses that the servers are spread over in turn. */
  readonly hosts: readonly string[]
  /** The first server's; the others of a host follow. Free ones are looked for on the loopback interface unless given. */
  readonly basePort?: number | undefined
}

/** Where each server is reached: `n1` at the first port of the first host, and so on. */
export async function planAddresses({ servers, hosts, basePort }: AddressOptions): Promise<Addresses> {
  const perHost = Math.ceil(servers / hosts.length)
  const first = basePort ?? (await freeBlock(perHost, hosts))
  if (first + perHost - 1 > LAST_PORT) {
    throw new UsageError('bad-port', `--base-port ${first}: there are no ${perHost} ports from there on.`)
  }
  return Object.fromEntries(
    Array.from({ length: servers }, (_, place) => [
      `n${place + 1}`,
      { host: hosts[place % hosts.length]!, port: first + Math.floor(place / hosts.length) },
    ]),
  )
}

/** A line a server, `n1 10.0.0.1:7001`; what follows a # is for people. */
export function readAddresses(file: string): Addresses {
  const addresses: Record<NodeId, Address> = {}
  for (const [place, text] of readText(file).split('\n').entries()) {
    const [id, place_, ...more] = text.replace(/#.*/, '').trim().split(/\s+/)
    if (id === undefined || id === '') continue
    const refuse = (sentence: string): never => {
      throw new UsageError('bad-addresses', `${file}, line ${place + 1}: ${sentence}.`)
    }
    if (place_ === undefined || more.length > 0 || !NODE_NAME.test(id)) {
      refuse('write a name and an address, such as n1 10.0.0.1:7001')
    }
    if (Object.hasOwn(addresses, id)) refuse(`${id} is there twice`)
    try {
      addresses[id] = parseAddress(place_!)
    } catch (error) {
      refuse((error as Error).message)
    }
  }
  if (Object.keys(addresses).length === 0) throw new UsageError('bad-addresses', `${file} names no server.`)
  return addresses
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError('bad-addresses', `${file} can't be read (${(error as Error).message}).`)
  }
}

/** The first block of ports that nobody listens at now, as far as this machine can tell. */
async function freeBlock(count: number, hosts: readonly string[]): Promise<number> {
  const [host = '127.0.0.1'] = hosts
  for (let first = FIRST_PORT; first + count <= FIRST_PORT + 50 * PORT_STEP; first += PORT_STEP) {
    const ports = Array.from({ length: count }, (_, place) => first + place)
    const free = await Promise.all(ports.map((port) => isFree(host, port)))
    if (free.every(Boolean)) return first
  }
  throw new UsageError('no-ports', `No ${count} ports in a row are free: name the first with --base-port.`)
}

/** Of an address of another host nothing is known here; it counts as free. */
function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
