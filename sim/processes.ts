import type { Millis } from './machine.ts'
import { DiskError, InvariantError } from './machine.ts'
import { NodeContext } from './context.ts'
import { SimulatedDisk, type DiskUse, type Write, type WriteFate } from './disk.ts'
import { EventKind, type EventQueue } from './event-queue.ts'
import type { DiskOnRestart } from './faults.ts'
import { goOn, type GoOnHost } from './go-on.ts'
import { draw, mix, UNIT, within } from './mix.ts'
import { Saying, type Comeback, type SimulatedNode } from './node.ts'
import { Kind } from './trace.ts'

/** How a node comes back. */
export interface StartOrder {
  /** What caused it: the id of a fault, or a number of the supervisor's. */
  readonly cause: number
  readonly disk: DiskOnRestart
  readonly upgrade: boolean
}

/** What processes need of the world. */
export interface ProcessHost extends GoOnHost {
  readonly queue: EventQueue
  readonly options: { readonly superviseMs?: readonly [Millis, Millis] }
  readonly hash: { readonly events: number }
  record(
    kind: number,
    node: SimulatedNode,
    peer: undefined,
    label: string,
    labelNumber: number,
    number: number,
    cause: number,
    body?: unknown,
    more?: { reason?: string | undefined; fault?: number | undefined },
  ): number
  sayOther(node: SimulatedNode, kind: number, body?: unknown): void
  count(effect: string): void
  finding(property: string, summary: string, node: SimulatedNode): void
}

const SUPERVISOR = 0x50000000
const SECTOR_BYTES = 512
/** A node that is to crash again while it recovers is started again this soon. */
const RECOVER_AGAIN: Comeback = { restartAfterMs: 20 }

/** The processes of all nodes: starting, crashing, stopping, pausing, and what a crash does to the disk. */
export class Processes {
  private readonly host: ProcessHost

  constructor(host: ProcessHost) {
    this.host = host
  }

  /** Gives a new node its disk. */
  provision(node: SimulatedNode): void {
    node.disk = new SimulatedDisk(node.spec.disk, {
      gate: (operation, path) => this.gate(node, operation, path),
      wrote: (write) => this.host.sayOther(node, Saying.write, write),
      synced: () => this.host.sayOther(node, Saying.sync),
      misdirected: () => {
        node.diskHarmed = true
        this.host.count('misdirected-write')
      },
    })
  }

  /** Event of kind `start`: a first start has no order. An order is void once the node has been started since. */
  startIfDue(node: SimulatedNode, incarnation: number, order: unknown): void {
    if (node.up || node.ended || node.lost || node.incarnation !== incarnation) return
    if (incarnation === 0 && node.spec.past !== undefined) {
      const startIn = (afterMs: Millis, cause: number): void =>
        this.startIn(node, afterMs, { cause, disk: 'kept', upgrade: false })
      goOn(this.host, node, node.spec.past(), startIn)
      return
    }
    this.start(node, (order as StartOrder | undefined) ?? { cause: 0, disk: 'kept', upgrade: false })
  }

  /** Starts a node in a while. */
  startIn(node: SimulatedNode, afterMs: Millis, order: StartOrder): void {
    this.host.queue.push(
      this.host.nowUs + Math.round(afterMs * 1000),
      EventKind.start,
      node.index,
      node.incarnation,
      0,
      0,
      this.host.hash.events,
      order,
    )
  }

  /** Sees to it that a crashed node comes back the way its crash says. */
  comeBack(node: SimulatedNode, cause: number, how: Comeback): void {
    if (how.forGood === true) node.lost = true
    else if (how.restartAfterMs !== undefined) {
      this.startIn(node, how.restartAfterMs, { cause, disk: how.disk ?? 'kept', upgrade: how.upgrade ?? false })
    }
  }

  start(node: SimulatedNode, order: StartOrder): void {
    if (order.disk !== 'kept') node.diskHarmed = true
    if (order.disk === 'empty') {
      node.disk.wipe()
      this.host.count('restart-empty-disk')
    }
    if (order.disk === 'old') {
      node.disk.restoreOld()
      this.host.count('restart-old-disk')
    }
    if (order.upgrade && node.spec.upgraded !== undefined) {
      node.upgraded = !node.upgraded
      this.host.count('upgrade')
    }
    node.disk.keepImage()
    node.up = true
    node.incarnation++
    node.luck = mix(mix(mix(this.host.seed, node.key), order.cause), node.recoveryCrashes)
    node.timers = new Map()
    node.backlog = []
    node.syncing = false
    node.syncCount = 0
    node.diskCount = 0
    node.buggifyCount = 0
    node.machine = (node.upgraded ? node.spec.upgraded! : node.spec.machine)()
    node.context = new NodeContext(this.host, node)
    node.clock.boot(this.host.nowUs)
    this.armRecoveryCrash(node, order.cause)
    this.host.record(Kind.start, node, undefined, node.incarnation === 1 ? 'start' : 'restart', 0, node.incarnation, 0)
    this.host.handle(node, (machine, context) => {
      node.state = machine.start(context)
    })
  }

  /** A process dies; with the power, what was not durable goes too. Returns false where it was down already. */
  crash(node: SimulatedNode, power: boolean, reason: string, fault: number | undefined): boolean {
    if (power) this.losePower(node, fault ?? 0)
    else if (node.up) node.disk.kill()
    if (!node.up) return false
    this.host.record(Kind.crash, node, undefined, reason, 0, node.incarnation, 0, undefined, { reason, fault })
    this.goDown(node, power)
    return true
  }

