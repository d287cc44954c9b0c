import { EventKind, type EventQueue } from './event-queue.ts'
import type { MessageFate } from './forks.ts'
import { draw, mix } from './mix.ts'
import type { Endpoint, Network } from './network.ts'

/** Messages a direction holds at most, in flight or said before the connection is up; at one more it breaks. */
const OUTBOX_LIMIT = 4096
/** A connection on which nothing gets through for this long breaks. */
const BREAK_AFTER_US = 800_000
const RETRY_US = 20_000
const BACKOFF_FIRST_US = 20_000
const BACKOFF_MOST_US = 1_000_000
/** How long it takes to notice that the other end lost its power: nobody says goodbye. */
const SILENCE_US = 1_000_000

/** Something said on a stream. */
export interface Segment {
  /** The message, or its parcel. */
  readonly body: unknown
  readonly luck: number
  readonly bytes: number
  /** What a rule adds to its latency. */
  readonly delayUs: number
  readonly number: number
  readonly cause: number
  /** When it arrives; known once the connection is up. */
  atUs: number
  clogged: boolean
}

interface Direction {
  readonly from: Endpoint
  readonly to: Endpoint
  segments: Segment[]
  lastArrivalUs: number
  stalledSinceUs: number
  scheduled: boolean
  /** The sending end has heard that the connection is up, and nothing since. */
  heardUp: boolean
  /** The sending end has yet to hear that the connection broke. */
  owesDown: boolean
}

interface Connection {
  /** One direction only where a node talks to itself. */
  readonly directions: readonly Direction[]
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
  /** What a fork does to the message that is about to arrive, where there is one. */
  forkOfSegment(): MessageFate | undefined
  dropped(from: Endpoint, to: Endpoint, body: unknown, number: number, cause: number, reason: string): void
  delivered(from: Endpoint, to: Endpoint, body: unknown, number: number, cause: number): void
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

  constructor(host: StreamHost, network: Network) {
    this.host = host
    this.network = network
  }

  send(from: Endpoint, to: Endpoint, segment: Segment): void {
    const connection = this.connections.get(pairOf(from, to)) ?? this.open(from, to)
    const direction = directionFrom(connection, from)
    if (connection.status === 'down') {
      this.host.dropped(from, to, segment.body, segment.number, segment.cause, 'stream is down')
      return
    }
    direction.segments.push(segment)
    // Dropping one message would leave a gap that nobody hears of; a peer that cannot keep up is cut off.
    if (direction.segments.length > OUTBOX_LIMIT) this.break(connection, 0)
    else if (connection.status === 'up') {
      segment.atUs = this.arrivalUs(direction, segment)
      this.schedule(connection, direction)
    }
  }

  /** One end of a connection that has a past: it has heard that it is up, and is yet to hear where it has broken. */
  goOn(node: Endpoint, peer: Endpoint, isBroken: boolean): void {
    const connection = this.connections.get(pairOf(node, peer)) ?? this.add(node, peer, 'up')
    directionFrom(connection, node).heardUp = true
    if (isBroken) this.break(connection, 0)
    else this.host.queue.push(this.host.nowUs, EventKind.peerUp, peer.index, 0, node.index, 0, 0, undefined)
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
    if (this.network.isClogged(from, to)) {
      this.clog(connection, direction)
      return
    }
    // The receiver hears that the connection is up before anything else; hearing it may be its end.
    this.hearUp(to, from)
    if (connection.epoch !== epoch || this.forked(connection, direction)) return
    const segment = direction.segments.shift()!
    this.schedule(connection, direction)
    this.host.delivered(from, to, segment.body, segment.number, segment.cause)
  }

  /** True where a fork takes the message away that is about to arrive, and the stream with it, or holds it up. */
  private forked(connection: Connection, direction: Direction): boolean {
    const laterByUs = this.host.forkOfSegment()?.laterByUs ?? 0
    if (laterByUs === Infinity) this.break(connection, 0)
    else if (laterByUs > 0) {
      direction.segments[0]!.atUs = this.host.nowUs + laterByUs
      this.schedule(connection, direction)
    }
    return laterByUs > 0
  }

