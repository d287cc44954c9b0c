import type { Delay, Fault, MessageName } from './faults.ts'
import type { Tagged } from './machine.ts'
import type { MessageType, Protocol, Transport } from './protocol.ts'
import { draw, mix, mixText, UNIT, within } from './mix.ts'
import { Occurrences } from './occurrences.ts'
import { hashPlain } from './hash.ts'
import { exponential, longTailed } from './delay.ts'

/** The part of a node that the network knows. */
export interface Endpoint {
  readonly index: number
  readonly id: string
  /** A hash of the id: the same whatever other nodes there are. */
  readonly key: number
}

/** What a message type is to the network, looked up once a message. */
export interface TypeInfo {
  readonly name: string
  readonly number: number
  readonly key: number
  readonly transport: Transport
  readonly declared: MessageType<any>
}

type LinkFault = Extract<
  Fault,
  { readonly kind: 'loss' | 'duplication' | 'delay' | 'reordering' | 'clog' | 'slow-link' | 'bandwidth' | 'corruption' }
>

/** A fault of links that is in force, in one shape for all kinds, as each message asks it whether it is concerned. */
interface Trouble {
  readonly fault: LinkFault
  readonly id: number
  readonly from: readonly string[] | undefined
  readonly to: readonly string[] | undefined
  /** Which messages it hits; 0 where that is not left to chance. */
  readonly probability: number
}

/** What hits one chosen message. */
interface MessageEffect {
  lost?: Fault
  slow?: Fault
  doubled?: Fault
  corrupted?: Fault
}

export interface NetworkOptions {
  readonly latencyMs: readonly [min: number, max: number]
  readonly loss: number
  readonly duplication: number
  /**
   * True where each message's latency is also multiplied by a factor of its own, from a tenth to tenfold: nearly
   * every order of deliveries becomes likely (after partial order sampling: Yuan, Yang and Gu, CAV 2018).
   */
  readonly anyOrder?: boolean
}

/** An effect on one message that a probability had, for whoever writes it down; `byMs` after its undelayed arrival. */
export interface FateRecord {
  readonly kind: 'lost-message' | 'doubled-message' | 'slow-message' | 'corrupted-message'
  readonly byMs: number
  readonly message: MessageName
  /** When the message was said. */
  readonly atMs: number
}

/**
 * Decides the fate of each message: lost or not, when it arrives, whether a second copy does. Every decision is keyed
 * by what it decides (run, link, message type, identity, occurrence), never drawn in a row, so that taking one fault
 * away leaves all others as they were.
 */
export class Network {
  /** The run's own key; a fork may change it. */
  seed: number
  /** The least that a message takes. */
  readonly leastLatencyUs: number
  private readonly spanUs: number
  private readonly anyOrder: boolean
  private readonly lossBelow: number
  private readonly duplicationBelow: number
  private readonly occurrences = new Occurrences()
  private readonly types = new Map<string, TypeInfo>()
  private lastType: TypeInfo | undefined
  private readonly active: Trouble[] = []
  /** How many of them are clogs. */
  private clogs = 0
  private readonly linkFreeAtUs = new Map<number, number>()
  private readonly messageEffects = new Map<number, MessageEffect>()
  /** How many entries close the link from one node to another, row by row. */
  private closed = new Int16Array(64)
  private stride = 8
  private closures = 0

  /** The fate of the last message asked about. `copyAtUs` is −1 where there is no copy. */
  lost = false
  arrivalUs = 0
  copyAtUs = -1
  corrupt = false
  /** Held back until no clog touches the link; it would have arrived at `unhinderedUs`. */
  clogged = false
  unhinderedUs = 0
  /** What tells it from all others; set where any fault may concern it. */
  name: MessageName | undefined
  /** The plan's entry that lost it, where it was one. */
  lostBy: Fault | undefined
  /** Called with what a fault did; and, where wanted, with each effect on a single message. */
  onEffect: (effect: string) => void = () => {}
  onFate: ((record: FateRecord) => void) | undefined

