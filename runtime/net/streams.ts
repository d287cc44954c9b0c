import type { Socket } from 'node:net'
import type { Address, NodeId, Tagged } from '../../sim/machine.ts'
import { decodeMessage } from '../../sim/wire.ts'
import { formatAddress, numericHost } from './address-book.ts'
import { Connection, type ConnectionListener } from './connection.ts'
import { FRAME_HEADER_BYTES, finishFrame, frameOf, FrameKind, type PartialBytes } from './frames.ts'
import { Greetings } from './greeting.ts'
import type { LinkContext } from './link-context.ts'
import type { Outgoing } from './outgoing.ts'
import type { StreamListener, StreamTransport } from './stream-transport.ts'

/** What all connections together may hold of frames that are not whole yet. */
const MOST_PARTIAL_BYTES = 256 * 1024 * 1024
const TICK_MS = 100
/** Who refuses so often is not about to connect itself. */
const MOST_REFUSALS = 3
/** How long what was said last may take to leave when all connections end in good order. */
const LINGER_MS = 1_000

/** Something said before the first attempt to connect has ended. */
interface Kept {
  readonly frame: Uint8Array
  readonly message: Tagged
}

/** A node that a stream leads to, or led to and will again. */
interface Peer {
  readonly id: NodeId
  /** Before the first attempt has ended, what is said is kept; after a break it is gone. */
  status: 'connecting' | 'up' | 'down'
  connection: Connection | undefined
  /** An attempt of this end that has not been answered. */
  dialling: Connection | undefined
  /** Its hello is on its way. */
  hasGreeted: boolean
  incarnation: number
  kept: Kept[]
  attempts: number
  retry: NodeJS.Timeout | undefined
}

/**
 * One node's streams: a connection for each pair of nodes, whoever opened it. Where both ends connect at once the one
 * with the lesser name wins; one that breaks is heard by both, what was under way is gone, and whoever knows an address
 * connects again.
 */
export class Streams implements ConnectionListener {
  readonly sent = { messages: 0, bytes: 0 }
  readonly received = { messages: 0, bytes: 0 }
  private readonly context: LinkContext
  private readonly transport: StreamTransport
  private readonly greetings: Greetings
  private readonly partial: PartialBytes = { bytes: 0, most: MOST_PARTIAL_BYTES }
  private readonly peers = new Map<NodeId, Peer>()
  /** All connections, and whose they are once that is known. */
  private readonly connections = new Map<Connection, Peer | undefined>()
  private readonly listeners: StreamListener[] = []
  private dials = 0
  private ticking: NodeJS.Timeout | undefined
  private isClosed = false
  private emptied: (() => void) | undefined

  constructor(context: LinkContext, transport: StreamTransport) {
    this.context = context
    this.transport = transport
    this.greetings = new Greetings(context)
  }

  async open(listen: readonly Address[]): Promise<readonly Address[]> {
    for (const address of listen) {
      this.listeners.push(await this.transport.listen(address, (socket) => this.accept(socket)))
    }
    this.ticking ??= setInterval(() => this.tick(), TICK_MS)
    return this.listeners.map(({ address }) => address)
  }

  /** Listens nowhere any more; connections stay. */
  async closeListeners(): Promise<void> {
    await Promise.all(this.listeners.splice(0).map((listener) => listener.close()))
  }

  get isBusy(): () => boolean {
    return this.context.listener.isBusy
  }

  get beforeLeaving(): (() => void) | undefined {
    return this.context.beforeLeaving
  }

  get connectionCount(): number {
    return this.connections.size
  }

  send(to: NodeId, outgoing: Outgoing): void {
    const { drops, limits } = this.context
    const peer = this.peers.get(to) ?? this.meet(to)
    const { message } = outgoing
    const frame = finishFrame(outgoing.bytes, FrameKind.message)
    if (peer === undefined) drops.count('no address', to)
    else if (frame.length - FRAME_HEADER_BYTES > limits.frameBytes) {
      drops.count('too large for a stream', to, `${message.type} of ${frame.length} bytes`)
    } else if (peer.status === 'down') drops.count('stream is down', to)
    else if (peer.status === 'up') this.write(peer, peer.connection!, frame, message)
    else {
      peer.kept.push({ frame, message })
      if (peer.kept.length > limits.outboxMessages) peer.dialling?.fail('the outbox is full')
    }
  }

  outboxLength(to: NodeId): number {
    const peer = this.peers.get(to)
    return peer === undefined ? 0 : (peer.connection?.unsent ?? peer.kept.length)
  }

  /** Breaks the connection to a node, if it is up. True if it was. */
  reset(to: NodeId): boolean {
    const connection = this.peers.get(to)?.connection
    connection?.fail('reset')
    return connection !== undefined
  }

