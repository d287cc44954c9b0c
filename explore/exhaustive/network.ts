import type { Tagged } from '../../sim/machine.ts'
import type { Protocol, Transport } from '../../sim/protocol.ts'
import type { NetworkKind } from './bounds.ts'
import { FingerprintSum, Folder, join, type Fingerprint, type Reading } from './fingerprint.ts'
import { FingerprintTable } from './fingerprint-table.ts'

/** A message on its way, one object for all that are equal. Nodes are numbers here: their places in the world. */
export interface Envelope {
  /** Counts envelopes in the order in which the search met them. */
  readonly number: number
  readonly from: number
  readonly to: number
  readonly message: Tagged
  readonly transport: Transport
  /** True where it waits behind what its sender sent its receiver before. */
  readonly queued: boolean
  /** One for each renaming of nodes; the first is that without any. */
  readonly prints: readonly Fingerprint[]
}

/** All messages on their way; never changed. */
export interface InFlight {
  /** In the order of their numbers; equal ones stand beside each other. */
  readonly loose: readonly Envelope[]
  /** By sender and receiver, and then in the order they were sent. */
  readonly queued: readonly Envelope[]
}

export const NOTHING_IN_FLIGHT: InFlight = { loose: [], queued: [] }

/** The post office of a world: what is on its way, by the rules of its network. */
export class Mail {
  /** Objects that were sent; nobody may change them any more. */
  readonly shared = new WeakSet<object>()
  private readonly kind: NetworkKind
  private readonly protocol: Protocol
  private readonly folders: readonly Folder[]
  private readonly names: readonly string[]
  private readonly marking = new Folder({ unordered: false }, this.shared)
  private readonly plain = new Folder({ unordered: false })
  private readonly table = new FingerprintTable()
  private readonly envelopes: Envelope[] = []

  constructor(kind: NetworkKind, protocol: Protocol, names: readonly string[], readings: readonly Reading[]) {
    this.kind = kind
    this.protocol = protocol
    this.names = names
    this.folders = readings.map((reading) => new Folder(reading))
  }

  /** The envelope of a message that a node has just said. */
  envelope(from: number, to: number, message: Tagged): Envelope {
    const print = this.marking.of(from, to, message)
    const known = this.table.find(print)
    if (known >= 0) return this.envelopes[known]!
    const { transport } = this.protocol[message.type]!
    const envelope: Envelope = {
      number: this.table.add(print),
      from,
      to,
      message,
      transport,
      queued: this.kind === 'ordered' || transport !== 'datagram',
      prints: this.folders.map((folder) => folder.of(this.names[from], this.names[to], message)),
    }
    this.envelopes.push(envelope)
    return envelope
  }

  /** False where somebody changed the message after it was sent. */
  isUnchanged({ from, to, message, number }: Envelope): boolean {
    return this.table.find(this.plain.of(from, to, message)) === number
  }

  send(inFlight: InFlight, envelope: Envelope): InFlight {
    const { loose, queued } = inFlight
    if (envelope.queued) return { loose, queued: inserted(queued, envelope, behindFlow(queued, envelope)) }
    const place = loose.findIndex(({ number }) => number >= envelope.number)
    if (this.kind === 'duplicating' && loose[place] === envelope) return inFlight
    return { loose: inserted(loose, envelope, place < 0 ? loose.length : place), queued }
  }

  /** After it was delivered: a duplicating network keeps it, to deliver it again. */
  delivered(inFlight: InFlight, envelope: Envelope): InFlight {
    return this.kind === 'duplicating' && !envelope.queued ? inFlight : this.without(inFlight, envelope)
  }

  without({ loose, queued }: InFlight, envelope: Envelope): InFlight {
    return envelope.queued ? { loose, queued: without(queued, envelope) } : { loose: without(loose, envelope), queued }
  }

  /** A node went down: its messages to itself are gone, and what was in its streams both ways. */
  afterCrash({ loose, queued }: InFlight, node: number): InFlight {
    const isLost = ({ transport, from, to }: Envelope): boolean =>
      transport !== 'datagram' && (from === node || to === node)
    return queued.some(isLost) ? { loose, queued: queued.filter((envelope) => !isLost(envelope)) } : { loose, queued }
  }

  /** What may arrive next, each once. */
  arriving({ loose, queued }: InFlight): readonly Envelope[] {
    const heads = queued.filter((envelope, index) => index === 0 || !sameFlow(envelope, queued[index - 1]!))
    return [...loose.filter((envelope, index) => envelope !== loose[index - 1]), ...heads]
  }

  /** Under one of the renamings of nodes. */
  fingerprint({ loose, queued }: InFlight, renaming: number): Fingerprint {
    const sum = new FingerprintSum()
    for (const { prints } of loose) sum.add(prints[renaming]!, 1)
    for (let from = 0; from < queued.length;) {
      let to = from + 1
      while (to < queued.length && sameFlow(queued[to]!, queued[from]!)) to++
      sum.add(join(queued.slice(from, to).map(({ prints }) => prints[renaming]!)), 2)
      from = to
    }
    return sum.value
  }
}

function sameFlow(left: Envelope, right: Envelope): boolean {
  return left.from === right.from && left.to === right.to
}

/** The place behind all of its flow; flows are in the order of sender and receiver. */
function behindFlow(queued: readonly Envelope[], { from, to }: Envelope): number {
  const place = queued.findIndex((other) => other.from > from || (other.from === from && other.to > to))
  return place < 0 ? queued.length : place
}

function inserted(list: readonly Envelope[], envelope: Envelope, place: number): readonly Envelope[] {
  return [...list.slice(0, place), envelope, ...list.slice(place)]
}

function without(list: readonly Envelope[], envelope: Envelope): readonly Envelope[] {
  const place = list.indexOf(envelope)
  return [...list.slice(0, place), ...list.slice(place + 1)]
}
