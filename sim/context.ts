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
} from './machine.ts'
import type { SimulatedNode } from './node.ts'

/** What a context asks of the world. */
export interface ContextHost {
  readonly nowUs: number
  say(node: SimulatedNode, to: NodeId, message: Tagged): void
  setTimer(node: SimulatedNode, timer: TimerName, after: Millis | readonly [Millis, Millis]): void
  cancelTimer(node: SimulatedNode, timer: TimerName): void
  note(node: SimulatedNode, event: string, detail: PlainData): void
  randomOf(node: SimulatedNode): Random
  buggify(node: SimulatedNode, label: string): boolean
  outboxLength(node: SimulatedNode, peer: NodeId): number
  exit(node: SimulatedNode, reason: string): void
}

/** The context of one incarnation: each call goes to the world with the node's name on it. */
export class NodeContext implements ClientContext<Tagged, TimerName> {
  readonly self: NodeId
  readonly disk: Disk
  private readonly world: ContextHost
  private readonly node: SimulatedNode
  private ownRandom: Random | undefined
  private luckOfRandom = 0

  constructor(world: ContextHost, node: SimulatedNode) {
    this.world = world
    this.node = node
    this.self = node.id
    this.disk = node.disk
  }

  get now(): Millis {
    return this.node.clock.monotonicMs(this.world.nowUs)
  }

  get wallClock(): Millis {
    return this.node.clock.wallMs(this.world.nowUs)
  }

  get random(): Random {
    // A fork gives a node other luck.
    if (this.ownRandom === undefined || this.luckOfRandom !== this.node.luck) {
      this.ownRandom = this.world.randomOf(this.node)
      this.luckOfRandom = this.node.luck
    }
    return this.ownRandom
  }

  get history(): HistoryRecorder {
    return this.node.recorder
  }

  send(to: NodeId, message: Tagged): void {
    this.world.say(this.node, to, message)
  }

  setTimer(timer: TimerName, after: Millis | readonly [Millis, Millis]): void {
    this.world.setTimer(this.node, timer, after)
  }

  cancelTimer(timer: TimerName): void {
    this.world.cancelTimer(this.node, timer)
  }

  /** In simulation every name can be reached already. */
  introduce(_peer: NodeId, _address?: Address): void {}

  note(event: string, detail?: PlainData): void {
    this.world.note(this.node, event, detail)
  }

  buggify(label: string): boolean {
    return this.world.buggify(this.node, label)
  }

  outboxLength(peer: NodeId): number {
    return this.world.outboxLength(this.node, peer)
  }

  exit(reason: string): void {
    this.world.exit(this.node, reason)
  }
}
