import { crc32 } from 'node:zlib'
import { roleOf } from '../../../reports/roles.ts'
import type { Millis, NodeId, PlainData, Tagged } from '../../../sim/machine.ts'
import type { Transport } from '../../../sim/protocol.ts'
import type { RecordedIncarnation } from '../read-recording.ts'
import type { ReplayedEvent, ReplayNode } from '../replay-node.ts'
import { RecordedOutputs, type SaidMessage } from './outputs.ts'

/** A message that left its node, or came to one. `place`: at which of the node's events, counted from 0. */
export interface Passage {
  readonly place: number
  /** Whom it went to, or came from. */
  readonly peer: NodeId
  readonly transport: Transport
  /** Tells contents apart. */
  readonly key: number
}

/** What one node did in all its incarnations, one after the other. */
export interface NodeLog {
  readonly self: NodeId
  /** By the node's wall clock, event by event. */
  readonly wallClocks: Millis[]
  /** Where each incarnation begins. */
  readonly starts: number[]
  readonly incarnations: RecordedIncarnation[]
  /** Events that its process did not outlive: a handler threw, or it ended in good order. */
  readonly ends: Set<number>
  readonly sent: Passage[]
  readonly heard: Passage[]
  readonly streams: { readonly place: number; readonly peer: NodeId; readonly status: 'up' | 'down' }[]
}

/** Follows one node through the replay of a recording. */
export class Follower {
  readonly log: NodeLog
  outputs!: RecordedOutputs
  /** What it noted last of what people call it by, in this incarnation. */
  role: { readonly event: string; readonly detail?: PlainData } | undefined
  private readonly onSent: ((message: SaidMessage, nth: number) => void) | undefined
  private transportOf: (type: string) => Transport = () => 'datagram'
  private selfHeard = 0
  private selfSent = 0

  /** `onSent` hears each message as it leaves, and the how-manieth it is, from 0. */
  constructor(self: NodeId, onSent?: (message: SaidMessage, nth: number) => void) {
    this.log = { self, wallClocks: [], starts: [], incarnations: [], ends: new Set(), sent: [], heard: [], streams: [] }
    this.onSent = onSent
  }

  /** How many of its events are over. */
  get count(): number {
    return this.log.wallClocks.length
  }

  follow(replayed: ReplayedEvent, node: ReplayNode, incarnation: RecordedIncarnation): void {
    const { log } = this
    if (log.incarnations.at(-1) !== incarnation) this.begin(node, incarnation)
    const { event, effects, outputs } = replayed
    log.wallClocks.push(event.wallClock)
    this.take(replayed)
    const threw = event.outcome?.threw
    if (threw === undefined) this.outputs.say(effects)
    else this.outputs.abandon(effects)
    if (event.outcome === undefined || threw !== undefined || this.outputs.exitReason !== undefined)
      log.ends.add(this.count - 1)
    for (const output of outputs) if (output.kind === 'note' && roleOf(output) !== undefined) this.role = output
  }

  private begin(node: ReplayNode, incarnation: RecordedIncarnation): void {
    const { head, image } = incarnation.segments[0]!
    this.transportOf = (type) => node.protocol[type]?.transport ?? 'datagram'
    this.outputs = new RecordedOutputs(image.files, { atStart: head.segment === 0, waiting: image.waiting }, (said) =>
      this.left(said),
    )
    this.role = undefined
    this.selfHeard = 0
    this.selfSent = 0
    this.log.starts.push(this.count)
    this.log.incarnations.push(incarnation)
  }

  private take({ event: { input }, given }: ReplayedEvent): void {
    const { log } = this
    const place = this.count - 1
    if (input.kind === 'synced') this.outputs.synced()
    if (input.kind === 'peer') log.streams.push({ place, peer: input.peer, status: input.status })
    if (input.kind !== 'message') return
    const key = keyOf(input.bytes)
    if (input.from === log.self && ++this.selfHeard > this.selfSent) this.outputs.catchUp()
    log.heard.push({ place, peer: input.from, transport: this.transportOf((given as unknown as Tagged).type), key })
  }

  private left(said: SaidMessage): void {
    const { log } = this
    if (said.to === log.self) this.selfSent++
    this.onSent?.(said, log.sent.length)
    const transport = this.transportOf(said.type)
    log.sent.push({ place: this.count - 1, peer: said.to, transport, key: keyOf(said.bytes) })
  }
}

/** Contents are the same where this is, but for a chance of one in four thousand million. */
function keyOf(bytes: Uint8Array): number {
  return crc32(bytes) * 2 ** 20 + (bytes.length % 2 ** 20)
}
