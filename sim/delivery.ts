import type { Fault } from './faults.ts'
import type { Millis, PlainData, Tagged } from './machine.ts'
import type { Protocol } from './protocol.ts'
import { Clogs } from './clogs.ts'
import { EventKind, type EventQueue } from './event-queue.ts'
import { TAKEN_AWAY, type Forks, type MessageFate } from './forks.ts'
import { hashPlain } from './hash.ts'
import { draw, finish, mix } from './mix.ts'
import { sizeBytes, type Network, type TypeInfo } from './network.ts'
import type { SimulatedNode } from './node.ts'
import { Parcel, Parcels } from './parcel.ts'
import { Rules, type Packet } from './rules.ts'
import type { TraceHash } from './run-record.ts'
import { Streams, type StreamHost } from './streams.ts'
import { Kind } from './trace.ts'

/** What delivery needs of the world. */
export interface DeliveryHost {
  readonly nowUs: number
  readonly nowMs: Millis
  readonly seed: number
  readonly queue: EventQueue
  readonly nodes: readonly SimulatedNode[]
  readonly network: Network
  readonly hash: TraceHash
  readonly forks: Forks
  record(
    kind: number,
    node: SimulatedNode,
    peer: SimulatedNode,
    label: string,
    labelNumber: number,
    number: number,
    cause: number,
    body: unknown,
    more?: { readonly reason: string; readonly fault: number | undefined },
  ): number
  finding(property: string, summary: string, node: SimulatedNode): void
  receive(
    node: SimulatedNode,
    from: SimulatedNode,
    type: TypeInfo,
    message: Tagged,
    number: number,
    cause: number,
  ): void
  peerChanged(node: SimulatedNode, peer: SimulatedNode, status: 'up' | 'down'): void
}

/** Messages on their way, from where they are said to where they are handled. */
export class Delivery implements StreamHost {
  /** How many messages were said: the number of the last one. */
  messages = 0
  readonly streams: Streams
  readonly rules = new Rules()
  private readonly host: DeliveryHost
  private readonly protocol: Protocol
  private readonly network: Network
  readonly queue: EventQueue
  private readonly clogs = new Clogs()
  /** Messages travel in parcels where they go as bytes, or with a hash of their content. */
  private parcels: Parcels | undefined
  /** True where every message does, not only one whose bytes are to be corrupted. */
  private readonly packsAll: boolean

  constructor(host: DeliveryHost, protocol: Protocol, wire: boolean, verify: boolean) {
    this.host = host
    this.protocol = protocol
    this.network = host.network
    this.queue = host.queue
    this.streams = new Streams(this, host.network)
    this.packsAll = wire || verify
    if (this.packsAll) this.parcels = new Parcels(protocol, wire, verify)
  }

  get nowUs(): number {
    return this.host.nowUs
  }

  /** From now on messages may be corrupted: such a one goes through its codec. */
  expectCorruption(): void {
    this.parcels ??= new Parcels(this.protocol, false, false)
  }

  /** Puts a message on its way; `cause` is the event in which it was said. */
  dispatch(node: SimulatedNode, to: number, message: Tagged, cause: number): void {
    const target = this.host.nodes[to]!
    const type = this.network.typeOf(message)
    const number = ++this.messages
    if (this.host.hash.contents !== undefined)
      this.host.hash.addContent(finish(mix(type.key, hashPlain(message as unknown as PlainData, 0))))
    if (type.transport === 'local') {
      if (target !== node)
        this.host.finding('local messages stay with their node', `${type.name} was sent to ${target.id}`, node)
      else this.queue.push(this.host.nowUs, EventKind.deliver, to, node.incarnation, node.index, number, cause, message)
      return
    }
    if (this.rules.length > 0 && this.ruled(node, target, type, message, number, cause)) return
    if (type.transport === 'stream') this.sendStream(node, target, type, message, number, cause, 0)
    else this.sendDatagram(node, target, type, message, number, cause)
  }