  constructor(seed: number, protocol: Protocol, options: NetworkOptions) {
    this.seed = seed
    this.leastLatencyUs = Math.round(options.latencyMs[0] * 1000)
    this.spanUs = Math.round(options.latencyMs[1] * 1000) - this.leastLatencyUs
    this.anyOrder = options.anyOrder === true
    this.lossBelow = options.loss * 4294967296
    this.duplicationBelow = options.duplication * 4294967296
    for (const [name, declared] of Object.entries(protocol) as [string, MessageType<any>][])
      this.declare(name, declared)
  }

  /** A type that no protocol declares is a datagram told apart by its content. */
  typeOf(message: Tagged): TypeInfo {
    if (message.type === this.lastType?.name) return this.lastType
    this.lastType = this.types.get(message.type) ?? this.declare(message.type, { transport: 'datagram' })
    return this.lastType
  }

  private declare(name: string, declared: MessageType<any>): TypeInfo {
    const info = { name, number: this.types.size + 1, key: mixText(1, name), transport: declared.transport, declared }
    this.types.set(name, info)
    return info
  }

  /** The fate of a datagram, left in the fields above. */
  decide(from: Endpoint, to: Endpoint, type: TypeInfo, message: Tagged, nowUs: number): void {
    const identity = identityOf(type, message)
    const key = mix(mix(mix(from.key, to.key), type.key), identity)
    const occurrence = this.occurrences.next(key)
    const luck = mix(mix(this.seed, key), occurrence)
    const drawn = draw(luck, 0)
    this.lostBy = undefined
    this.corrupt = false
    this.clogged = false
    this.copyAtUs = -1
    this.lost = drawn < this.lossBelow
    this.arrivalUs = nowUs + this.latencyUs(luck)
    const doubled = !this.lost && this.duplicationBelow > 0 && draw(luck, 2) < this.duplicationBelow
    if (doubled) this.copyAtUs = this.arrivalUs + within(draw(luck, 3), 0, this.leastLatencyUs + this.spanUs)
    this.unhinderedUs = this.arrivalUs
    const plain = this.active.length === 0 && this.messageEffects.size === 0
    if (plain && !this.lost && !doubled) return
    this.name =
      this.onFate === undefined && this.clogs === 0
        ? undefined
        : { from: from.id, to: to.id, type: type.name, identity, occurrence }
    if (this.lost) this.record('loss', 'lost-message', 0, nowUs)
    if (doubled) this.onEffect('duplication')
    if (!plain) this.meetFaults(from, to, type, message, nowUs, luck)
    if (this.copyAtUs >= 0 && !this.lost && !this.clogged) this.recordCopy(this.copyAtUs, nowUs)
    if (!plain) this.meetEffects(key, occurrence)
  }

  /** The key of all that is drawn about one message of a stream. */
  streamLuck(from: Endpoint, to: Endpoint, type: TypeInfo, message: Tagged): number {
    const key = mix(mix(mix(from.key, to.key), type.key), identityOf(type, message))
    return mix(mix(this.seed, key), this.occurrences.next(key))
  }

  /**
   * How long something said on a stream takes. A stream loses nothing: a segment that a probability loses is sent
   * again. `bytes`: 0 for a handshake, which the counts of faults leave out. Several faults on one link multiply; a
   * sender that hears nothing for long sends again, so that what was said while they lasted does not take long after.
   */
  streamLatencyUs(from: Endpoint, to: Endpoint, luck: number, nowUs: number, bytes: number): number {
    let latencyUs = this.latencyUs(luck)
    for (const trouble of this.active) {
      if (!touches(trouble, from.id, to.id)) continue
      const { fault, id, probability } = trouble
      const own = mix(luck, id)
      const hit = draw(own, 0) * UNIT < probability
      const beforeUs = latencyUs
      if (fault.kind === 'loss' && hit) latencyUs += RETRANSMISSION_US
      if (fault.kind === 'delay' && hit) latencyUs += delayUs(fault.delay, draw(own, 1))
      if (fault.kind === 'slow-link') latencyUs = Math.round(latencyUs * fault.factor)
      if (latencyUs > beforeUs && bytes > 0)
        this.onEffect(fault.kind === 'delay' ? `delay-${fault.delay.shape}` : fault.kind)
      if (fault.kind === 'bandwidth' && bytes > 0)
        latencyUs += this.queueBehindUs(from, to, bytes, nowUs, fault.bytesPerSecond)
    }
    return Math.min(latencyUs, STREAM_LATENCY_MOST_US)
  }

