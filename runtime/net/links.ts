import type { Address, NodeId } from '../../sim/machine.ts'
import { Datagrams } from './datagrams.ts'
import type { LinkContext } from './link-context.ts'
import { ListenError } from './listen-error.ts'
import type { Outgoing } from './outgoing.ts'
import { tcp, type StreamTransport } from './stream-transport.ts'
import { Streams } from './streams.ts'

const MOST_TRIES = 8

/** Where a node listens in fact, for each address it was told to listen at. */
export interface Listening {
  readonly datagrams: readonly Address[]
  readonly streams: readonly Address[]
}

/** All that connects one incarnation with other processes: one socket for datagrams an address, and streams. */
export class Links {
  readonly datagrams: Datagrams
  readonly streams: Streams
  private readonly context: LinkContext

  constructor(context: LinkContext, transport: StreamTransport = tcp) {
    this.context = context
    this.datagrams = new Datagrams(context)
    this.streams = new Streams(context, transport)
  }

  /** Datagrams and streams share a port at each address: a free one where the address says 0. */
  async open(listen: readonly Address[]): Promise<Listening> {
    await this.context.book.ready()
    try {
      return await this.listen(listen, MOST_TRIES)
    } catch (error) {
      await this.close(false)
      throw error
    }
  }

  /** A port that is free for streams may be taken for datagrams: where any will do, another one is tried. */
  private async listen(listen: readonly Address[], tries: number): Promise<Listening> {
    const streams = await this.streams.open(listen)
    try {
      return { streams, datagrams: await this.datagrams.open(streams) }
    } catch (error) {
      const isTaken = error instanceof ListenError && error.code === 'EADDRINUSE'
      if (!isTaken || tries === 0 || listen.every(({ port }) => port !== 0)) throw error
      await Promise.all([this.streams.closeListeners(), this.datagrams.close()])
      return this.listen(listen, tries - 1)
    }
  }

  send(to: NodeId, transport: 'datagram' | 'stream', outgoing: Outgoing): void {
    if (transport === 'datagram') this.datagrams.send(to, outgoing)
    else this.streams.send(to, outgoing)
  }

  /** In good order, what was said goes out first. */
  async close(inGoodOrder: boolean): Promise<void> {
    if (inGoodOrder) this.datagrams.flush()
    await Promise.all([this.streams.close(inGoodOrder), this.datagrams.close()])
  }
}