  /** `delayUs`: what a rule adds to its latency. */
  private sendStream(
    node: SimulatedNode,
    target: SimulatedNode,
    type: TypeInfo,
    message: Tagged,
    number: number,
    cause: number,
    delayUs: number,
  ): void {
    const luck = this.network.streamLuck(node, target, type, message)
    const body = this.packsAll ? this.parcels!.pack(message) : message
    this.streams.send(node, target, {
      body,
      luck,
      bytes: sizeBytes(type, message),
      delayUs,
      number,
      cause,
      atUs: 0,
      clogged: false,
    })
  }

  private sendDatagram(
    node: SimulatedNode,
    target: SimulatedNode,
    type: TypeInfo,
    message: Tagged,
    number: number,
    cause: number,
  ): void {
    const { network } = this
    network.decide(node, target, type, message, this.host.nowUs)
    if (network.isClosed(node.index, target.index)) {
      this.dropped(node, target, message, number, cause, 'partition')
      return
    }
    if (network.lost) {
      this.dropped(node, target, message, number, cause, 'lost', network.lostBy)
      return
    }
    let body: Tagged | Parcel = message
    if (this.parcels !== undefined && network.corrupt)
      body = this.parcels.packCorrupted(message, draw(mix(this.host.seed, number), 7))
    else if (this.packsAll) body = this.parcels!.pack(message)
    const copyAtUs = network.copyAtUs
    if (network.clogged) this.holdBack(node, target, body, number, cause, false)
    else this.queue.push(network.arrivalUs, EventKind.deliver, target.index, 0, node.index, number, cause, body)
    if (copyAtUs < 0) return
    this.host.record(Kind.duplicate, target, node, message.type, type.number, number, cause, message)
    if (network.clogged) this.holdBack(node, target, body, number, cause, true)
    else this.queue.push(copyAtUs, EventKind.deliver, target.index, 0, node.index, number, cause, body)
  }

  private holdBack(
    from: SimulatedNode,
    to: SimulatedNode,
    body: unknown,
    number: number,
    cause: number,
    copy: boolean,
  ): void {
    const { unhinderedUs, name } = this.network
    this.clogs.hold({ from, to, body, number, cause, unhinderedUs, saidUs: this.host.nowUs, name: name!, copy })
  }

  /** A clog has ended: what no other clog holds goes on its way, in the order it was said. */
  unclogged(): void {
    const { network } = this
    const released = this.clogs.letGo((sender, receiver) => network.isClogged(sender, receiver))
    for (const { from, to, body, number, cause, unhinderedUs, saidUs, name, copy } of released) {
      this.arriveIn(network.leastLatencyUs, from, to, body, number, cause)
      const byMs = (this.host.nowUs + network.leastLatencyUs - unhinderedUs) / 1000
      network.onFate?.({ kind: copy ? 'doubled-message' : 'slow-message', byMs, message: name, atMs: saidUs / 1000 })
    }
  }

  /** The message of a body that arrived; undefined where its bytes are none. A message changed on the way is a finding. */
  private unpack(
    node: SimulatedNode,
    from: SimulatedNode,
    body: Tagged | Parcel,
    number: number,
    cause: number,
  ): Tagged | undefined {
    if (!(body instanceof Parcel)) return body
    if (this.parcels!.changed(body)) {
      this.host.finding(
        'messages are not changed after sending',
        `${body.message.type} was changed after ${from.id} had sent it`,
        from,
      )
    }
    const opened = this.parcels!.open(body)
    if (typeof opened !== 'string') return opened
    this.dropped(from, node, body, number, cause, opened)
    return undefined
  }

