import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import { isIP, isIPv6 } from 'node:net'
import type { Address, NodeId } from '../../sim/machine.ts'
import { decodeMessage } from '../../sim/wire.ts'
import { formatAddress, numericHost } from './address-book.ts'
import { writeUint32 } from './frames.ts'
import { headerOf, seal, unseal } from './header.ts'
import type { LinkContext } from './link-context.ts'
import { listenError } from './listen-error.ts'
import type { Outgoing } from './outgoing.ts'

const LENGTH_BYTES = 4
/** What is said to one node at the same time shares a datagram up to this size: one that fits an Ethernet frame. */
const PACK_BYTES = 1_400
const LOOPBACK_PACK_BYTES = 32_768
/** As much as the operating system allows of it: bursts wait here. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024

interface Pack {
  readonly parts: Uint8Array[]
  bytes: number
}

/** One node's datagrams: a header, then messages, each behind its length. */
export class Datagrams {
  readonly sent = { datagrams: 0, bytes: 0, messages: 0 }
  readonly received = { datagrams: 0, bytes: 0, messages: 0 }
  private readonly context: LinkContext
  private readonly header: Uint8Array
  private readonly sockets: { readonly socket: Socket; readonly isSix: boolean }[] = []
  private readonly packs = new Map<NodeId, Pack>()
  private flushing: NodeJS.Immediate | undefined
  private readonly late = new Set<NodeJS.Timeout>()

  constructor(context: LinkContext) {
    this.context = context
    this.header = headerOf(context.self, context.incarnation, context.types.hash)
  }

  /** Listens; resolves with the addresses, whose ports are known by then. */
  async open(listen: readonly Address[]): Promise<readonly Address[]> {
    return Promise.all(listen.map((address) => this.listen(address)))
  }

  send(to: NodeId, outgoing: Outgoing): void {
    const { context } = this
    const { message } = outgoing
    const bytes = partOf(outgoing)
    if (this.header.length + bytes.length > context.limits.datagramBytes) {
      context.drops.count('too large for a datagram', to, `${message.type} of ${bytes.length} bytes`)
      return
    }
    if (context.faults === undefined) {
      this.pack(to, bytes)
      return
    }
    for (const delayMs of context.faults.datagram(to, message)) {
      if (delayMs <= 0) this.pack(to, bytes)
      else this.packLater(to, bytes, delayMs)
    }
  }

  /** Sends at once what waits for the end of the present round of the event loop. */
  flush(): void {
    clearImmediate(this.flushing)
    this.flushing = undefined
    for (const [to, pack] of this.packs) this.post(to, pack)
    this.packs.clear()
  }

  async close(): Promise<void> {
    clearImmediate(this.flushing)
    for (const timeout of this.late) clearTimeout(timeout)
    const closed = this.sockets.map(({ socket }) => new Promise<void>((resolve) => socket.close(resolve)))
    this.sockets.length = 0
    await Promise.all(closed)
  }