  /** The crash that was armed for the middle of what a handler says happens now. */
  crashArmed(node: SimulatedNode): void {
    const { power, fault, comeback, recovering } = node.armedCrash!
    this.crash(node, power, power ? 'power loss while answering' : 'killed while answering', fault)
    this.host.count(recovering ? 'crash-in-recovery' : 'crash-in-output')
    if (recovering) node.recoveryCrashes--
    this.comeBack(node, fault, comeback)
  }

  /** A throw escaped a handler: the node stops. Anything but an error of its disk is a finding, and not restarted. */
  stopAfter(node: SimulatedNode, error: unknown): void {
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    if (!(error instanceof DiskError)) {
      this.host.finding(error instanceof InvariantError ? 'invariant of the machine' : 'no machine throws', words, node)
      node.ended = true
    }
    this.stop(node, words)
  }

  /** A node stopped by itself, its page cache kept; the supervisor, where there is one, starts it again. */
  stop(node: SimulatedNode, reason: string): void {
    node.disk.kill()
    this.host.record(Kind.crash, node, undefined, 'stopped', 0, node.incarnation, this.host.hash.events, undefined, {
      reason,
    })
    this.goDown(node, false)
    const afterMs = node.restartAfterMs ?? this.supervisorsDelayMs(node)
    if (afterMs === undefined || node.ended) return
    this.startIn(node, afterMs, { cause: SUPERVISOR + node.supervised++, disk: 'kept', upgrade: false })
  }

  private supervisorsDelayMs(node: SimulatedNode): Millis | undefined {
    const range = this.host.options.superviseMs
    if (range === undefined) return undefined
    return within(draw(mix(node.luck, SUPERVISOR), node.supervised), range[0] * 1000, range[1] * 1000) / 1000
  }

  /** A node ended in good order, as it asked to. */
  end(node: SimulatedNode, reason: string): void {
    node.ended = true
    node.exitReason = reason
    node.disk.kill()
    this.host.record(Kind.exit, node, undefined, 'exit', 0, node.incarnation, this.host.hash.events, undefined, {
      reason,
    })
    this.goDown(node, false)
    // It may have waited behind a sync: no handler has run by which it would be seen.
    this.host.observe?.(node)
  }

  /** Event of kind `resume`: what came during the pause is handled now, in order. */
  resume(node: SimulatedNode): void {
    if (node.paused) return
    const { held } = node
    node.held = []
    for (const slot of held) this.host.queue.pushSlot(this.host.nowUs, slot)
  }

  /** True where a paused node keeps the event in this slot for later, or a slow one has not come to it yet. */
  putOff(node: SimulatedNode, slot: number): boolean {
    const { queue } = this.host
    const kind = queue.kind[slot]!
    if (kind === EventKind.fault || kind === EventKind.heal || kind === EventKind.resume || kind === EventKind.probe)
      return false
    if (node.paused) {
      node.held.push(slot)
      return true
    }
    if (queue.delayed[slot] === 1) return false
    queue.delayed[slot] = 1
    queue.pushSlot(this.host.nowUs + node.slowByUs, slot)
    return true
  }

  private goDown(node: SimulatedNode, power: boolean): void {
    node.up = false
    node.state = undefined
    node.context = undefined
    node.backlog = []
    node.syncing = false
    node.armedCrash = undefined
    node.recorder.crash()
    this.host.streams.crash(node, power)
  }

  private gate(node: SimulatedNode, operation: DiskUse, path: string): void {
    if (operation === 'grow' && node.diskFull) {
      this.host.count('disk-full')
      throw new DiskError('ENOSPC', path)
    }
    const use = node.diskCount++
    if (node.diskErrorRate === 0 || draw(mix(node.luck, use), 13) * UNIT >= node.diskErrorRate) return
    this.host.count('disk-error')
    throw new DiskError('EIO', path)
  }

  /**
   * What was not durable goes in one of five ways: all lost, all kept, a prefix kept, each write by itself, some of
   * them torn; or names and lengths of files kept and what they hold lost, as file systems that write data late do
   * (Pillai and others, "All File Systems Are Not Created Equal", OSDI 2014).
   */
  private losePower(node: SimulatedNode, cause: number): void {
    const luck = mix(mix(mix(this.host.seed, node.key), cause), node.incarnation)
    const way = draw(luck, 0) % 5
    const share = draw(luck, 1) * UNIT
    const torn = node.disk.losePower((write, index, count) => {
      if (way === 0) return 'lost'
      if (way === 1) return 'kept'
      if (way === 4) return 'bytes' in write ? { tornAt: 0 } : 'kept'
      const drawn = draw(mix(luck, index), 2)
      if (way === 2)
        return index < Math.floor(share * count)
          ? 'kept'
          : index === Math.floor(share * count)
            ? tear(write, drawn)
            : 'lost'
      return drawn % 3 === 0 ? 'kept' : drawn % 3 === 1 ? 'lost' : tear(write, drawn)
    })
    for (let count = 0; count < torn; count++) this.host.count('torn-write')
  }

  private armRecoveryCrash(node: SimulatedNode, fault: number): void {
    if (node.recoveryCrashes === 0) return
    node.armedCrash = {
      power: (node.recoveryCrashes & 1) === 0,
      fault,
      comeback: RECOVER_AGAIN,
      writing: false,
      recovering: true,
    }
  }
}

/** Only the first part of a write reached the platter, at a byte or at the edge of a sector. */
function tear(write: Write, drawn: number): WriteFate {
  if (!('bytes' in write) || write.bytes.length === 0) return 'lost'
  const byte = (drawn >>> 4) % write.bytes.length
  const toEdge = SECTOR_BYTES - (write.offset % SECTOR_BYTES)
  return { tornAt: (drawn & 8) !== 0 && toEdge < write.bytes.length ? toEdge : byte }
}
