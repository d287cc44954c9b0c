import type { Tagged } from './machine.ts'
import { EventKind, type EventQueue } from './event-queue.ts'
import { FILE_RENAMED } from './faults.ts'
import { draw, mix, UNIT, within } from './mix.ts'
import { Saying, type SimulatedNode } from './node.ts'
import { Kind } from './trace.ts'

/** What carrying out needs of the world. */
export interface OutputHost {
  readonly nowUs: number
  readonly queue: EventQueue
  readonly hash: { readonly events: number }
  readonly processes: {
    crash(node: SimulatedNode, power: boolean, reason: string, fault: number | undefined): void
    crashArmed(node: SimulatedNode): void
    stop(node: SimulatedNode, reason: string): void
    end(node: SimulatedNode, reason: string): void
  }
  readonly delivery: { dispatch(node: SimulatedNode, to: number, message: Tagged, cause: number): void }
  record(
    kind: number,
    node: SimulatedNode,
    peer: undefined,
    label: string,
    labelNumber: number,
    number: number,
    cause: number,
  ): number
  readonly faultDriver: { noted(node: SimulatedNode, note: string): void }
  syncLatencyUs(node: SimulatedNode): number
  count(effect: string): void
}

/**
 * Carries out what a handler said, in program order. A sync is a barrier: what comes after it, messages and disk
 * operations both, waits in the node's backlog until everything written before is durable. A crash keeps a prefix.
 */
export class Outputs {
  private readonly host: OutputHost
  private readonly kinds: number[] = []
  private readonly targets: number[] = []
  private readonly bodies: unknown[] = []
  private count = 0

  constructor(host: OutputHost) {
    this.host = host
  }

  /** The running handler says something. */
  say(kind: number, to: number, body: unknown): void {
    const at = this.count++
    this.kinds[at] = kind
    this.targets[at] = to
    this.bodies[at] = body
  }

  /** The handler returned. */
  carryOut(node: SimulatedNode): void {
    const { count } = this
    if (count === 0) return
    this.count = 0
    const cause = this.host.hash.events
    const crashes = node.armedCrash !== undefined && this.isDue(node, count)
    const limit = crashes ? this.prefixOf(node, count) : count
    for (let index = 0; index < limit && node.up; index++) {
      const kind = this.kinds[index]!
      if (node.syncing) node.backlog.push({ kind, to: this.targets[index]!, body: this.bodies[index], cause })
      else this.perform(node, kind, this.targets[index]!, this.bodies[index], cause)
      this.bodies[index] = undefined
    }
    if (crashes && node.up) this.host.processes.crashArmed(node)
  }

  /**
   * The handler threw: what it wrote before its first sync is kept, the rest is forgotten. What lies behind a barrier
   * may not reach the disk before what lies in front of it is durable, and the node does not live to see that.
   */
  keepDiskOnly(node: SimulatedNode): void {
    const { count } = this
    this.count = 0
    for (let index = 0; index < count && !node.syncing; index++) {
      if (this.kinds[index] === Saying.write) node.disk.carryOut()
      else if (this.kinds[index] === Saying.sync && node.disk.dirty) return
    }
  }

  /** The sync under way is over: event of kind `synced`. */
  synced(node: SimulatedNode, incarnation: number, cause: number): void {
    if (!node.up || node.incarnation !== incarnation) return
    node.syncing = false
    const failed = node.diskErrorRate > 0 && draw(mix(node.luck, node.syncCount), 5) * UNIT < node.diskErrorRate
    if (failed) {
      this.host.record(Kind.syncFailed, node, undefined, 'sync', 0, 0, cause)
      this.host.count('disk-error')
      this.host.processes.stop(node, 'a sync failed')
      return
    }
    this.host.record(Kind.synced, node, undefined, 'sync', 0, 0, cause)
    if (node.losesSyncs) {
      node.diskHarmed = true
      this.host.count('lost-sync')
    }
    node.disk.completeSync(node.losesSyncs)
    this.drain(node)
  }

  /** Carries out what waited behind the barrier, up to the next one. */
  private drain(node: SimulatedNode): void {
    const { backlog } = node
    if (backlog.length === 0) return
    const crashes = node.armedCrash !== undefined
    const limit = crashes ? this.prefixOf(node, backlog.length) : backlog.length
    let done = 0
    while (done < limit && node.up && !node.syncing) {
      const { kind, to, body, cause } = backlog[done++]!
      if (kind === Saying.sync && node.disk.dirty) this.shareSync(node, done)
      if (kind !== Saying.done) this.perform(node, kind, to, body, cause)
    }
    if (!node.up) return
    if (done === backlog.length) node.backlog = []
    else backlog.splice(0, done)
    if (crashes && done === limit && !node.syncing) this.host.processes.crashArmed(node)
  }

  /**
   * Group commit: before a sync begins, appends that wait behind it are carried out too, so that they share it, as
   * long as everything not yet durable is appends to one file. Then all that the barrier promised to keep apart is
   * the order of records in that file, which its checksums keep as well.
   */
  private shareSync(node: SimulatedNode, from: number): void {
    const path = node.disk.onlyAppendsTo
    if (path === undefined) return
    for (let index = from; index < node.backlog.length; index++) {
      const said = node.backlog[index]!
      if (said.kind !== Saying.write) continue
      const write = node.disk.nextSaid
      if (write === undefined || write.kind !== 'append' || write.path !== path) return
      node.disk.carryOutAhead()
      said.kind = Saying.done
    }
  }

  private perform(node: SimulatedNode, kind: number, to: number, body: unknown, cause: number): void {
    switch (kind) {
      case Saying.send:
        this.host.delivery.dispatch(node, to, body as Tagged, cause)
        break
      case Saying.write:
        if (node.disk.nextSaid?.kind === 'rename') this.host.faultDriver.noted(node, FILE_RENAMED)
        node.disk.carryOut()
        break
      case Saying.sync:
        this.beginSync(node, cause)
        break
      case Saying.exit:
        this.host.processes.end(node, body as string)
        break
    }
  }

  private beginSync(node: SimulatedNode, cause: number): void {
    if (!node.disk.dirty) return
    node.syncing = true
    node.disk.beginSync()
    const latencyUs = this.host.syncLatencyUs(node)
    if (node.slowSyncByUs > 0) this.host.count('slow-sync')
    this.host.queue.push(
      this.host.nowUs + latencyUs,
      EventKind.synced,
      node.index,
      node.incarnation,
      0,
      0,
      cause,
      undefined,
    )
  }

  /** An armed crash may wait for a handler that writes. */
  private isDue(node: SimulatedNode, count: number): boolean {
    return !node.armedCrash!.writing || this.kinds.lastIndexOf(Saying.write, count - 1) >= 0
  }

  /** How much of a list an armed crash lets through: nothing of it up to all of it, so that nothing comes after. */
  private prefixOf(node: SimulatedNode, count: number): number {
    return within(draw(mix(node.luck, node.armedCrash!.fault), 11), 0, count)
  }
}
