import type { AnyMachine, Millis, NodeId, PlainData, Random, Tagged, TimerName } from './machine.ts'
import type { Fault } from './faults.ts'
import type { ContextHost } from './context.ts'
import { Delivery } from './delivery.ts'
import { EventKind, EventQueue } from './event-queue.ts'
import { FaultDriver } from './fault-driver.ts'
import { Forks } from './forks.ts'
import { hashPlain } from './hash.ts'
import { buggifies, syncLatencyUs } from './luck.ts'
import { mixText, seedKey } from './mix.ts'
import { Network, type FateRecord, type TypeInfo } from './network.ts'
import { SimulatedNode, Saying, type WorldNode } from './node.ts'
import { Outputs } from './outputs.ts'
import { Processes } from './processes.ts'
import { randomStream } from './random.ts'
import { HistoryBook, TraceHash, TraceRecorder, type EventDetails } from './run-record.ts'
import type { Packet, RuleVerdict } from './rules.ts'
import type { Streams } from './streams.ts'
import { Timers } from './timers.ts'
import { Kind, type Trace } from './trace.ts'
import { type Finding, QUIET_NETWORK, type WorldOptions } from './world-options.ts'

export type { Packet, RuleVerdict } from './rules.ts'
export type { Finding, WorldOptions } from './world-options.ts'

/**
 * The simulated world: nodes on a virtual clock, links, disks, and everything that goes wrong with them. Synchronous
 * and deterministic: the same options give the same run, event for event.
 */
export class World implements ContextHost {
  readonly options: WorldOptions
  readonly queue = new EventQueue()
  readonly nodes: SimulatedNode[] = []
  readonly network: Network
  readonly delivery: Delivery
  readonly streams: Streams
  readonly hash: TraceHash
  readonly history: HistoryBook
  readonly findings: Finding[] = []
  /** What faults did, by effect: a probability counts each message, a partition once. */
  readonly effects = new Map<string, number>()
  readonly fates: FateRecord[] = []
  readonly processes: Processes
  readonly faultDriver: FaultDriver
  /** The run's own key: everything keyed is mixed from it. A fork may change it. */
  seed: number
  readonly forks: Forks
  nowUs = 0
  calm = false

  private readonly byId = new Map<NodeId, SimulatedNode>()
  private readonly recorder: TraceRecorder | undefined
  readonly timers: Timers
  private readonly outputs: Outputs
  readonly observe: ((node: SimulatedNode) => void) | undefined
  /** The node whose handler runs now. */
  private handling: SimulatedNode | undefined

  constructor(options: WorldOptions) {
    this.options = options
    this.seed = seedKey(options.seed)
    this.network = new Network(this.seed, options.protocol, options.network ?? QUIET_NETWORK)
    this.network.onEffect = (effect) => this.count(effect)
    if (options.recordFates === true) this.network.onFate = (record) => this.fates.push(record)
    this.hash = new TraceHash(options.verify === true)
    this.recorder = options.trace === true ? new TraceRecorder() : undefined
    this.history = new HistoryBook(this, options.history ?? [])
    this.forks = new Forks(this, options.forks ?? [])
    this.timers = new Timers(this)
    this.outputs = new Outputs(this)
    this.processes = new Processes(this)
    this.delivery = new Delivery(this, options.protocol, options.wire === true, options.verify === true)
    if ((options.faults ?? []).some(({ kind }) => kind === 'corruption' || kind === 'corrupted-message'))
      this.delivery.expectCorruption()
    this.streams = this.delivery.streams
    this.observe = options.observe
    this.faultDriver = new FaultDriver(this, options.faults ?? [], options.calmAtMs)
    for (const spec of options.nodes) this.spawn(spec)
    this.faultDriver.schedule()
  }

  // ── Driving ──────────────────────────────────────────────────────────────────────────────────────────────────

  get nowMs(): Millis {
    return this.nowUs / 1000
  }

  /** How many messages were said. */
  get messages(): number {
    return this.delivery.messages
  }

  /** Carries out every event up to a moment, then stands at it. `until` may end it earlier. */
  run(untilMs: Millis, until?: () => boolean): void {
    const untilUs = Math.round(untilMs * 1000)
    while (this.queue.length > 0 && this.queue.nextAtUs <= untilUs) {
      this.step()
      if (until !== undefined && until()) return
    }
    if (untilUs > this.nowUs) this.nowUs = untilUs
  }

  /** Carries out events until the one with this number has happened: a break point. False where the run has no such event. */
  runToEvent(number: number, untilMs: Millis): boolean {
    while (this.hash.events < number && this.queue.length > 0 && this.queue.nextAtUs <= untilMs * 1000) this.step()
    return this.hash.events >= number
  }

