import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import type { Address, Millis, NodeId } from '../../sim/machine.ts'

/** A name is looked up again after this time, when someone next needs it. */
const LOOKUP_EVERY_MS: Millis = 10_000

interface Host {
  /** As the operating system writes them; empty until the first lookup has ended. */
  addresses: readonly string[]
  lookedUpMs: number
}

/**
 * Who the nodes are and where they are reached. Peers are configured, or introduced by the machine; an outsider is
 * whoever else speaks, remembered by the place it last spoke from so that it can be answered.
 */
export class AddressBook {
  private readonly peers = new Map<NodeId, Address>()
  private readonly outsiders = new Map<NodeId, Address>()
  private readonly hosts = new Map<string, Host>()
  private readonly mostOutsiders: number
  private readonly placeOf: (id: NodeId) => Address | undefined

  /** `placeOf`: where a node is whose name says it. */
  constructor(
    peers: Readonly<Record<NodeId, Address>>,
    mostOutsiders: number,
    placeOf: (id: NodeId) => Address | undefined = () => undefined,
  ) {
    this.mostOutsiders = mostOutsiders
    this.placeOf = placeOf
    for (const [id, address] of Object.entries(peers)) this.introduce(id, address)
  }

  /** Resolves when the names of all peers have been looked up once. */
  async ready(): Promise<void> {
    const names = [...this.hosts.keys()].filter((name) => isIP(name) === 0)
    await Promise.all(names.map((name) => new Promise<void>((resolve) => this.lookUp(name, resolve))))
  }

  /** A peer from now on, where it is known where it is: by this address, or by its name. */
  introduce(id: NodeId, given?: Address): void {
    const address = given ?? this.placeOf(id)
    if (address === undefined) return
    this.peers.set(id, address)
    this.outsiders.delete(id)
    if (!this.hosts.has(address.host)) {
      const addresses = isIP(address.host) === 0 ? [] : [address.host]
      this.hosts.set(address.host, { addresses, lookedUpMs: -Infinity })
    }
  }

  isPeer(id: NodeId): boolean {
    return this.peers.has(id)
  }

  /** As configured, introduced or learned. */
  addressOf(id: NodeId): Address | undefined {
    return this.peers.get(id) ?? this.outsiders.get(id)
  }

  /** The numeric addresses of a host, as far as known. */
  numericOf(host: string): readonly string[] {
    const known = this.hosts.get(host)
    if (known === undefined) return isIP(host) === 0 ? [] : [host]
    if (isIP(host) === 0 && performance.now() - known.lookedUpMs > LOOKUP_EVERY_MS) this.lookUp(host)
    return known.addresses
  }

  /** True where this may be a peer's own place. `port` is left out where the peer may speak from any. */
  isFrom(id: NodeId, host: string, port?: number): boolean {
    const address = this.peers.get(id)
    if (address === undefined || (port !== undefined && port !== address.port)) return false
    return this.numericOf(address.host).includes(host)
  }

  /** An outsider spoke from here. The one that was silent longest is forgotten where there are too many. */
  learn(id: NodeId, host: string, port: number): void {
    const known = this.outsiders.get(id)
    this.outsiders.delete(id)
    this.outsiders.set(id, known?.host === host && known.port === port ? known : { host, port })
    if (this.outsiders.size <= this.mostOutsiders) return
    const [oldest] = this.outsiders.keys()
    this.outsiders.delete(oldest!)
  }

  private lookUp(name: string, done?: () => void): void {
    const host = this.hosts.get(name)!
    host.lookedUpMs = performance.now()
    lookup(name, { all: true }, (error, found) => {
      if (error === null) host.addresses = found.map(({ address }) => address)
      done?.()
    })
  }
}

/** An IPv4 address that a socket of both families shows as IPv6 is written as what it is. */
export function numericHost(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The address in `127.0.0.1:7001`, `[::1]:7001` or `node.example:7001`; throws a sentence for anything else. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || port > 65_535 || (match?.[1] !== undefined && isIP(host) !== 6)) {
    throw new TypeError(`"${text}" is no address: write 127.0.0.1:7001, [::1]:7001 or node.example:7001`)
  }
  return { host, port }
}
