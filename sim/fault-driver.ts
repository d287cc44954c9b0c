import type { Fault } from './faults.ts'
import type { Millis, NodeId } from './machine.ts'
import { EventKind, type EventQueue } from './event-queue.ts'
import { draw, mix } from './mix.ts'
import { cameAbout, Moments } from './moments.ts'
import type { Network } from './network.ts'
import type { Comeback, SimulatedNode, WorldNode } from './node.ts'
import type { StartOrder } from './processes.ts'
import { Kind } from './trace.ts'

/** What carrying out faults needs of the world. */
export interface FaultHost {
  readonly nowUs: number
  readonly seed: number
  calm: boolean
  readonly queue: EventQueue
  readonly nodes: readonly SimulatedNode[]
  readonly network: Network
  readonly streams: { reset(from: SimulatedNode, to: SimulatedNode): boolean }
  readonly delivery: { unclogged(): void }
  readonly options: { readonly spawn?: (index: number) => WorldNode }
  readonly processes: {
    crash(node: SimulatedNode, power: boolean, reason: string, fault: number | undefined): boolean
    startIn(node: SimulatedNode, afterMs: Millis, order: StartOrder): void
    comeBack(node: SimulatedNode, cause: number, how: Comeback): void
    resume(node: SimulatedNode): void
  }
  find(id: NodeId): SimulatedNode | undefined
  spawn(spec: WorldNode): SimulatedNode
  count(effect: string): void
  record(
    kind: number,
    node: SimulatedNode | undefined,
    peer: undefined,
    label: string,
    labelNumber: number,
    number: number,
    cause: number,
    body?: unknown,
    more?: { fault?: number | undefined },
  ): number
}

type Of<Kind extends Fault['kind']> = Extract<Fault, { readonly kind: Kind }>
type Crash = Of<'kill' | 'power-loss' | 'crash-in-output' | 'crash-in-recovery'>

/** How soon the calm brings back a node that is down, in milliseconds. */
const RESTART_IN_CALM_MS = 20

/** Carries out the plan: begins and ends each fault in its time, and brings the calm. */
export class FaultDriver {
  private readonly host: FaultHost
  private readonly plan: readonly Fault[]
  private readonly calmAtMs: Millis
  private readonly active = new Set<Fault>()
  /** The links that each partition under way has closed: only those does its end open. */
  private readonly cuts = new Map<Fault, readonly (readonly [SimulatedNode, SimulatedNode])[]>()
  private readonly moments: Moments
  /** The faults that waited for a moment and met it, as they came about. */
  readonly cameAbout: Fault[] = []
  private nextInjected = 1_000_000

  constructor(host: FaultHost, plan: readonly Fault[], calmAtMs: Millis | undefined) {
    this.host = host
    this.plan = plan
    this.calmAtMs = calmAtMs ?? Infinity
    this.moments = new Moments(plan)
    for (const fault of plan) if ('message' in fault) host.network.target(fault)
  }

  schedule(): void {
    const { queue } = this.host
    for (const fault of this.plan) {
      if ('message' in fault || fault.when?.occurrence !== undefined) continue
      queue.push(Math.round(fault.atMs * 1000), EventKind.fault, -1, 0, 0, 0, 0, fault)
    }
    if (this.calmAtMs < Infinity)
      queue.push(Math.round(this.calmAtMs * 1000), EventKind.calm, -1, 0, 0, 0, 0, undefined)
  }

  /**
   * A node wrote a note. What that sets off happens after the handler that wrote it has been carried out, a
   * microsecond later at the least, so that the same fault at that very time is the same run.
   */
  noted(node: SimulatedNode, note: string): void {
    for (const fault of this.moments.noted(node.id, note)) {
      const atUs = this.host.nowUs + Math.max(1, Math.round(fault.atMs * 1000))
      if (atUs >= this.calmAtMs * 1000) continue
      const plain = cameAbout(fault, node.id, atUs / 1000)
      this.cameAbout.push(plain)
      this.host.queue.push(atUs, EventKind.fault, -1, 0, 0, 0, 0, plain)
    }
  }

  inject(fault: Omit<Fault, 'id' | 'atMs'>): void {
    this.begin({ ...fault, id: this.nextInjected++, atMs: this.host.nowUs / 1000 } as Fault)
  }

  /** Event of kind `fault`. */
  begin(planned: Fault): void {
    const fault = planned.when === undefined ? planned : this.aimed(planned)
    if (fault === undefined) return
    const node = 'node' in fault ? this.host.find(fault.node) : undefined
    if ('node' in fault && node === undefined) return
    this.host.record(Kind.fault, node, undefined, fault.kind, 0, fault.id, 0, fault, { fault: fault.id })
    if ('forMs' in fault) {
      this.active.add(fault)
      this.scheduleEnd(fault)
    }
    this.apply(fault, node!, true)
  }