  /** Carries out the next event; nothing where there is none. */
  step(): void {
    const { queue } = this
    if (queue.length === 0) return
    if (this.hash.events >= this.forks.nextAfter) this.forks.carryOut()
    const slot = queue.pop()
    this.nowUs = queue.poppedAtUs
    const node = this.nodes[queue.node[slot]!]
    if (node !== undefined && (node.paused || node.slowByUs > 0) && this.processes.putOff(node, slot)) return
    const kind = queue.kind[slot]!
    const incarnation = queue.incarnation[slot]!
    const peer = queue.peer[slot]!
    const number = queue.number[slot]!
    const cause = queue.cause[slot]!
    const body = queue.body[slot]
    queue.free(slot)
    switch (kind) {
      case EventKind.deliver:
        this.delivery.deliver(node!, this.nodes[peer]!, incarnation, number, cause, body as Tagged)
        break
      case EventKind.timer:
        this.timers.fire(node!, incarnation, number, body)
        break
      case EventKind.synced:
        this.outputs.synced(node!, incarnation, cause)
        break
      case EventKind.start:
        this.processes.startIfDue(node!, incarnation, body)
        break
      case EventKind.fault:
        this.faultDriver.begin(body as Fault)
        break
      case EventKind.heal:
        this.faultDriver.end(body as Fault)
        break
      case EventKind.calm:
        this.faultDriver.calmDown()
        break
      case EventKind.resume:
        this.processes.resume(node!)
        break
      case EventKind.stream:
        this.streams.arrive(this.nodes[peer]!, node!, number)
        break
      case EventKind.probe:
        this.streams.probe(this.nodes[peer]!, node!, number)
        break
      case EventKind.peerUp:
        this.streams.hearUp(node!, this.nodes[peer]!)
        break
      case EventKind.peerDown:
        this.streams.hearDown(node!, this.nodes[peer]!)
        break
    }
  }

  /** A node that was not there before; it starts at once. */
  spawn(spec: WorldNode): SimulatedNode {
    if (this.byId.has(spec.id)) throw new Error(`there is a node "${spec.id}" already`)
    const node = new SimulatedNode(this.nodes.length, spec)
    this.nodes.push(node)
    this.byId.set(spec.id, node)
    node.recorder = this.history.recorderFor(node)
    this.processes.provision(node)
    this.queue.push(this.nowUs, EventKind.start, node.index, 0, 0, 0, this.hash.events, undefined)
    return node
  }

  /** The node with this name; throws where there is none. */
  node(id: NodeId): SimulatedNode {
    const node = this.byId.get(id)
    if (node === undefined)
      throw new Error(`there is no node "${id}"; there are ${this.nodes.map((one) => one.id).join(', ')}`)
    return node
  }

  find(id: NodeId): SimulatedNode | undefined {
    return this.byId.get(id)
  }

  /** A node's state now; undefined while it is down. For looking, not for changing. */
  state<State>(id: NodeId): State | undefined {
    const node = this.node(id)
    return node.up ? (node.state as State) : undefined
  }

  /** Brings about a fault now, whatever its `atMs` says; one that lasts ends after its `forMs`. */
  inject(fault: Fault extends infer Each ? (Each extends Fault ? Omit<Each, 'id' | 'atMs'> : never) : never): void {
    if (fault.kind === 'corruption') this.delivery.expectCorruption()
    this.faultDriver.inject(fault as Omit<Fault, 'id' | 'atMs'>)
  }

  /** Ends every fault that is not for good, and starts the nodes that are down. */
  heal(): void {
    this.faultDriver.calmDown()
  }

  /** Stages faults by rule: asked of every message as it is sent; the first rule that does not pass decides. */
  rule<Message extends Tagged = Tagged>(decide: (packet: Packet<Message>) => RuleVerdict): void {
    this.delivery.rules.add(decide as (packet: Packet) => RuleVerdict)
  }

  /** Lets go what rules hold, of all packets or of those chosen. */
  release<Message extends Tagged = Tagged>(choose: (packet: Packet<Message>) => boolean = () => true): void {
    this.delivery.rules.release(choose as (packet: Packet) => boolean)
  }

  /** The trace so far; undefined unless it was asked for. */
  get trace(): Trace | undefined {
    return this.recorder?.trace(this.nodes.map(({ id }) => id))
  }

  // ── Recording ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Every event passes here: it gets its number, goes into the hash and, where one is kept, into the trace. */
  record(
    kind: number,
    node: SimulatedNode | undefined,
    peer: SimulatedNode | undefined,
    label: string,
    labelNumber: number,
    number: number,
    cause: number,
    body?: unknown,
    more?: EventDetails,
  ): number {
    this.hash.add(this.nowUs, kind, node === undefined ? 4095 : node.index, labelNumber, number)
    if (this.recorder !== undefined) {
      this.recorder.add(kind, {
        number: this.hash.events,
        atUs: this.nowUs,
        node: node?.id,
        peer: peer?.id,
        label,
        cause,
        body,
        ...more,
      })
    }
    return this.hash.events
  }

