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
import type { Protocol } from '../../sim/protocol.ts'
import type { Output } from '../host/input-tap.ts'
import type { Script } from './script.ts'

/** What a context asks of the node that is replayed. */
export interface ReplayContextHost {
  readonly self: NodeId
  readonly nowUs: number
  readonly wallClock: Millis
  readonly random: Random
  readonly disk: Disk
  readonly protocol: Protocol
  /** What the running handler did when it was recorded. */
  readonly script: Script
  say(output: Output): void
  setTimer(timer: TimerName, after: Millis | readonly [Millis, Millis]): void
  cancelTimer(timer: TimerName): void
}

/** The context of a machine that is replayed: answers come from the recording, and what it says is held against it. */
export class ReplayContext implements ClientContext<Tagged, TimerName> {
  readonly self: NodeId
  readonly disk: Disk
  readonly history: HistoryRecorder
  private readonly node: ReplayContextHost

  constructor(node: ReplayContextHost) {
    this.node = node
    this.self = node.self
    this.disk = node.disk
    const say = (step: 'invoke' | 'ok' | 'fail' | 'info', operation: number, detail: PlainData): void => {
      node.say({ kind: 'history', step, operation, detail })
    }
    this.history = {
      begun: () => node.script.answer('begun') === 1,
      invoke: (operation, input) => say('invoke', operation, input),
      ok: (operation, output) => say('ok', operation, output),
      fail: (operation, reason) => say('fail', operation, reason),
      info: (operation, reason) => say('info', operation, reason),
    }
  }

  get now(): Millis {
    return this.node.nowUs / 1000
  }

  get wallClock(): Millis {
    return this.node.wallClock
  }

  get random(): Random {
    return this.node.random
  }

  /** Refuses what a host refuses, in the same words. */
  send(to: NodeId, message: Tagged): void {
    this.node.say({ kind: 'send', to, message })
    const transport = this.node.protocol[message.type]?.transport
    if (transport === undefined) throw new Error(`the protocol has no message "${message.type}"`)
    if (transport === 'local' && to !== this.self)
      throw new Error(`${message.type} is for ${this.self} alone and was sent to ${to}: local messages touch no wire`)
  }

  setTimer(timer: TimerName, after: Millis | readonly [Millis, Millis]): void {
    this.node.setTimer(timer, after)
  }

  cancelTimer(timer: TimerName): void {
    this.node.cancelTimer(timer)
  }

  introduce(peer: NodeId, address?: Address): void {
    this.node.say({ kind: 'introduce', peer, address })
  }

  note(event: string, detail?: PlainData): void {
    this.node.say({ kind: 'note', event, detail })
  }

  buggify(_label: string): boolean {
    return false
  }

  outboxLength(_peer: NodeId): number {
    return this.node.script.answer('outbox length')
  }

  exit(reason: string): void {
    this.node.say({ kind: 'exit', reason })
  }
}