  /** Ends all connections; in good order, what was said goes out first. */
  async close(inGoodOrder: boolean): Promise<void> {
    this.isClosed = true
    clearInterval(this.ticking)
    for (const { retry } of this.peers.values()) clearTimeout(retry)
    const closing = this.closeListeners()
    if (inGoodOrder && this.connections.size > 0) {
      // One that is not open yet ends once what waits for it is said.
      for (const [connection, peer] of this.connections) if (connection.isOpen || !peer?.kept.length) connection.end()
      await new Promise<void>((resolve) => {
        const lingering = setTimeout(resolve, LINGER_MS)
        this.emptied = () => {
          clearTimeout(lingering)
          resolve()
        }
      })
    }
    for (const connection of this.connections.keys()) connection.fail('closed')
    await closing
  }

  // ── Connecting ───────────────────────────────────────────────────────────────────────────────────────────────

  private meet(id: NodeId): Peer | undefined {
    if (!this.context.book.isPeer(id)) return undefined
    const peer = this.add(id)
    this.dial(peer)
    return peer
  }

  private add(id: NodeId): Peer {
    const peer: Peer = {
      id,
      status: 'connecting',
      connection: undefined,
      dialling: undefined,
      hasGreeted: false,
      incarnation: 0,
      kept: [],
      attempts: 0,
      retry: undefined,
    }
    this.peers.set(id, peer)
    return peer
  }

  private dial(peer: Peer): void {
    const address = this.context.book.addressOf(peer.id)
    const { faults, limits } = this.context
    if (this.isClosed || peer.status === 'up' || peer.dialling !== undefined || address === undefined) return
    if (faults?.connects(peer.id) === false || this.connections.size >= limits.connections) {
      setImmediate(() => this.attemptFailed(peer))
      return
    }
    const socket = this.transport.connect(address)
    const connection = new Connection(socket, limits, this.partial, this)
    this.connections.set(connection, peer)
    peer.dialling = connection
    peer.hasGreeted = false
    socket.once('connect', () => {
      if (peer.dialling !== connection) return
      peer.hasGreeted = true
      connection.control(this.greetings.frame(FrameKind.hello, ++this.dials))
      connection.flush()
    })
  }

  private attemptFailed(peer: Peer): void {
    peer.dialling = undefined
    if (peer.status === 'up') return
    const lost = peer.kept.length
    for (let count = 0; count < lost; count++) this.context.drops.count('stream broke', peer.id)
    peer.kept = []
    const isNews = peer.status === 'connecting' && lost > 0
    peer.status = 'down'
    peer.attempts++
    this.dialLater(peer)
    if (isNews) this.context.listener.peerChanged(peer.id, 'down')
  }

  /** Who is known by no address is forgotten: it connects, or nobody does. */
  private dialLater(peer: Peer): void {
    if (this.isClosed) return
    if (!this.context.book.isPeer(peer.id)) {
      this.peers.delete(peer.id)
      return
    }
    const [firstMs, longestMs] = this.context.limits.backoffMs
    const backoffMs = Math.min(longestMs, firstMs * 2 ** Math.min(20, peer.attempts - 1))
    clearTimeout(peer.retry)
    peer.retry = setTimeout(() => this.dial(peer), backoffMs * (0.5 + Math.random() / 2))
  }

  private accept(socket: Socket): void {
    if (this.isClosed || this.connections.size >= this.context.limits.connections) {
      socket.destroy()
      if (!this.isClosed) this.context.drops.count('too many connections', socket.remoteAddress)
      return
    }
    this.connections.set(new Connection(socket, this.context.limits, this.partial, this), undefined)
  }

  // ── What comes in ────────────────────────────────────────────────────────────────────────────────────────────

  onFrame(connection: Connection, kind: number, content: Uint8Array): boolean {
    if (connection.isOpen && kind === FrameKind.message) this.onMessage(connection, content)
    else if (connection.isOpen && kind === FrameKind.alive) return true
    else if (!connection.isOpen && kind === FrameKind.hello) this.onHello(connection, content)
    else if (!connection.isOpen && kind === FrameKind.welcome) this.onWelcome(connection, content)
    else if (!connection.isOpen && kind === FrameKind.refused) this.onRefused(connection)
    else this.refuse(connection, 'a frame out of place')
    return true
  }

  private onMessage(connection: Connection, content: Uint8Array): void {
    const { context } = this
    const { id } = this.connections.get(connection)!
    const decoded = decodeMessage(content, context.types.schemaFor('stream', context.book.isPeer(id)))
    this.received.bytes += content.length
    if (decoded.ok) {
      this.received.messages++
      context.listener.received(id, decoded.message, content)
    } else context.drops.count('not a valid message', placeOf(connection), decoded.reason)
  }