  operationEvent(
    kind: 'invoke' | 'return',
    node: number,
    operation: number,
    body: PlainData,
    reason: string | undefined,
  ): number {
    return this.record(
      kind === 'invoke' ? Kind.invoke : Kind.return,
      this.nodes[node],
      undefined,
      reason ?? kind,
      0,
      operation,
      this.hash.events,
      body,
      { operation, reason },
    )
  }

  count(effect: string): void {
    this.effects.set(effect, (this.effects.get(effect) ?? 0) + 1)
  }

  finding(property: string, summary: string, node: SimulatedNode): void {
    this.findings.push({ property, summary, node: node.id, atMs: this.nowMs, atEvent: this.hash.events })
  }

  // ── Handlers ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs one handler of a node, then carries out what it said; a throw stops the node. */
  handle(node: SimulatedNode, handler: (machine: AnyMachine, context: unknown) => void): void {
    this.handling = node
    let thrown: unknown
    let threw = false
    try {
      handler(node.machine!, node.context)
    } catch (error) {
      thrown = error
      threw = true
    }
    this.finishHandler(node, threw, thrown)
  }

  private finishHandler(node: SimulatedNode, threw: boolean, thrown: unknown): void {
    this.handling = undefined
    if (threw) {
      this.outputs.keepDiskOnly(node)
      this.processes.stopAfter(node, thrown)
    } else this.outputs.carryOut(node)
    if (this.hash.contents !== undefined) this.hash.addContent(hashPlain(node.state as PlainData, 0))
    if (this.observe !== undefined) this.observe(node)
  }

  /** A message has arrived: its receiver handles it. */
  receive(
    node: SimulatedNode,
    from: SimulatedNode,
    type: TypeInfo,
    message: Tagged,
    number: number,
    cause: number,
  ): void {
    this.record(Kind.deliver, node, from, type.name, type.number, number, cause, message)
    if (this.hash.contents !== undefined) this.hash.addContent(hashPlain(message as unknown as PlainData, 0))
    this.handling = node
    let thrown: unknown
    let threw = false
    try {
      node.machine!.onMessage(node.state, node.context, from.id, message)
    } catch (error) {
      thrown = error
      threw = true
    }
    this.finishHandler(node, threw, thrown)
  }

  peerChanged(node: SimulatedNode, peer: SimulatedNode, status: 'up' | 'down'): void {
    if (!node.up) return
    this.record(status === 'up' ? Kind.peerUp : Kind.peerDown, node, peer, status, 0, peer.index, 0)
    if (node.machine!.onPeer === undefined) return
    this.handle(node, (machine, context) => machine.onPeer!(node.state, context, peer.id, status))
  }

  // ── Context's host ───────────────────────────────────────────────────────────────────────────────────────────

  say(node: SimulatedNode, to: NodeId, message: Tagged): void {
    this.mustHandle(node)
    const target = this.byId.get(to)
    if (target === undefined) {
      this.note(node, 'no such node', to)
      return
    }
    this.outputs.say(Saying.send, target.index, message)
  }

  /** Puts a write, a sync or the end into the list of what the running handler says. */
  sayOther(node: SimulatedNode, kind: number, body?: unknown): void {
    this.mustHandle(node)
    if (this.hash.contents !== undefined) this.hash.addContent(hashPlain((body ?? null) as PlainData, kind))
    this.outputs.say(kind, 0, body)
  }

  setTimer(node: SimulatedNode, timer: TimerName, after: Millis | readonly [Millis, Millis]): void {
    this.mustHandle(node)
    const deadlineUs = this.timers.set(node, timer, after)
    if (this.hash.contents !== undefined) this.hash.addContent(deadlineUs)
  }

  cancelTimer(node: SimulatedNode, timer: TimerName): void {
    this.timers.cancel(node, timer)
  }

  note(node: SimulatedNode, event: string, detail: PlainData): void {
    if (this.hash.contents !== undefined) this.hash.addContent(mixText(node.key, event))
    this.recorder?.note(event, detail)
    this.faultDriver.noted(node, event)
    this.options.noted?.(node, event)
  }

  randomOf(node: SimulatedNode): Random {
    return randomStream(this.options.seed, 'node', node.id, node.luck)
  }

  buggify(node: SimulatedNode, label: string): boolean {
    if (this.calm || !buggifies(this.seed, node, label)) return false
    this.count('buggify')
    return true
  }

  outboxLength(node: SimulatedNode, peer: NodeId): number {
    const other = this.byId.get(peer)
    return other === undefined ? 0 : this.streams.outboxLength(node, other)
  }

  exit(node: SimulatedNode, reason: string): void {
    this.sayOther(node, Saying.exit, reason)
  }

  private mustHandle(node: SimulatedNode): void {
    if (this.handling !== node)
      throw new Error(`a context of ${node.id} was used outside its handler: a machine must not keep it`)
  }

  syncLatencyUs(node: SimulatedNode): number {
    return syncLatencyUs(node, this.options.syncMs ?? [0.2, 2])
  }
}
