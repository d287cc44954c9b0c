import type { Tagged } from './machine.ts'
import { EventKind, type EventQueue } from './event-queue.ts'
import { draw, mix } from './mix.ts'
import type { Endpoint, Network, TypeInfo } from './network.ts'

/** Messages a direction holds at most: those in flight and those said before the connection is up. */
const OUTBOX_LIMIT = 4096
/** A connection on which nothing gets through for this long breaks. */
const BREAK_AFTER_US = 800_000
const RETRY_US = 20_000
const BACKOFF_FIRST_US = 20_000
const BACKOFF_MOST_US = 1_000_000
/** How long it takes to notice that the other end lost its power: nobody says goodbye. */
const SILENCE_US = 1_000_000

interface Segment {
  readonly message: Tagged
  readonly number: number
  readonly cause: number
  readonly luck: number
  readonly atUs: number
}

interface Direction {
  readonly from: Endpoint
  readonly to: Endpoint
  segments: Segment[]
  lastArrivalUs: number
  stalledSinceUs: number
  scheduled: boolean
  /** The sending end has yet to hear that the connection broke. */
  owesDown: boolean
}

interface Connection {
  readonly directions: readonly [Direction, Direction]
  /** Before the first attempt has ended, what is said is kept; after a break it is gone. */
  status: 'connecting' | 'up' | 'down'
  epoch: number
  attempts: number
}

/** What the streams need of the world around them. */
export interface StreamHost {
  readonly nowUs: number
  readonly queue: EventQueue
  isUp(node: number): boolean
  dropped(from: Endpoint, to: Endpoint, message: Tagged, number: number, cause: number, reason: string): void
  delivered(from: Endpoint, to: Endpoint, message: Tagged, number: number, cause: number): void
  peerChanged(node: Endpoint, peer: Endpoint, status: 'up' | 'down'): void
}

/**
 * Stream connections between pairs of nodes: opened by the first message, in order, no loss; when one breaks both
 * ends hear it, what was in flight is gone, and the world connects them again with backoff.
 */
export class Streams {
  private readonly host: StreamHost
  private readonly network: Network
  private readonly connections = new Map<number, Connection>()
  private readonly seed: number

  constructor(host: StreamHost, network: Network, seed: number) {
    this.host = host
    this.network = network
    this.seed = seed
  }

  send(from: Endpoint, to: Endpoint, type: TypeInfo, message: Tagged, number: number, cause: number): void {
    const connection = this.connections.get(pairOf(from, to)) ?? this.open(from, to)
    const direction = directionFrom(connection, from)
    if (connection.status === 'down') {
      this.host.dropped(from, to, message, number, cause, 'stream is down')
    } else if (direction.segments.length >= OUTBOX_LIMIT) {
      this.host.dropped(from, to, message, number, cause, 'outbox is full')
    } else {
      const luck = this.network.streamLuck(from, to, type, message)
      const atUs = connection.status === 'up' ? this.arrivalUs(direction, luck) : 0
      direction.segments.push({ message, number, cause, luck, atUs })
      if (connection.status === 'up') this.schedule(connection, direction)
    }
  }

  outboxLength(from: Endpoint, to: Endpoint): number {
    const connection = this.connections.get(pairOf(from, to))
    return connection === undefined ? 0 : directionFrom(connection, from).segments.length
  }

  /** A segment's time has come: event of kind `stream`. */
  arrive(from: Endpoint, to: Endpoint, epoch: number): void {
    const connection = this.connections.get(pairOf(from, to))!
    const direction = directionFrom(connection, from)
    if (connection.epoch !== epoch) return
    direction.scheduled = false
    if (this.network.isClosed(from.index, to.index)) {
      this.stall(connection, direction)
      return
    }
    direction.stalledSinceUs = -1
    const segment = direction.segments.shift()!
    this.schedule(connection, direction)
    this.host.delivered(from, to, segment.message, segment.number, segment.cause)
  }

  /** An attempt to connect has had its time: event of kind `probe`. */
  probe(from: Endpoint, to: Endpoint, epoch: number): void {
    const connection = this.connections.get(pairOf(from, to))!
    if (connection.epoch !== epoch || connection.status === 'up') return
    const open = this.host.isUp(from.index) && this.host.isUp(to.index) &&
      !this.network.isClosed(from.index, to.index) && !this.network.isClosed(to.index, from.index)
    if (open) {
      this.establish(connection)
      return
    }
    if (connection.status === 'connecting') this.giveUp(connection)
    connection.attempts++
    this.attempt(connection)
  }

  /** An end hears that its connection broke, unless it has heard since: event of kind `peerDown`. */
  hearDown(node: Endpoint, peer: Endpoint): void {
    const direction = directionFrom(this.connections.get(pairOf(node, peer))!, node)
    if (!direction.owesDown) return
    direction.owesDown = false
    this.host.peerChanged(node, peer, 'down')
  }

  /** A node's process ended: all its connections are gone, and the other ends hear it, late after a power loss. */
  crash(node: Endpoint, power: boolean): void {
    for (const connection of this.connections.values()) {
      const side = connection.directions.findIndex((direction) => direction.from.index === node.index)
      if (side < 0) continue
      connection.directions[side]!.owesDown = false
      if (connection.status === 'down') continue
      this.break(connection, power ? SILENCE_US : 0, node)
    }
  }