  private latencyUs(luck: number): number {
    const latencyUs = this.leastLatencyUs + Math.floor(draw(luck, 1) * UNIT * (this.spanUs + 1))
    return this.anyOrder ? Math.ceil(latencyUs * ORDER_FACTORS[draw(luck, 4) >>> 29]!) : latencyUs
  }

  /** True where a clog holds back what goes from one node to the other. */
  isClogged(from: Endpoint, to: Endpoint): boolean {
    if (this.clogs === 0) return false
    return this.active.some((trouble) => trouble.fault.kind === 'clog' && touches(trouble, from.id, to.id))
  }

  /** True where nothing passes from one node to the other. */
  isClosed(from: number, to: number): boolean {
    return this.closures > 0 && from < this.stride && to < this.stride && this.closed[from * this.stride + to]! > 0
  }

  /** Closes a link (`by` 1) or takes one closure away (`by` −1). */
  close(from: number, to: number, by: 1 | -1): void {
    while (Math.max(from, to) >= this.stride) this.widen()
    this.closed[from * this.stride + to]! += by
    this.closures += by
  }

  begin(fault: LinkFault): void {
    const { id, from, to } = fault
    this.active.push({ fault, id, from, to, probability: 'probability' in fault ? fault.probability : 0 })
    if (fault.kind === 'clog') this.clogs++
  }

  end(fault: LinkFault): void {
    const index = this.active.findIndex((trouble) => trouble.fault === fault)
    if (index < 0) return
    this.active.splice(index, 1)
    if (fault.kind === 'clog') this.clogs--
  }

  /** A fault of one message, in force from the start as it names its message exactly. */
  target(fault: Extract<Fault, { readonly message: MessageName }>): void {
    const { from, to, type, identity, occurrence } = fault.message
    const key = mix(mix(mix(mixText(0, from), mixText(0, to)), mixText(1, type)), identity)
    const at = effectKey(key, occurrence)
    const effect = this.messageEffects.get(at) ?? {}
    if (fault.kind === 'lost-message') effect.lost = fault
    if (fault.kind === 'slow-message') effect.slow = fault
    if (fault.kind === 'doubled-message') effect.doubled = fault
    if (fault.kind === 'corrupted-message') effect.corrupted = fault
    this.messageEffects.set(at, effect)
  }

  private meetEffects(key: number, occurrence: number): void {
    const effect = this.messageEffects.get(effectKey(key, occurrence))
    if (effect === undefined) return
    if (effect.lost !== undefined) {
      this.lost = true
      this.lostBy = effect.lost
      this.onEffect('lost-message')
    }
    if (effect.slow?.kind === 'slow-message') {
      this.arrivalUs += Math.round(effect.slow.byMs * 1000)
      this.onEffect('slow-message')
    }
    if (effect.doubled?.kind === 'doubled-message') {
      this.copyAtUs = this.unhinderedUs + Math.round(effect.doubled.afterMs * 1000)
      this.onEffect('doubled-message')
    }
    if (effect.corrupted !== undefined) {
      this.corrupt = true
      this.onEffect('corrupted-message')
    }
  }