  private aimed(fault: Fault): Fault | undefined {
    const target = this.moments.target(fault)
    if (target === undefined) return undefined
    const plain = cameAbout(fault, target, this.host.nowUs / 1000)
    this.cameAbout.push(plain)
    return plain
  }

  /** Event of kind `heal`. */
  end(fault: Fault): void {
    if (!this.active.delete(fault)) return
    const node = 'node' in fault ? this.host.find(fault.node) : undefined
    this.host.record(Kind.heal, node, undefined, fault.kind, 0, fault.id, 0, fault, { fault: fault.id })
    this.apply(fault, node!, false)
  }

  /** The storm is over: what is not for good is healed, and nodes that are not lost for good come back. */
  calmDown(): void {
    this.host.calm = true
    this.host.record(Kind.calm, undefined, undefined, 'calm', 0, 0, 0)
    for (const fault of this.active) if (fault.forGood !== true) this.end(fault)
    for (const node of this.host.nodes) {
      node.armedCrash = undefined
      node.recoveryCrashes = 0
      if (node.up || node.ended || node.lost) continue
      this.host.processes.startIn(node, RESTART_IN_CALM_MS, { cause: -1 - node.index, disk: 'kept', upgrade: false })
    }
  }

  private scheduleEnd(fault: Fault & { readonly forMs: Millis }): void {
    if (fault.forGood === true || fault.forMs === Infinity) return
    this.host.queue.push(this.host.nowUs + Math.round(fault.forMs * 1000), EventKind.heal, -1, 0, 0, 0, 0, fault)
  }

  /** Begins (`on`) or ends a fault. */
  private apply(fault: Fault, node: SimulatedNode, on: boolean): void {
    const { network, nowUs } = this.host
    const sign = on ? 1 : -1
    switch (fault.kind) {
      case 'loss':
      case 'duplication':
      case 'delay':
      case 'reordering':
      case 'clog':
      case 'slow-link':
      case 'bandwidth':
      case 'corruption':
        if (on) network.begin(fault)
        else {
          network.end(fault)
          if (fault.kind === 'clog') this.host.delivery.unclogged()
        }
        break
      case 'partition':
      case 'one-way-partition':
        if (on) this.cut(fault)
        else this.mend(fault)
        break
      case 'stream-reset':
        this.reset(fault)
        break
      case 'kill':
      case 'power-loss':
        this.crashNow(fault, node)
        break
      case 'crash-in-output':
        node.armedCrash = {
          power: fault.power,
          fault: fault.id,
          comeback: fault,
          writing: fault.writing ?? false,
          recovering: false,
        }
        break
      case 'crash-in-recovery':
        this.crashInRecovery(fault, node)
        break
      case 'pause':
        this.pause(node, on)
        break
      case 'slow-process':
        node.slowByUs = Math.max(0, node.slowByUs + sign * Math.round(fault.byMs * 1000))
        this.countOnce(on, fault)
        break
      case 'spawn':
        this.spawnNode(fault)
        break
      case 'slow-sync':
        node.slowSyncByUs = Math.max(0, node.slowSyncByUs + sign * Math.round(fault.byMs * 1000))
        break
      case 'disk-error':
      case 'disk-full':
        this.troubleDisk(node)
        break
      case 'bit-rot':
        if (node.disk.rot(this.chooser(fault.id))) {
          node.diskHarmed = true
          this.host.count('bit-rot')
        }
        break
      case 'lost-sync':
        node.losesSyncs = this.ruling('lost-sync', node) !== undefined
        break
      case 'misdirected-write':
        node.disk.misdirectNextWrite()
        break
      case 'clock-skew':
        node.clock.shiftWall(sign * Math.round(fault.byMs * 1000))
        this.countOnce(on, fault)
        break
      case 'clock-drift':
        node.clock.setRate(this.ruling('clock-drift', node)?.rate ?? 1, nowUs)
        this.countOnce(on, fault)
        break
      case 'clock-jump':
        node.clock.shiftWall(Math.round(fault.byMs * 1000))
        this.countOnce(on, fault)
        break
      case 'lost-message':
      case 'doubled-message':
      case 'slow-message':
      case 'corrupted-message':
        network.target(fault)
        break
    }
  }