  /** An attempt to connect has had its time: event of kind `probe`. */
  probe(from: Endpoint, to: Endpoint, epoch: number): void {
    const connection = this.connections.get(pairOf(from, to))!
    if (connection.epoch !== epoch || connection.status === 'up') return
    if (this.network.isClogged(from, to) || this.network.isClogged(to, from)) {
      this.host.queue.push(this.host.nowUs + RETRY_US, EventKind.probe, to.index, 0, from.index, epoch, 0, undefined)
      return
    }
    const open =
      this.host.isUp(from.index) &&
      this.host.isUp(to.index) &&
      !this.network.isClosed(from.index, to.index) &&
      !this.network.isClosed(to.index, from.index)
    if (open) {
      this.establish(connection)
      return
    }
    if (connection.status === 'connecting') this.break(connection, 0)
    else {
      connection.attempts++
      this.attempt(connection)
    }
  }

  /** An end hears that its connection is up, unless it knows or it no longer is: event of kind `peerUp`. */
  hearUp(node: Endpoint, peer: Endpoint): void {
    const connection = this.connections.get(pairOf(node, peer))!
    const direction = directionFrom(connection, node)
    const { epoch } = connection
    this.hearDown(node, peer)
    if (connection.epoch !== epoch || connection.status !== 'up' || direction.heardUp) return
    direction.heardUp = true
    this.host.peerChanged(node, peer, 'up')
  }

  /** An end hears that its connection broke, unless it has heard since: event of kind `peerDown`. */
  hearDown(node: Endpoint, peer: Endpoint): void {
    const direction = directionFrom(this.connections.get(pairOf(node, peer))!, node)
    if (!direction.owesDown) return
    direction.owesDown = false
    this.host.peerChanged(node, peer, 'down')
  }