  private meetFaults(from: Endpoint, to: Endpoint, type: TypeInfo, message: Tagged, nowUs: number, luck: number): void {
    for (const trouble of this.active) {
      if (!touches(trouble, from.id, to.id)) continue
      const { fault, id, probability } = trouble
      const own = mix(luck, id)
      const hit = draw(own, 0) * UNIT < probability
      switch (fault.kind) {
        case 'loss':
          if (!hit || this.lost) break
          this.lost = true
          this.lostBy = fault
          this.record('loss', 'lost-message', 0, nowUs)
          break
        case 'duplication':
          if (!hit || this.lost || this.copyAtUs >= 0) break
          this.copyAtUs = this.arrivalUs + within(draw(own, 1), 0, this.leastLatencyUs + this.spanUs)
          this.onEffect('duplication')
          break
        case 'delay':
          if (!hit) break
          this.arrivalUs += delayUs(fault.delay, draw(own, 1))
          this.onEffect(`delay-${fault.delay.shape}`)
          break
        case 'reordering':
          if (!hit) break
          this.arrivalUs += within(draw(own, 1), 0, Math.round(fault.withinMs * 1000))
          this.onEffect('reordering')
          break
        case 'slow-link':
          this.arrivalUs = nowUs + Math.round((this.arrivalUs - nowUs) * fault.factor)
          this.onEffect('slow-link')
          break
        case 'clog':
          this.clogged = true
          this.onEffect('clog')
          break
        case 'bandwidth':
          this.arrivalUs += this.queueBehindUs(from, to, sizeBytes(type, message), nowUs, fault.bytesPerSecond)
          break
        case 'corruption':
          if (!hit) break
          this.corrupt = true
          this.record('corruption', 'corrupted-message', 0, nowUs)
          break
      }
    }
    if (this.onFate !== undefined && !this.clogged && this.arrivalUs > this.unhinderedUs) {
      this.onFate({
        kind: 'slow-message',
        byMs: (this.arrivalUs - this.unhinderedUs) / 1000,
        message: this.name!,
        atMs: nowUs / 1000,
      })
    }
  }

  /** How long a message waits for those in front of it on a narrow link, and for its own bytes to pass. */
  private queueBehindUs(from: Endpoint, to: Endpoint, bytes: number, nowUs: number, bytesPerSecond: number): number {
    const link = from.index * 65536 + to.index
    const startUs = Math.max(nowUs, this.linkFreeAtUs.get(link) ?? 0)
    const freeUs = startUs + Math.ceil((bytes * 1_000_000) / bytesPerSecond)
    this.linkFreeAtUs.set(link, freeUs)
    this.onEffect('bandwidth')
    return freeUs - nowUs
  }

  private recordCopy(copyAtUs: number, nowUs: number): void {
    this.onFate?.({
      kind: 'doubled-message',
      byMs: (copyAtUs - this.unhinderedUs) / 1000,
      message: this.name!,
      atMs: nowUs / 1000,
    })
  }

  private record(effect: string, kind: FateRecord['kind'], byMs: number, nowUs: number): void {
    this.onEffect(effect)
    this.onFate?.({ kind, byMs, message: this.name!, atMs: nowUs / 1000 })
  }

  private widen(): void {
    const stride = this.stride * 2
    const closed = new Int16Array(stride * stride)
    for (let row = 0; row < this.stride; row++) {
      closed.set(this.closed.subarray(row * this.stride, (row + 1) * this.stride), row * stride)
    }
    this.closed = closed
    this.stride = stride
  }
}

/** Eight factors as a draw's three highest bits choose them. */
const ORDER_FACTORS = [0.1, 0.25, 0.5, 1, 1, 2, 4, 10] as const

/** How long a stream takes to notice a lost segment and send it again. */
const RETRANSMISSION_US = 200_000
/** The most that a segment is late: a retransmission gets through by then. */
const STREAM_LATENCY_MOST_US = 3_000_000

function identityOf(type: TypeInfo, message: Tagged): number {
  return type.declared.identity === undefined ? hashPlain(message, 0) : type.declared.identity(message) | 0
}

function touches(trouble: Trouble, from: string, to: string): boolean {
  return (
    (trouble.from === undefined || trouble.from.includes(from)) && (trouble.to === undefined || trouble.to.includes(to))
  )
}

/** What a message takes on a link of limited bandwidth. */
export function sizeBytes(type: TypeInfo, message: Tagged): number {
  return type.declared.sizeBytes?.(message) ?? 200
}

function delayUs(delay: Delay, drawn: number): number {
  switch (delay.shape) {
    case 'constant':
      return Math.round(delay.ms * 1000)
    case 'uniform':
      return within(drawn, Math.round(delay.minMs * 1000), Math.round(delay.maxMs * 1000))
    case 'exponential':
      return Math.round(delay.meanMs * 1000 * exponential(drawn))
    case 'long-tailed':
      return Math.round(Math.min(delay.maxMs, delay.minMs * longTailed(drawn)) * 1000)
  }
}

function effectKey(key: number, occurrence: number): number {
  return (key >>> 0) * 65536 + (occurrence & 65535)
}
