import { decodePlain } from '../../sim/encoding.ts'
import { hashPlain, mix, mixText } from '../../sim/hash.ts'
import type { AnyMachine, Millis, NodeId, PlainData, Tagged, TimerName } from '../../sim/machine.ts'
import type { Protocol } from '../../sim/protocol.ts'
import { randomStream } from '../../sim/random.ts'
import { timerDelayUs, timerKey } from '../../sim/timer-key.ts'
import { decodeMessage } from '../../sim/wire.ts'
import { CountedRandom } from '../host/counted-random.ts'
import type { Output } from '../host/input-tap.ts'
import type { DiskOperation } from '../disk-queue.ts'
import type { RecordedEvent, RecordedInput, SegmentHead, SegmentImage } from './layout.ts'
import { ReplayContext, type ReplayContextHost } from './replay-context.ts'
import { ReplayDisk } from './replay-disk.ts'
import { Divergence, Script } from './script.ts'

/** What a recorded machine is made again with. */
export interface RecordedCode {
  /** Called once for each incarnation. */
  readonly machine: () => AnyMachine
  readonly protocol: Protocol
}

/** What a handler said that is carried out in program order. */
export type Effect = DiskOperation | { readonly kind: 'sync' } | Extract<Output, { readonly kind: 'send' | 'exit' }>

/** A timer of a replayed node; `deadlineUs` by its monotonic clock, undefined where it is not armed. */
export interface ReplayTimer {
  readonly timer: TimerName
  deadlineUs: number | undefined
  draws: number
}

/** One event as it was done again. */
export interface ReplayedEvent {
  readonly self: NodeId
  readonly event: RecordedEvent
  /** The message, timer or peer that the handler was given. */
  readonly given: PlainData
  readonly outputs: readonly Output[]
  /** What of it was to be carried out in program order: what the disk refused is left out. */
  readonly effects: readonly Effect[]
  /** Where it differs from the recording, in a clause. */
  readonly divergence: string | undefined
}

/** A node that does again what it did, event for event, and holds every word of it against the recording. */
export class ReplayNode implements ReplayContextHost {
  readonly self: NodeId
  readonly disk: ReplayDisk
  readonly random: CountedRandom
  readonly timers = new Map<string, ReplayTimer>()
  readonly luck: number
  readonly protocol: Protocol
  state: unknown
  nowUs: number
  wallClock: Millis
  script = new Script({ steps: [], threw: undefined })
  outputs: Output[] = []
  private effects: Effect[] = []
  private readonly machine: AnyMachine
  private readonly context: ReplayContext

  /** As it stood at the beginning of a segment. */
  constructor(head: SegmentHead, image: SegmentImage, code: RecordedCode) {
    const { seed, self } = head
    this.self = self
    this.luck = mixText(mix(seed | 0, Math.floor(seed / 2 ** 32)), self)
    this.random = new CountedRandom(randomStream(seed, 'node', self, this.luck))
    this.random.advance(image.draws)
    for (const { timer, leftMs, draws } of image.timers) {
      const deadlineUs = leftMs === undefined ? undefined : head.nowUs + Math.round(leftMs * 1000)
      this.timers.set(timerKey(timer), { timer, deadlineUs, draws })
    }
    this.state = image.state
    this.nowUs = head.nowUs
    this.wallClock = head.wallClock
    this.protocol = code.protocol
    this.machine = code.machine()
    this.disk = new ReplayDisk(image.files, {
      said: (output) => void this.say(output),
      failure: () => this.script.failure(),
      done: (operation) => void this.effects.push(operation),
      found: (kind, digest, what) => this.script.found(kind, digest, what),
      durableLength: () => this.script.answer('durable length'),
    })
    this.context = new ReplayContext(this)
  }

  /** Whether it stands as the recording says at the beginning of a later segment, as far as its state goes. */
  standsAs({ state }: SegmentImage): boolean {
    return hashPlain(this.state as PlainData, 0) === hashPlain(state as PlainData, 0)
  }

