import { randomInt } from 'node:crypto'
import type { Address, AnyMachine, HistoryRecorder, NodeId, PlainData, Tagged } from '../../sim/machine.ts'
import type { Protocol } from '../../sim/protocol.ts'
import { AddressBook } from '../net/address-book.ts'
import { Links, type Listening } from '../net/links.ts'
import { MessageTypes } from '../net/message-types.ts'
import type { StreamTransport } from '../net/stream-transport.ts'
import { lockDataDirectory, type Unlock } from './data-lock.ts'
import type { DiskFaults } from './disk-faults.ts'
import { diskFolderOf } from './disk-image.ts'
import { Drops } from './drops.ts'
import { Host, type HostEnd } from './host.ts'
import type { InputTap } from './input-tap.ts'
import { defaultLimits, type HostLimits } from './limits.ts'
import type { LinkFaults } from './link-faults.ts'
import { silentLog, type Log } from './log.ts'
import type { PeerServices } from './services.ts'

export interface HostOptions {
  readonly self: NodeId
  /** Called once, for this incarnation. */
  readonly machine: () => AnyMachine
  readonly protocol: Protocol
  /** Where the nodes of the cluster are reached, this one among them or not. */
  readonly peers?: Readonly<Record<NodeId, Address>>
  /** Where a node is whose name says so, as a URL does; asked when the machine introduces one without an address. */
  readonly placeOf?: (peer: NodeId) => Address | undefined
  /** Where this node listens: as `peers` has it, or else at a free port of the loopback interface. */
  readonly listen?: readonly Address[]
  /** A folder of this node alone: its disk is in it, and a lock while it runs. */
  readonly dataDirectory: string
  /** What all luck of this incarnation is drawn from; another one each time unless given. */
  readonly seed?: number
  readonly limits?: Partial<HostLimits>
  /** For a machine that plays a client. */
  readonly history?: HistoryRecorder
  /** Peers that live in this process, by name. */
  readonly services?: PeerServices
  readonly log?: Log
  /** Hears what the machine notes. */
  readonly onNote?: (event: string, detail: PlainData) => void
  readonly linkFaults?: LinkFaults
  readonly diskFaults?: DiskFaults
  readonly tap?: InputTap
  /** How streams reach the network: plain TCP unless given. */
  readonly streams?: StreamTransport
}

/** A machine that runs in this process. */
export interface HostedMachine {
  readonly self: NodeId
  readonly seed: number
  /** Where it listens. */
  readonly listening: Listening
  /** Resolves when it has ended, whatever the way, and all that was its is given back. Never rejects. */
  readonly ended: Promise<HostEnd>
  /** Ends it in good order: what it said is carried out and durable, connections are closed, the lock is gone. */
  stop(): Promise<HostEnd>
  /** Ends it as a killed process would: what waits behind a sync is gone. */
  kill(): Promise<HostEnd>
  /** The machine's state, to look at. */
  state(): unknown
  /** Tells it of a peer, as the machine itself may; without an address it is where its name says. */
  introduce(peer: NodeId, address?: Address): void
  /** Hands it a message from a peer in this process; false where it takes none any more. */
  deliver(from: NodeId, message: Tagged): boolean
  /** Breaks the stream to a peer, if it is up. */
  resetStream(peer: NodeId): boolean
  /** True while it takes events. */
  readonly isRunning: boolean
  /** Figures about it so far. */
  readonly figures: HostFigures
  /** Hears how long each sync took, in milliseconds. */
  onSynced: ((milliseconds: number) => void) | undefined
}

export interface HostFigures {
  readonly events: number
  readonly syncs: number
  readonly syncMs: number
  readonly handlerMs: number
  readonly waiting: number
  readonly connections: number
  readonly drops: ReadonlyMap<string, number>
  /** How often the machine noted each event. */
  readonly notes: ReadonlyMap<string, number>
  readonly datagrams: { readonly sent: TrafficFigures; readonly received: TrafficFigures }
  readonly streams: { readonly sent: TrafficFigures; readonly received: TrafficFigures }
}

export interface TrafficFigures {
  readonly messages: number
  readonly bytes: number
  readonly datagrams?: number
}

/** Kinds of notes that are counted apart. */
const MOST_NOTES = 256
const LOOPBACK: Address = { host: '127.0.0.1', port: 0 }

/**
 * Hosts one machine: sockets, timers, a disk and services, as its protocol and its words ask for. Rejects with a
 * sentence where the data directory is taken or an address cannot be listened at; then nothing of it is left.
 */
export async function hostMachine(options: HostOptions): Promise<HostedMachine> {
  const node = newNode(options)
  try {
    await node.open()
    return node
  } catch (error) {
    await node.kill()
    throw error
  }
}