  /** True where a rule has decided about the message. */
  private ruled(
    node: SimulatedNode,
    target: SimulatedNode,
    type: TypeInfo,
    message: Tagged,
    number: number,
    cause: number,
  ): boolean {
    const packet: Packet = { from: node.id, to: target.id, message, atMs: this.host.nowMs }
    const verdict = this.rules.judge(packet)
    if (verdict === 'pass') return false
    const { incarnation } = node
    const send = (delayMs: Millis): void => {
      const delayUs = Math.round(delayMs * 1000)
      if (type.transport !== 'stream')
        this.arriveIn(delayUs, node, target, this.packsAll ? this.parcels!.pack(message) : message, number, cause)
      else if (node.up && node.incarnation === incarnation)
        this.sendStream(node, target, type, message, number, cause, delayUs)
      else this.dropped(node, target, message, number, cause, 'stream broke')
    }
    if (verdict === 'drop') this.dropped(node, target, message, number, cause, 'rule')
    else if (verdict === 'hold') this.rules.hold(packet, () => send(1))
    else send(verdict.delayMs)
    return true
  }

  private arriveIn(
    delayUs: number,
    from: SimulatedNode,
    to: SimulatedNode,
    body: unknown,
    number: number,
    cause: number,
  ): void {
    this.queue.push(this.host.nowUs + delayUs, EventKind.deliver, to.index, 0, from.index, number, cause, body)
  }

  /** A datagram, or a local message, has arrived: event of kind `deliver`. */
  deliver(
    node: SimulatedNode,
    from: SimulatedNode,
    incarnation: number,
    number: number,
    cause: number,
    body: Tagged | Parcel,
  ): void {
    const message = this.parcels === undefined ? (body as Tagged) : this.unpack(node, from, body, number, cause)
    if (message === undefined) return
    const type = this.network.typeOf(message)
    if (!node.up || (incarnation !== 0 && incarnation !== node.incarnation)) {
      this.dropped(from, node, message, number, cause, node.up ? 'for an earlier incarnation' : `${node.id} is down`)
      return
    }
    if (type.transport !== 'local' && this.network.isClosed(from.index, node.index)) {
      this.dropped(from, node, message, number, cause, 'partition')
      return
    }
    const { forks, hash } = this.host
    if (hash.events >= forks.nextMessageAfter && type.transport !== 'local') {
      if (this.forked(node, from, message, number, cause, body)) return
    }
    this.host.receive(node, from, type, message, number, cause)
  }

  /** What a fork does to a datagram that is about to be delivered; true where that is not for now. */
  private forked(
    node: SimulatedNode,
    from: SimulatedNode,
    message: Tagged,
    number: number,
    cause: number,
    body: Tagged | Parcel,
  ): boolean {
    const { laterByUs, copyAfterUs } = this.host.forks.fateOf(false)!
    if (laterByUs === Infinity) this.dropped(from, node, message, number, cause, TAKEN_AWAY)
    else if (laterByUs > 0) this.arriveIn(laterByUs, from, node, body, number, cause)
    else if (copyAfterUs !== undefined) {
      const { number: typeNumber } = this.network.typeOf(message)
      this.host.record(Kind.duplicate, node, from, message.type, typeNumber, number, cause, message)
      this.arriveIn(copyAfterUs, from, node, body, number, cause)
    }
    return laterByUs > 0
  }

  // ── Streams' host ────────────────────────────────────────────────────────────────────────────────────────────

  isUp(node: number): boolean {
    return this.host.nodes[node]!.up
  }

  forkOfSegment(): MessageFate | undefined {
    const { forks, hash } = this.host
    return hash.events >= forks.nextMessageAfter ? forks.fateOf(true) : undefined
  }

  peerChanged(node: SimulatedNode, peer: SimulatedNode, status: 'up' | 'down'): void {
    this.host.peerChanged(node, peer, status)
  }

  delivered(from: SimulatedNode, to: SimulatedNode, body: Tagged | Parcel, number: number, cause: number): void {
    const message = this.unpack(to, from, body, number, cause)
    if (message !== undefined) this.host.receive(to, from, this.network.typeOf(message), message, number, cause)
  }

  dropped(
    from: SimulatedNode,
    to: SimulatedNode,
    body: Tagged | Parcel,
    number: number,
    cause: number,
    reason: string,
    fault?: Fault,
  ): void {
    const message = body instanceof Parcel ? body.message : body
    this.host.record(Kind.drop, to, from, message.type, this.network.typeOf(message).number, number, cause, message, {
      reason,
      fault: fault?.id,
    })
  }
}
