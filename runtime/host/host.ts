import type {
  Address,
  AnyMachine,
  HistoryRecorder,
  Millis,
  NodeId,
  PlainData,
  Random,
  Tagged,
  TimerName,
} from '../../sim/machine.ts'
import { mix, mixText } from '../../sim/hash.ts'
import { randomStream } from '../../sim/random.ts'
import { FileDisk } from '../disk.ts'
import type { LinkListener } from '../net/link-context.ts'
import type { MessageTypes } from '../net/message-types.ts'
import { Outgoing } from '../net/outgoing.ts'
import { HostClock } from './clock.ts'
import { HostContext, type ContextHost } from './context.ts'
import { CountedRandom } from './counted-random.ts'
import type { DiskFaults } from './disk-faults.ts'
import type { Incarnation, Input, InputTap, Look, Output } from './input-tap.ts'
import { noRecorder, tappedRecorder } from './recorder.ts'
import { TappedDisk } from './tapped-disk.ts'
import { HostTimers } from './timers.ts'

/** How an incarnation ended. `exit`: the machine said so. `failed`: a handler threw, or the disk did. */
export interface HostEnd {
  readonly how: 'exit' | 'stopped' | 'killed' | 'failed'
  readonly reason: string
  readonly error?: Error | undefined
}

/** What leads out of the host: sockets, services, and whoever wants to know. */
export interface HostSurroundings {
  readonly self: NodeId
  readonly types: MessageTypes
  send(to: NodeId, transport: 'datagram' | 'stream', outgoing: Outgoing): void
  introduce(peer: NodeId, address: Address | undefined): void
  outboxLength(peer: NodeId): number
  noted(event: string, detail: PlainData): void
  ended(end: HostEnd): void
}

export interface HostMaterial {
  readonly machine: AnyMachine
  readonly diskFolder: string
  readonly seed: number
  readonly waitingLimit: number
  readonly history: HistoryRecorder | undefined
  readonly diskFaults: DiskFaults | undefined
  readonly tap: InputTap | undefined
}

/** So many events in a row may come from the node itself before the event loop gets a turn. */
const BURST = 256

/**
 * One incarnation of a machine: events in, one at a time, and what its handlers say carried out in program order. It
 * knows no sockets; whoever does hands it what comes in.
 */
export class Host implements ContextHost, LinkListener {
  readonly clock = new HostClock()
  readonly random: Random
  readonly recorder: HistoryRecorder
  readonly incarnation: Incarnation
  readonly counts = { events: 0, syncs: 0, syncMs: 0, handlerMs: 0 }
  /** Hears of each sync's length, in milliseconds. */
  onSynced: ((milliseconds: number) => void) | undefined
  private readonly around: HostSurroundings
  private readonly material: HostMaterial
  private readonly machine: AnyMachine
  private readonly disk: FileDisk
  private readonly timers: HostTimers
  private readonly context: HostContext
  private readonly tap: InputTap | undefined
  private readonly counted: CountedRandom | undefined
  private state: unknown
  private isHandling = false
  private isPumping = false
  private isOver = false
  private takesInput = true
  private inbox: Input[] = []
  /** What the running handler sent last: a message to many is encoded once. */
  private lastSent: Outgoing | undefined
  private hearsItself = false

  constructor(around: HostSurroundings, material: HostMaterial) {
    const { seed, tap, history = noRecorder } = material
    this.around = around
    this.material = material
    this.machine = material.machine
    this.tap = tap
    const luck = mixText(mix(seed | 0, Math.floor(seed / 2 ** 32)), around.self)
    this.incarnation = { self: around.self, seed, luck, startedAt: Date.now() }
    const random = randomStream(seed, 'node', around.self, luck)
    this.counted = tap === undefined ? undefined : new CountedRandom(random)
    this.random = this.counted ?? random
    this.recorder = tap === undefined ? history : tappedRecorder(history, tap)
    this.disk = new FileDisk(material.diskFolder, {
      faults: material.diskFaults,
      onFailure: (error) => this.fail(error, 'the disk failed'),
      onSynced: (tookMs) => this.synced(tookMs),
    })
    this.timers = new HostTimers(this.clock, luck, (timer) => this.take({ kind: 'timer', timer }))
    const disk = tap === undefined ? this.disk : new TappedDisk(this.disk, tap)
    this.context = new HostContext(around.self, disk, this)
  }

  start(): void {
    this.tap?.began(this.incarnation, this.look)
    this.take({ kind: 'start' })
  }

  // ── What comes in ────────────────────────────────────────────────────────────────────────────────────────────

  received(from: NodeId, message: Tagged, bytes: Uint8Array | undefined): void {
    this.take({ kind: 'message', from, message, bytes })
  }

  peerChanged(peer: NodeId, status: 'up' | 'down'): void {
    this.take({ kind: 'peer', peer, status })
  }

  /** From a peer in this process. */
  deliver(from: NodeId, message: Tagged): boolean {
    this.take({ kind: 'message', from, message, bytes: undefined })
    return this.takesInput
  }

  get isRunning(): boolean {
    return this.takesInput
  }

  isBusy(): boolean {
    return this.disk.waiting > this.material.waitingLimit
  }

  /** A look at the state, for status pages and tests. Nobody may change it. */
  readonly look: Look = {
    state: () => this.state,
    timers: () => this.timers.look(),
    draws: () => this.counted?.counts() ?? [],
    files: () => this.disk.image(),
    waiting: () => this.disk.waiting,
  }