  /**
   * A node's process ended: all its connections are gone, and the other ends hear it; after a power loss, and across a
   * closed link, only by the silence.
   */
  crash(node: Endpoint, power: boolean): void {
    for (const connection of this.connections.values()) {
      const mine = connection.directions.find((direction) => direction.from.index === node.index)
      if (mine === undefined) continue
      const silent = power || this.network.isClosed(node.index, mine.to.index)
      if (connection.status !== 'down') this.break(connection, silent ? SILENCE_US : 0)
      mine.owesDown = false
      mine.heardUp = false
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
    const connection = this.add(from, to, 'connecting')
    this.attempt(connection)
    return connection
  }

  private add(from: Endpoint, to: Endpoint, status: Connection['status']): Connection {
    const directions = from === to ? [newDirection(from, to)] : [newDirection(from, to), newDirection(to, from)]
    const connection: Connection = { directions, status, epoch: 1, attempts: 0 }
    this.connections.set(pairOf(from, to), connection)
    return connection
  }

  private attempt(connection: Connection): void {
    const { from, to } = connection.directions[0]!
    const luck = mix(mix(mix(this.network.seed, from.key ^ to.key), connection.epoch), connection.attempts)
    const backoffUs =
      connection.attempts === 0
        ? 0
        : Math.min(BACKOFF_MOST_US, BACKOFF_FIRST_US * (1 << Math.min(10, connection.attempts)))
    const handshakeUs = 2 * this.network.streamLatencyUs(from, to, luck, this.host.nowUs, 0)
    const jitterUs = (draw(luck, 2) % (backoffUs + 1)) >> 1
    this.host.queue.push(
      this.host.nowUs + backoffUs + jitterUs + handshakeUs,
      EventKind.probe,
      to.index,
      0,
      from.index,
      connection.epoch,
      0,
      undefined,
    )
  }

  private establish(connection: Connection): void {
    connection.status = 'up'
    connection.attempts = 0
    connection.epoch++
    for (const direction of connection.directions) {
      const { from, to } = direction
      direction.lastArrivalUs = this.host.nowUs
      for (const segment of direction.segments) segment.atUs = this.arrivalUs(direction, segment)
      // An event of its own, so that a paused node hears it when it goes on.
      this.host.queue.push(this.host.nowUs, EventKind.peerUp, from.index, 0, to.index, 0, 0, undefined)
      this.schedule(connection, direction)
    }
  }

  private stall(connection: Connection, direction: Direction): void {
    if (direction.stalledSinceUs < 0) direction.stalledSinceUs = this.host.nowUs
    if (this.host.nowUs - direction.stalledSinceUs >= BREAK_AFTER_US) this.break(connection, 0)
    else this.retry(connection, direction)
  }

  private clog(connection: Connection, direction: Direction): void {
    const next = direction.segments[0]!
    if (!next.clogged) this.network.onEffect('clog')
    next.clogged = true
    this.retry(connection, direction)
  }

  private retry(connection: Connection, direction: Direction): void {
    direction.scheduled = true
    this.host.queue.push(
      this.host.nowUs + RETRY_US,
      EventKind.stream,
      direction.to.index,
      0,
      direction.from.index,
      connection.epoch,
      0,
      undefined,
    )
  }

  /** An end hears of it where it knew of the connection, or lost something it had said. */
  private break(connection: Connection, silenceUs: number): void {
    connection.status = 'down'
    connection.epoch++
    for (const direction of connection.directions) {
      const { from, to } = direction
      direction.scheduled = false
      direction.stalledSinceUs = -1
      if (!direction.heardUp && direction.segments.length === 0) continue
      direction.heardUp = false
      direction.owesDown = true
      const latencyUs = this.network.streamLatencyUs(
        to,
        from,
        mix(this.network.seed, connection.epoch),
        this.host.nowUs,
        0,
      )
      this.host.queue.push(
        this.host.nowUs + latencyUs + silenceUs,
        EventKind.peerDown,
        from.index,
        0,
        to.index,
        0,
        0,
        undefined,
      )
    }
    this.drain(connection, 'stream broke')
    connection.attempts = 1
    this.attempt(connection)
  }

  private drain(connection: Connection, reason: string): void {
    for (const { from, to, segments } of connection.directions) {
      for (const { body, number, cause } of segments) this.host.dropped(from, to, body, number, cause, reason)
      segments.length = 0
    }
  }

  private arrivalUs(direction: Direction, { luck, bytes, delayUs }: Segment): number {
    const latencyUs = this.network.streamLatencyUs(direction.from, direction.to, luck, this.host.nowUs, bytes) + delayUs
    direction.lastArrivalUs = Math.max(direction.lastArrivalUs, this.host.nowUs + latencyUs)
    return direction.lastArrivalUs
  }

  private schedule(connection: Connection, direction: Direction): void {
    const next = direction.segments[0]
    if (next === undefined || direction.scheduled) return
    direction.scheduled = true
    this.host.queue.push(
      Math.max(next.atUs, this.host.nowUs),
      EventKind.stream,
      direction.to.index,
      0,
      direction.from.index,
      connection.epoch,
      next.cause,
      undefined,
    )
  }
}

function newDirection(from: Endpoint, to: Endpoint): Direction {
  return {
    from,
    to,
    segments: [],
    lastArrivalUs: 0,
    stalledSinceUs: -1,
    scheduled: false,
    heardUp: false,
    owesDown: false,
  }
}

function directionFrom(connection: Connection, from: Endpoint): Direction {
  const [one, other] = connection.directions
  return other === undefined || one!.from.index === from.index ? one! : other
}

function pairOf(a: Endpoint, b: Endpoint): number {
  return a.index < b.index ? a.index * 65536 + b.index : b.index * 65536 + a.index
}