  /** Breaks the connection of two nodes, if it is up. True if it was. */
  reset(from: Endpoint, to: Endpoint): boolean {
    const connection = this.connections.get(pairOf(from, to))
    if (connection?.status !== 'up') return false
    this.break(connection, 0)
    return true
  }

  private open(from: Endpoint, to: Endpoint): Connection {
    const connection: Connection = {
      directions: [newDirection(from, to), newDirection(to, from)],
      status: 'connecting', epoch: 1, attempts: 0,
    }
    this.connections.set(pairOf(from, to), connection)
    this.attempt(connection)
    return connection
  }

  private attempt(connection: Connection): void {
    const { from, to } = connection.directions[0]
    const luck = mix(mix(mix(this.seed, from.key ^ to.key), connection.epoch), connection.attempts)
    const backoffUs = connection.attempts === 0
      ? 0
      : Math.min(BACKOFF_MOST_US, BACKOFF_FIRST_US * (1 << Math.min(10, connection.attempts)))
    const handshakeUs = 2 * this.network.streamLatencyUs(from, to, luck, this.host.nowUs)
    const jitterUs = (draw(luck, 2) % (backoffUs + 1)) >> 1
    this.host.queue.push(
      this.host.nowUs + backoffUs + jitterUs + handshakeUs, EventKind.probe, to.index, 0, from.index,
      connection.epoch, 0, undefined,
    )
  }

  private establish(connection: Connection): void {
    for (const { from, to, owesDown } of connection.directions) if (owesDown) this.hearDown(from, to)
    connection.status = 'up'
    connection.attempts = 0
    connection.epoch++
    for (const direction of connection.directions) {
      direction.lastArrivalUs = this.host.nowUs
      direction.segments = direction.segments.map((segment) => ({ ...segment, atUs: this.arrivalUs(direction, segment.luck) }))
      this.schedule(connection, direction)
    }
    // The host may crash a node while it hears the news: the other end's news then is that it broke.
    const { epoch } = connection
    for (const { from, to } of connection.directions) {
      if (connection.epoch === epoch) this.host.peerChanged(from, to, 'up')
    }
  }

  private giveUp(connection: Connection): void {
    connection.status = 'down'
    this.drain(connection, 'could not connect')
    for (const direction of connection.directions) {
      if (direction === connection.directions[0] && this.host.isUp(direction.from.index)) {
        this.host.peerChanged(direction.from, direction.to, 'down')
      }
    }
  }

  private stall(connection: Connection, direction: Direction): void {
    if (direction.stalledSinceUs < 0) direction.stalledSinceUs = this.host.nowUs
    if (this.host.nowUs - direction.stalledSinceUs >= BREAK_AFTER_US) {
      this.break(connection, 0)
      return
    }
    direction.scheduled = true
    this.host.queue.push(
      this.host.nowUs + RETRY_US, EventKind.stream, direction.to.index, 0, direction.from.index, connection.epoch, 0,
      undefined,
    )
  }

  private break(connection: Connection, silenceUs: number, except?: Endpoint): void {
    connection.status = 'down'
    connection.epoch++
    for (const direction of connection.directions) {
      direction.scheduled = false
      direction.stalledSinceUs = -1
      if (direction.from.index === except?.index) continue
      direction.owesDown = true
      const latencyUs = this.network.streamLatencyUs(direction.to, direction.from, mix(this.seed, connection.epoch), this.host.nowUs)
      this.host.queue.push(
        this.host.nowUs + latencyUs + silenceUs, EventKind.peerDown, direction.from.index, 0, direction.to.index, 0, 0,
        undefined,
      )
    }
    this.drain(connection, 'stream broke')
    connection.attempts = 1
    this.attempt(connection)
  }

  private drain(connection: Connection, reason: string): void {
    for (const { from, to, segments } of connection.directions) {
      for (const { message, number, cause } of segments) this.host.dropped(from, to, message, number, cause, reason)
      segments.length = 0
    }
  }

  private arrivalUs(direction: Direction, luck: number): number {
    const latencyUs = this.network.streamLatencyUs(direction.from, direction.to, luck, this.host.nowUs)
    direction.lastArrivalUs = Math.max(direction.lastArrivalUs, this.host.nowUs + latencyUs)
    return direction.lastArrivalUs
  }

  private schedule(connection: Connection, direction: Direction): void {
    const next = direction.segments[0]
    if (next === undefined || direction.scheduled) return
    direction.scheduled = true
    this.host.queue.push(
      Math.max(next.atUs, this.host.nowUs), EventKind.stream, direction.to.index, 0, direction.from.index,
      connection.epoch, next.cause, undefined,
    )
  }
}

function newDirection(from: Endpoint, to: Endpoint): Direction {
  return { from, to, segments: [], lastArrivalUs: 0, stalledSinceUs: -1, scheduled: false, owesDown: false }
}

function directionFrom(connection: Connection, from: Endpoint): Direction {
  return connection.directions[0].from.index === from.index ? connection.directions[0] : connection.directions[1]
}

function pairOf(a: Endpoint, b: Endpoint): number {
  return a.index < b.index ? a.index * 65536 + b.index : b.index * 65536 + a.index
}