  /** Takes no more input, and resolves once all that was said is carried out and durable. */
  finish(): Promise<void> {
    this.takesInput = false
    this.timers.stop()
    return new Promise((resolve) => {
      this.disk.sync()
      this.disk.say(resolve)
    })
  }

  end(end: HostEnd): void {
    if (this.isOver) return
    this.isOver = true
    this.takesInput = false
    this.inbox = []
    this.timers.stop()
    this.disk.close()
    this.tap?.ended(end.reason)
    this.around.ended(end)
  }

  // ── Handling ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** From outside, or from the node itself in between: one event at a time. */
  private take(input: Input): void {
    if (!this.takesInput) return
    this.inbox.push(input)
    if (!this.isPumping) this.pump()
  }

  /** From the node itself, while its output is carried out. */
  private takeLater(input: Input): void {
    if (!this.takesInput) return
    this.inbox.push(input)
    if (!this.isPumping && this.inbox.length === 1) queueMicrotask(() => this.pump())
  }

  private pump(): void {
    if (this.isPumping) return
    this.isPumping = true
    let done = 0
    while (done < this.inbox.length && done < BURST) this.handle(this.inbox[done++]!)
    this.isPumping = false
    this.inbox.splice(0, done)
    if (this.inbox.length > 0) setImmediate(() => this.pump())
  }

  private handle(input: Input): void {
    const { clock, disk, tap } = this
    if (input.kind === 'timer' && !this.timers.claim(input.timer)) return
    clock.sample()
    this.counts.events++
    tap?.input(input, clock.now, clock.wallClock)
    this.isHandling = true
    this.lastSent = undefined
    disk.hold()
    let thrown: Error | undefined
    try {
      this.run(input)
    } catch (error) {
      thrown = error instanceof Error ? error : new Error(String(error))
    }
    this.isHandling = false
    tap?.handled(thrown)
    this.counts.handlerMs += clock.present() - clock.now
    if (thrown === undefined) disk.release()
    else {
      this.keepDisk()
      this.fail(thrown, 'a handler threw')
    }
  }

  private run(input: Input): void {
    const { context, machine } = this
    switch (input.kind) {
      case 'start':
        this.state = machine.start(context)
        break
      case 'message':
        machine.onMessage(this.state, context, input.from, input.message)
        break
      case 'timer':
        machine.onTimer!(this.state, context, input.timer)
        break
      case 'peer':
        machine.onPeer?.(this.state, context, input.peer, input.status)
        break
      case 'synced':
        break
    }
  }

  private keepDisk(): void {
    try {
      this.disk.abandon()
    } catch {
      // The disk fails too: what it kept is a prefix all the same.
    }
  }

  private fail(error: Error, what: string): void {
    this.end({ how: 'failed', reason: `${what}: ${error.name}: ${error.message}`, error })
  }

  private synced(tookMs: Millis): void {
    this.counts.syncs++
    this.counts.syncMs += tookMs
    this.onSynced?.(tookMs)
    if (this.tap === undefined) return
    this.clock.sample()
    this.tap.input({ kind: 'synced' }, this.clock.now, this.clock.wallClock)
  }

  // ── What a handler says ──────────────────────────────────────────────────────────────────────────────────────

  mustHandle(): void {
    if (!this.isHandling) {
      throw new Error(`a context of ${this.around.self} was used outside its handler: a machine must not keep it`)
    }
  }

  say(output: Output): void {
    if (output.kind === 'send') {
      this.send(output)
      return
    }
    this.tap?.said(output)
    switch (output.kind) {
      case 'cancel':
        this.timers.cancel(output.timer)
        break
      case 'note':
        this.around.noted(output.event, output.detail)
        break
      case 'introduce':
        this.around.introduce(output.peer, output.address)
        break
      case 'exit':
        this.disk.say(() => this.end({ how: 'exit', reason: output.reason }))
        break
      default:
        throw new Error(`${output.kind} is not said this way`)
    }
  }

  setTimer(timer: TimerName, after: Millis | readonly [Millis, Millis]): void {
    const delayMs = this.timers.set(timer, after)
    this.tap?.said({ kind: 'timer', timer, delayMs })
  }

  outboxLength(peer: NodeId): number {
    const answer = this.around.outboxLength(peer)
    this.tap?.answered({ question: 'outbox length', answer })
    return answer
  }

  private send(output: Extract<Output, { readonly kind: 'send' }>): void {
    const { to, message } = output
    const { self, types } = this.around
    const outgoing = this.outgoingOf(message)
    this.tap?.said(output, outgoing)
    const transport = types.find(message.type)?.transport
    if (transport === undefined) throw new Error(`the protocol has no message "${message.type}"`)
    if (to === self) this.disk.say(() => this.hear(transport, outgoing))
    else if (transport === 'local') {
      throw new Error(`${message.type} is for ${self} alone and was sent to ${to}: local messages touch no wire`)
    } else this.disk.say(() => this.around.send(to, transport, outgoing))
  }

  private outgoingOf(message: Tagged): Outgoing {
    if (this.lastSent?.message !== message) this.lastSent = new Outgoing(message)
    return this.lastSent
  }

  /** A stream to oneself is up before the first message on it. */
  private hear(transport: string, outgoing: Outgoing): void {
    const from = this.around.self
    if (transport === 'stream' && !this.hearsItself) {
      this.hearsItself = true
      this.takeLater({ kind: 'peer', peer: from, status: 'up' })
    }
    const { message } = outgoing
    this.takeLater({ kind: 'message', from, message, bytes: undefined, encoded: this.tap && outgoing })
  }
}
