import type {
  Address,
  ClientContext,
  Disk,
  HistoryRecorder,
  Millis,
  NodeId,
  PlainData,
  Random,
  Tagged,
  TimerName,
} from '../../sim/machine.ts'
import type { HostClock } from './clock.ts'
import type { Output } from './input-tap.ts'

/** What a context asks of the host. */
export interface ContextHost {
  readonly clock: HostClock
  readonly random: Random
  readonly recorder: HistoryRecorder
  /** Throws where no handler is running: a machine must not keep its context. */
  mustHandle(): void
  say(output: Output): void
  setTimer(timer: TimerName, after: Millis | readonly [Millis, Millis]): void
  outboxLength(peer: NodeId): number
}

/** The context of one incarnation: what a machine says goes to its host, which carries it out. */
export class HostContext implements ClientContext<Tagged, TimerName> {
  readonly self: NodeId
  readonly disk: Disk
  private readonly host: ContextHost

  constructor(self: NodeId, disk: Disk, host: ContextHost) {
    this.self = self
    this.disk = disk
    this.host = host
  }

  get now(): Millis {
    return this.host.clock.now
  }

  get wallClock(): Millis {
    return this.host.clock.wallClock
  }

  get random(): Random {
    return this.host.random
  }

  get history(): HistoryRecorder {
    return this.host.recorder
  }

  send(to: NodeId, message: Tagged): void {
    this.host.mustHandle()
    this.host.say({ kind: 'send', to, message })
  }

  setTimer(timer: TimerName, after: Millis | readonly [Millis, Millis]): void {
    this.host.mustHandle()
    this.host.setTimer(timer, after)
  }

  cancelTimer(timer: TimerName): void {
    this.host.mustHandle()
    this.host.say({ kind: 'cancel', timer })
  }

  introduce(peer: NodeId, address?: Address): void {
    this.host.mustHandle()
    this.host.say({ kind: 'introduce', peer, address })
  }

  note(event: string, detail?: PlainData): void {
    this.host.mustHandle()
    this.host.say({ kind: 'note', event, detail })
  }

  /** Rare paths are forced in simulation only. */
  buggify(_label: string): boolean {
    return false
  }

  outboxLength(peer: NodeId): number {
    return this.host.outboxLength(peer)
  }

  exit(reason: string): void {
    this.host.mustHandle()
    this.host.say({ kind: 'exit', reason })
  }
}