  /** Someone connects: it may have to wait for an attempt of ours, or it takes the place of a connection that was. */
  private onHello(connection: Connection, content: Uint8Array): void {
    const { book, faults, reserved, self } = this.context
    const greeting = this.greetings.read(content)
    if (typeof greeting === 'string') {
      this.refuse(connection, greeting)
      return
    }
    const { from } = greeting
    if (reserved.has(from) || (book.isPeer(from) && !book.isFrom(from, numericHost(connection.remote.host ?? '')))) {
      this.refuse(connection, 'not the sender it claims to be', from)
      return
    }
    const peer = this.peers.get(from)
    const isStale =
      peer?.connection !== undefined &&
      peer.incarnation === greeting.incarnation &&
      greeting.dials <= peer.connection.remoteDials
    const isOurTurn = peer?.dialling !== undefined && peer.hasGreeted && self < from
    if (isStale || isOurTurn || faults?.connects(from) === false) {
      connection.control(frameOf(FrameKind.refused, new Uint8Array(0)))
      connection.end()
      return
    }
    connection.remoteDials = greeting.dials
    connection.control(this.greetings.frame(FrameKind.welcome, this.dials))
    this.establish(peer ?? this.add(from), connection, greeting.incarnation)
  }

  /** The other end connects to us at the same time, in all likelihood: what was said waits for that. */
  private onRefused(connection: Connection): void {
    const peer = this.connections.get(connection)
    if (peer?.dialling === connection && peer.status === 'connecting' && peer.attempts < MOST_REFUSALS) {
      this.connections.set(connection, undefined)
      peer.dialling = undefined
      peer.attempts++
      this.dialLater(peer)
    }
    connection.fail('refused by the other end')
  }

  private onWelcome(connection: Connection, content: Uint8Array): void {
    const peer = this.connections.get(connection)
    const greeting = this.greetings.read(content)
    if (typeof greeting === 'string') this.refuse(connection, greeting)
    else if (peer === undefined || greeting.from !== peer.id || peer.dialling !== connection) {
      this.refuse(connection, 'not the sender it claims to be', greeting.from)
    } else {
      connection.remoteDials = greeting.dials
      this.establish(peer, connection, greeting.incarnation)
    }
  }

  private refuse(connection: Connection, reason: string, detail?: string): void {
    this.context.drops.count(reason, placeOf(connection), detail)
    connection.fail(reason)
  }

  private establish(peer: Peer, connection: Connection, incarnation: number): void {
    const abandoned = peer.dialling === connection ? undefined : peer.dialling
    const replaced = peer.connection
    peer.dialling = undefined
    if (abandoned !== undefined) {
      this.connections.set(abandoned, undefined)
      abandoned.fail('abandoned')
    }
    replaced?.fail('replaced')
    clearTimeout(peer.retry)
    // Its breaking may have made this end forget who has no address.
    this.peers.set(peer.id, peer)
    this.connections.set(connection, peer)
    const { kept } = peer
    Object.assign(peer, { status: 'up', connection, incarnation, attempts: 0, kept: [] })
    connection.isOpen = true
    for (const { frame, message } of kept) this.write(peer, connection, frame, message)
    this.context.listener.peerChanged(peer.id, 'up')
    if (this.isClosed) connection.end()
  }

  onClosed(connection: Connection, reason: string): void {
    const peer = this.connections.get(connection)
    this.connections.delete(connection)
    if (peer?.dialling === connection) this.attemptFailed(peer)
    else if (peer?.connection === connection) {
      for (let count = 0; count < connection.unsent; count++) this.context.drops.count('stream broke', peer.id, reason)
      peer.connection = undefined
      peer.status = 'down'
      peer.attempts = 1
      this.dialLater(peer)
      this.context.listener.peerChanged(peer.id, 'down')
    }
    if (LIMITS_BROKEN.has(reason)) this.context.drops.count(reason, placeOf(connection))
    if (this.connections.size === 0) this.emptied?.()
  }

  // ── What goes out ────────────────────────────────────────────────────────────────────────────────────────────

  private write(peer: Peer, connection: Connection, frame: Uint8Array, message: Tagged): void {
    const hold = this.context.faults?.frame(peer.id, message) ?? 0
    this.sent.messages++
    this.sent.bytes += frame.length
    if (hold === 'cut') connection.fail('cut')
    else connection.send(frame, hold)
  }

  private tick(): void {
    const nowMs = performance.now()
    const { faults } = this.context
    for (const [connection, peer] of this.connections) {
      connection.tick(nowMs, () => {
        const hold = peer === undefined ? 0 : (faults?.frame(peer.id, undefined) ?? 0)
        if (hold === 'cut') connection.fail('cut')
        return hold === 0
      })
    }
  }
}

/** Ends of connections by someone unknown that are worth a count. */
const LIMITS_BROKEN: ReadonlySet<string> = new Set([
  'a frame too large',
  'too much under way',
  'no handshake in time',
  'too slow a sender',
])

function placeOf(connection: Connection): string {
  const { host, port } = connection.remote
  return host === undefined || port === undefined ? 'nowhere' : formatAddress({ host: numericHost(host), port })
}