  /** Of several faults of a kind on one node the last begun rules; when it ends, the one before does. */
  private ruling<Kind extends Fault['kind']>(kind: Kind, node: SimulatedNode): Of<Kind> | undefined {
    let ruling: Of<Kind> | undefined
    for (const fault of this.active) {
      if (fault.kind === kind && 'node' in fault && fault.node === node.id) ruling = fault as Of<Kind>
    }
    return ruling
  }

  private troubleDisk(node: SimulatedNode): void {
    const [error, full] = [this.ruling('disk-error', node), this.ruling('disk-full', node)]
    node.diskErrorRate = error?.probability ?? 0
    node.diskFull = full !== undefined
    node.restartAfterMs = error?.restartAfterMs ?? full?.restartAfterMs
  }

  private countOnce(on: boolean, fault: Fault): void {
    if (on) this.host.count(fault.kind)
  }

  private crashNow(fault: Crash, node: SimulatedNode): void {
    const power = fault.kind === 'power-loss'
    this.host.processes.comeBack(node, fault.id, fault)
    if (this.host.processes.crash(node, power, power ? 'power loss' : 'killed', fault.id)) this.host.count(fault.kind)
  }

  private crashInRecovery(fault: Of<'crash-in-recovery'>, node: SimulatedNode): void {
    this.host.processes.comeBack(node, fault.id, fault)
    node.recoveryCrashes = fault.times
    this.host.processes.crash(node, fault.power, fault.power ? 'power loss' : 'killed', fault.id)
  }

  private pause(node: SimulatedNode, on: boolean): void {
    node.paused = this.ruling('pause', node) !== undefined
    if (on) this.host.count('pause')
    else this.host.queue.push(this.host.nowUs, EventKind.resume, node.index, 0, 0, 0, 0, undefined)
  }

  private cut(fault: Of<'partition' | 'one-way-partition'>): void {
    const groupsOf = fault.kind === 'partition' ? groupsByNode(fault) : undefined
    const cuts = [...this.pairs(fault.kind === 'partition' ? {} : fault)].filter(([from, to]) => {
      if (groupsOf === undefined) return true
      const [mine, theirs] = [groupsOf.get(from.id), groupsOf.get(to.id)]
      return mine !== undefined && theirs !== undefined && ![...mine].some((group) => theirs.has(group))
    })
    for (const [from, to] of cuts) this.host.network.close(from.index, to.index, 1)
    this.cuts.set(fault, cuts)
    if (cuts.length > 0) this.host.count(groupsOf === undefined ? fault.kind : this.partitionName(groupsOf))
  }

  private mend(fault: Fault): void {
    for (const [from, to] of this.cuts.get(fault) ?? []) this.host.network.close(from.index, to.index, -1)
    this.cuts.delete(fault)
  }

  /** A bridge has a node in two groups; a partial partition leaves nodes out of all. */
  private partitionName(groupsOf: ReadonlyMap<NodeId, ReadonlySet<number>>): string {
    if ([...groupsOf.values()].some((groups) => groups.size > 1)) return 'bridge'
    const servers = this.host.nodes.filter(({ role }) => role === this.host.nodes[0]!.role)
    return servers.some(({ id }) => !groupsOf.has(id)) ? 'partial-partition' : 'partition'
  }

  private reset(fault: Of<'stream-reset'>): void {
    for (const [from, to] of this.pairs(fault)) if (this.host.streams.reset(from, to)) this.host.count(fault.kind)
  }

  private *pairs(fault: {
    readonly from?: readonly NodeId[]
    readonly to?: readonly NodeId[]
  }): Generator<[SimulatedNode, SimulatedNode]> {
    for (const from of this.host.nodes) {
      if (fault.from !== undefined && !fault.from.includes(from.id)) continue
      for (const to of this.host.nodes) {
        if (from !== to && (fault.to === undefined || fault.to.includes(to.id))) yield [from, to]
      }
    }
  }

  private spawnNode(fault: Of<'spawn'>): void {
    const spec = this.host.options.spawn?.(fault.index)
    if (spec === undefined || this.host.find(spec.id) !== undefined) return
    this.host.spawn(spec)
    this.host.count('spawn')
  }

  private chooser(fault: number): (count: number) => number {
    let drawn = 0
    return (count) => draw(mix(this.host.seed, fault), drawn++) % count
  }
}

function groupsByNode(fault: Of<'partition'>): ReadonlyMap<NodeId, ReadonlySet<number>> {
  const groupsOf = new Map<NodeId, Set<number>>()
  for (const [group, members] of fault.groups.entries()) {
    for (const id of members) groupsOf.set(id, (groupsOf.get(id) ?? new Set()).add(group))
  }
  return groupsOf
}