  step(event: RecordedEvent): ReplayedEvent {
    const { input, outcome } = event
    const { self } = this
    this.nowUs = event.nowUs
    this.wallClock = event.wallClock
    this.outputs = []
    this.effects = []
    const given = this.givenBy(input)
    if (outcome === undefined || input.kind === 'synced')
      return { self, event, given, outputs: [], effects: [], divergence: undefined }
    this.script = new Script(outcome)
    let threw: string | undefined
    try {
      this.handle(input, given)
    } catch (error) {
      if (!(error instanceof Divergence))
        threw = error instanceof Error ? `${error.name}: ${error.message}` : `Error: ${error}`
    }
    this.script.finish()
    if (threw !== outcome.threw && this.script.divergence === undefined)
      this.script.differ(`${said(threw)}; recorded was that ${said(outcome.threw)}`)
    const { outputs, effects } = this
    return { self, event, given, outputs, effects, divergence: this.script.divergence?.message }
  }

  /** Holds it against the recording; returns how long a timer waits, as recorded. */
  say(output: Output): number | undefined {
    this.outputs.push(output)
    if (output.kind === 'send' || output.kind === 'exit') this.effects.push(output)
    return this.script.said(output).delayUs
  }

  setTimer(timer: TimerName, after: Millis | readonly [Millis, Millis]): void {
    const key = timerKey(timer)
    const armed = this.timers.get(key) ?? { timer, deadlineUs: undefined, draws: 0 }
    this.timers.set(key, armed)
    const draws = typeof after === 'number' ? 0 : armed.draws++
    const delayUs = timerDelayUs(after, this.luck, key, draws)
    const recordedUs = this.say({ kind: 'timer', timer, delayMs: delayUs / 1000 })!
    if (!this.mayWait(timer, after, delayUs, recordedUs))
      throw this.script.differ(
        `it arms the timer ${key} for ${delayUs / 1000} ms; recorded was ${recordedUs / 1000} ms`,
      )
    armed.deadlineUs = this.nowUs + recordedUs
  }

  cancelTimer(timer: TimerName): void {
    this.say({ kind: 'cancel', timer })
    const armed = this.timers.get(timerKey(timer))
    if (armed !== undefined) armed.deadlineUs = undefined
  }

  /** A record that was cancelled is forgotten at a moment of its own, and its draws with it: then any draw may come. */
  private mayWait(
    timer: TimerName,
    after: Millis | readonly [Millis, Millis],
    delayUs: number,
    recordedUs: number,
  ): boolean {
    if (delayUs === recordedUs) return true
    if (typeof timer === 'string' || typeof after === 'number') return false
    return recordedUs >= Math.round(after[0] * 1000) && recordedUs <= Math.round(after[1] * 1000)
  }

  private givenBy(input: RecordedInput): PlainData {
    switch (input.kind) {
      case 'message':
        return this.messageOf(input.bytes, input.isWired) as unknown as PlainData
      case 'timer':
        return input.timer as PlainData
      case 'peer':
        return input.peer
      case 'start':
      case 'synced':
        return undefined
    }
  }

  private messageOf(bytes: Uint8Array, isWired: boolean): Tagged {
    if (!isWired) return decodePlain(bytes) as unknown as Tagged
    const decoded = decodeMessage(bytes, (type) => this.protocol[type]?.schema)
    if (!decoded.ok) throw new Error(`a recorded message of ${this.self} is none for its protocol: ${decoded.reason}`)
    return decoded.message
  }

  private handle(input: RecordedInput, given: PlainData): void {
    const { context, machine } = this
    switch (input.kind) {
      case 'start':
        this.state = machine.start(context)
        break
      case 'message':
        machine.onMessage(this.state, context, input.from, given)
        break
      case 'timer':
        this.fired(input.timer)
        machine.onTimer!(this.state, context, input.timer)
        break
      case 'peer':
        machine.onPeer?.(this.state, context, input.peer, input.status)
        break
      case 'synced':
        break
    }
  }

  /** A record is one of many and does not come back; a name keeps count of its draws. */
  private fired(timer: TimerName): void {
    const key = timerKey(timer)
    const armed = this.timers.get(key)
    if (typeof timer !== 'string') this.timers.delete(key)
    else if (armed !== undefined) armed.deadlineUs = undefined
  }
}

function said(threw: string | undefined): string {
  return threw === undefined ? 'it ends well' : `it throws ${threw}`
}