function newNode(options: HostOptions): HostedNode {
  const unlock = lockDataDirectory(options.dataDirectory)
  try {
    return new HostedNode(options, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

class HostedNode implements HostedMachine {
  readonly self: NodeId
  readonly seed: number
  readonly ended: Promise<HostEnd>
  listening: Listening = { datagrams: [], streams: [] }
  private readonly options: HostOptions
  private readonly limits: HostLimits
  private readonly log: Log
  private readonly drops: Drops
  private readonly book: AddressBook
  private readonly host: Host
  private readonly links: Links
  private readonly unlock: Unlock
  private readonly notes = new Map<string, number>()
  private resolveEnded!: (end: HostEnd) => void
  private isOpen = false
  private isStopping = false

  constructor(options: HostOptions, unlock: Unlock) {
    this.options = options
    this.unlock = unlock
    this.self = options.self
    this.seed = options.seed ?? randomInt(2 ** 47)
    this.limits = { ...defaultLimits, ...options.limits }
    this.log = options.log ?? silentLog
    this.drops = new Drops(this.log)
    this.book = new AddressBook(options.peers ?? {}, this.limits.outsiders, options.placeOf)
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve
    })
    const types = new MessageTypes(options.protocol)
    this.host = this.makeHost(types)
    this.links = this.makeLinks(types)
  }

  async open(): Promise<void> {
    const { listen, peers = {}, self } = this.options
    const own = peers[self]
    this.listening = await this.links.open(listen ?? (own === undefined ? [LOOPBACK] : [own]))
    this.isOpen = true
    for (const [id, service] of this.services) await service.start((message) => this.deliver(id, message))
    this.log.info({ node: self, seed: this.seed, listening: this.listening.streams }, 'started')
    this.host.start()
  }

  async stop(): Promise<HostEnd> {
    if (this.isStopping) return this.ended
    this.isStopping = true
    const deadline = setTimeout(
      () => this.host.end({ how: 'killed', reason: 'it did not stop in time' }),
      this.limits.stopMs,
    )
    await Promise.race([this.host.finish(), this.ended])
    clearTimeout(deadline)
    this.host.end({ how: 'stopped', reason: 'it was asked to stop' })
    return this.ended
  }

  async kill(): Promise<HostEnd> {
    this.host.end({ how: 'killed', reason: 'it was killed' })
    return this.ended
  }

  state(): unknown {
    return this.host.look.state()
  }

  introduce(peer: NodeId, address?: Address): void {
    this.book.introduce(peer, address)
  }

  deliver(from: NodeId, message: Tagged): boolean {
    return this.host.deliver(from, message)
  }

  resetStream(peer: NodeId): boolean {
    return this.links.streams.reset(peer)
  }

  get isRunning(): boolean {
    return this.host.isRunning
  }

  get onSynced(): HostedMachine['onSynced'] {
    return this.host.onSynced
  }

  set onSynced(listener: HostedMachine['onSynced']) {
    this.host.onSynced = listener
  }

  get figures(): HostFigures {
    const { datagrams, streams } = this.links
    return {
      ...this.host.counts,
      waiting: this.host.look.waiting(),
      connections: streams.connectionCount,
      drops: this.drops.byReason,
      notes: this.notes,
      datagrams: { sent: { ...datagrams.sent }, received: { ...datagrams.received } },
      streams: { sent: { ...streams.sent }, received: { ...streams.received } },
    }
  }

  private get services(): readonly (readonly [NodeId, PeerServices[string]])[] {
    return Object.entries(this.options.services ?? {})
  }

  private makeHost(types: MessageTypes): Host {
    const { diskFaults, history, machine, onNote, services = {}, tap } = this.options
    return new Host(
      {
        self: this.self,
        types,
        send: (to, transport, outgoing) => {
          if (Object.hasOwn(services, to)) {
            tap?.keep()
            services[to]!.receive(outgoing.message)
          } else this.links.send(to, transport, outgoing)
        },
        introduce: (peer, address) => this.introduce(peer, address),
        outboxLength: (peer) => this.links.streams.outboxLength(peer),
        noted: (event, detail) => {
          this.countNote(event)
          onNote?.(event, detail)
        },
        ended: (end) => void this.tidy(end),
      },
      {
        machine: machine(),
        diskFolder: diskFolderOf(this.options.dataDirectory),
        seed: this.seed,
        waitingLimit: this.limits.waiting,
        history,
        diskFaults,
        tap,
      },
    )
  }

  private countNote(event: string): void {
    const counted = this.notes.has(event) || this.notes.size < MOST_NOTES ? event : 'other'
    this.notes.set(counted, (this.notes.get(counted) ?? 0) + 1)
  }

  private makeLinks(types: MessageTypes): Links {
    const { linkFaults, services = {}, streams, tap } = this.options
    const { host } = this
    return new Links(
      {
        self: this.self,
        incarnation: host.incarnation.startedAt,
        reserved: new Set([this.self, ...Object.keys(services)]),
        book: this.book,
        types,
        limits: this.limits,
        drops: this.drops,
        faults: linkFaults,
        beforeLeaving: tap?.keep,
        listener: {
          isBusy: () => host.isBusy(),
          received: (from, message, bytes) => host.received(from, message, bytes),
          peerChanged: (peer, status) => host.peerChanged(peer, status),
        },
      },
      streams,
    )
  }

  /** Gives everything back. */
  private async tidy(end: HostEnd): Promise<void> {
    const fields = { node: this.self, reason: end.reason, stack: end.error?.stack }
    if (end.how === 'failed') this.log.error(fields, 'failed')
    else this.log.info(fields, end.how)
    try {
      await Promise.all([
        this.links.close(end.how === 'exit' || end.how === 'stopped'),
        ...this.services.map(([, service]) => (this.isOpen ? service.stop() : undefined)),
      ])
    } catch (error) {
      this.log.error({ node: this.self, error: String(error) }, 'did not end cleanly')
    }
    this.unlock()
    this.resolveEnded(end)
  }
}