  private listen(address: Address): Promise<Address> {
    const isSix = isIPv6(address.host)
    const socket = createSocket({
      ...(isSix ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' }),
      // Addresses of peers are numeric by now: there is nothing to look up, and nothing to wait for.
      lookup: (host, options, found) => {
        if (isIP(host) === 0) lookup(host, options, found)
        else found(null, host, isIP(host))
      },
    })
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => {
        socket.close()
        reject(listenError(address, error))
      }
      socket.once('error', refuse)
      socket.bind(address.port, address.host, () => {
        socket.off('error', refuse)
        socket.on('error', (error) => this.context.drops.count('socket failed', undefined, error.message))
        socket.on('message', (bytes, remote) => this.onDatagram(bytes, remote))
        widen(socket)
        this.sockets.push({ socket, isSix })
        resolve({ host: address.host, port: socket.address().port })
      })
    })
  }

  private packLater(to: NodeId, bytes: Uint8Array, delayMs: number): void {
    const timeout = setTimeout(() => {
      this.late.delete(timeout)
      this.pack(to, bytes)
    }, delayMs)
    this.late.add(timeout)
  }

  private pack(to: NodeId, bytes: Uint8Array): void {
    this.sent.messages++
    this.flushing ??= setImmediate(() => this.flush())
    const pack = this.packs.get(to)
    if (pack !== undefined && pack.bytes + bytes.length <= this.packBytesFor(to)) {
      pack.parts.push(bytes)
      pack.bytes += bytes.length
      return
    }
    if (pack !== undefined) this.post(to, pack)
    this.packs.set(to, { parts: [bytes], bytes: this.header.length + bytes.length })
  }

  private packBytesFor(to: NodeId): number {
    const host = this.context.book.addressOf(to)?.host
    const most = host === '127.0.0.1' || host === '::1' || host === 'localhost' ? LOOPBACK_PACK_BYTES : PACK_BYTES
    return Math.min(most, this.context.limits.datagramBytes)
  }

  private post(to: NodeId, { parts, bytes }: Pack): void {
    const { book, drops } = this.context
    const address = book.addressOf(to)
    if (address === undefined) {
      drops.count('no address', to)
      return
    }
    const datagram = new Uint8Array(bytes)
    let offset = this.header.length
    for (const part of parts) {
      datagram.set(part, offset)
      offset += part.length
    }
    seal(datagram, this.header)
    for (const host of book.numericOf(address.host)) {
      const isSix = isIPv6(host)
      const fitting = this.sockets.find((one) => one.isSix === isSix)
      if (fitting === undefined) continue
      this.sent.datagrams++
      this.sent.bytes += bytes
      this.context.beforeLeaving?.()
      fitting.socket.send(datagram, address.port, host, (error) => {
        if (error !== null) drops.count('not sent', formatAddress(address), error.message)
      })
      return
    }
    drops.count('no way to the address', formatAddress(address))
  }

  private onDatagram(bytes: Uint8Array, { address, port }: RemoteInfo): void {
    const { context } = this
    this.received.datagrams++
    this.received.bytes += bytes.length
    const host = numericHost(address)
    const place = (): string => formatAddress({ host, port })
    const header = unseal(bytes, context.types.hash)
    if (typeof header === 'string') {
      context.drops.count(header, place())
      return
    }
    const { from } = header
    const isPeer = context.book.isPeer(from)
    if (context.reserved.has(from) || (isPeer && !context.book.isFrom(from, host, port))) {
      context.drops.count('not the sender it claims to be', place(), from)
      return
    }
    if (context.listener.isBusy()) context.drops.count('too busy', place())
    else this.unpack(bytes, header.end, from, isPeer, { host, port })
  }

  private unpack(bytes: Uint8Array, start: number, from: NodeId, isPeer: boolean, place: Address): void {
    const { book, drops, listener, types } = this.context
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const schemaOf = types.schemaFor('datagram', isPeer)
    for (let offset = start; offset < bytes.length;) {
      const end = offset + LENGTH_BYTES > bytes.length ? Infinity : offset + LENGTH_BYTES + view.getUint32(offset)
      if (end > bytes.length) {
        drops.count('cut short', formatAddress(place))
        return
      }
      const body = bytes.subarray(offset + LENGTH_BYTES, end)
      const decoded = decodeMessage(body, schemaOf)
      if (decoded.ok) {
        this.received.messages++
        if (!isPeer) book.learn(from, place.host, place.port)
        listener.received(from, decoded.message, body)
      } else drops.count('not a valid message', formatAddress(place), decoded.reason)
      offset = end
    }
  }
}

/** A message behind its length, as it stands in a datagram. */
function partOf({ bytes, offset }: Outgoing): Uint8Array {
  const part = bytes.subarray(offset - LENGTH_BYTES)
  writeUint32(part, 0, part.length - LENGTH_BYTES)
  return part
}

function widen(socket: Socket): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES)
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES)
  } catch {
    // Some systems refuse what is beyond their limit instead of taking less; their own size does then.
  }
}
