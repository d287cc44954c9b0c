import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ClusterView, NodeView } from '../../checks/property.ts'
import type { Address, Millis, NodeId } from '../../sim/machine.ts'
import type { NodeSpec } from '../../explore/scenario.ts'
import { UnavailableError } from '../unavailable-error.ts'
import { diskFolderOf, writeDisk } from '../host/disk-image.ts'
import { freePorts } from '../net/free-ports.ts'
import { Client } from './client.ts'
import type { ActiveFault } from './link-weather.ts'
import type { ServerOrder } from './order.ts'
import type { ChaosRecorder } from './recorder.ts'
import { inWords, Server, type ServerEnd } from './server.ts'
import type { After, Crash, Shaken, Storm } from './storm.ts'
import { specsOf, type Subject } from './subject.ts'

export interface ClusterSetup {
  readonly subject: Subject
  readonly directory: string
  readonly recorder: ChaosRecorder
  readonly order: Pick<ServerOrder, 'config' | 'nemesis' | 'strategy' | 'record'>
  readonly after: After
  /** The note by which a node says that it leads, where there is such a role. */
  readonly leads: string | undefined
  /** A machine threw: what a simulation calls a finding. */
  readonly onBroken: (id: NodeId, reason: string) => void
  /** A server was left out by the computer, or took so long to start. */
  readonly onLate: (id: NodeId, lateMs: Millis) => void
  /** The computer, not a fault of the plan, keeps a server from going on: why, in a clause. */
  readonly onTrouble: (clause: string) => void
  /** A server is not recorded any more: why, in a sentence. */
  readonly onUnrecorded: (sentence: string) => void
}

interface Comeback {
  readonly restartAfterMs: Millis | undefined
  readonly isEmpty: boolean
  readonly isUpgraded: boolean
  readonly again: number
  readonly isLost: boolean
}

/** A server over all its starts. */
interface Member {
  readonly spec: NodeSpec
  server: Server | undefined
  starts: number
  pastEvents: number
  upgraded: boolean
  /** It ended in good order, or is down for good. */
  isOver: boolean
  /** Why it ended in good order, where it did. */
  exitReason: string | undefined
  comeback: Comeback | undefined
}

const RESTART_MS = [30, 150] as const
const READY_WITHIN_MS = 30_000
/** A process that is not ready after so long was left out. */
const START_MS = 1_000
const SETTLE_WITHIN_MS = 3_000
const SETTLE_LOOK_MS = 50

/** The processes of one run: servers each in a process, clients in this one. Nothing of them is left once it is closed. */
export class Cluster implements Shaken {
  storm: Storm | undefined
  /** What machines noted before the storm began. */
  private readonly early: { readonly id: NodeId; readonly event: string }[] = []
  private readonly setup: ClusterSetup
  private readonly members = new Map<NodeId, Member>()
  private readonly clients = new Map<NodeId, Client>()
  private peers: Readonly<Record<NodeId, Address>> = {}
  private isClosing = false
  private refusal: ((error: Error) => void) | undefined
  private late: NodeJS.Timeout | undefined

  constructor(setup: ClusterSetup) {
    this.setup = setup
    for (const spec of setup.subject.nodes) if (spec.role !== 'client') this.admit(spec)
  }

  get ids(): readonly NodeId[] {
    return [...this.members.keys(), ...this.clients.keys()]
  }

  get events(): number {
    const ofServers = [...this.members.values()].map(({ pastEvents, server }) => pastEvents + (server?.events ?? 0))
    return [...ofServers, ...[...this.clients.values()].map(({ events }) => events)].reduce((sum, one) => sum + one, 0)
  }

  /** Starts the servers. Rejects with a sentence where one of them cannot. */
  async open(): Promise<void> {
    const all = specsOf(this.setup.subject)
    const ports = await freePorts(all.length)
    this.peers = Object.fromEntries(all.map(({ id }, place) => [id, { host: '127.0.0.1', port: ports[place]! }]))
    await new Promise<void>((resolve, reject) => {
      this.late = setTimeout(
        () => reject(new UnavailableError('The servers took longer than 30 s to start.')),
        READY_WITHIN_MS,
      )
      this.refusal = (error) => {
        clearTimeout(this.late)
        reject(error)
      }
      for (const member of this.members.values()) {
        this.start(member, () => {
          if (![...this.members.values()].every(({ server }) => server?.isUp === true)) return
          clearTimeout(this.late)
          resolve()
        })
      }
    })
    this.refusal = undefined
  }

  /** Waits, though not for ever, until one leads, where there is such a role: the storm is to find it at work. */
  async settle(signal: AbortSignal): Promise<void> {
    const { leads } = this.setup
    if (leads === undefined) return
    for (let waited = 0; waited < SETTLE_WITHIN_MS && !signal.aborted; waited += SETTLE_LOOK_MS) {
      if (this.early.some(({ event }) => event === leads)) return
      await new Promise((resolve) => setTimeout(resolve, SETTLE_LOOK_MS))
    }
  }

  /** From now on the storm hears what machines note, and first what they have noted. */
  expose(storm: Storm): void {
    this.storm = storm
    for (const { id, event } of this.early) storm.noted(id, event)
  }

  async startClients(): Promise<void> {
    const { nodes } = this.setup.subject
    await Promise.all(nodes.filter(({ role }) => role === 'client').map((spec) => this.startClient(spec)))
  }

  /** Nobody asks for anything any more, so that the others come to rest. */
  async stopClients(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.kill()))
  }

  /** All nodes as they are now, with what their machines have come to. */
  async look(nowMs: Millis): Promise<ClusterView> {
    const servers = [...this.members.values()].map(async ({ spec, server, starts, exitReason }) => {
      const { id, role } = spec
      return { id, role, up: server?.isUp === true, incarnation: starts, state: await server?.state(), exitReason }
    })
    const clients = [...this.clients.values()].map(({ spec: { id, role }, isUp, state }) => {
      return { id, role, up: isUp, incarnation: 1, state }
    })
    const nodes: readonly NodeView[] = [...(await Promise.all(servers)), ...clients]
    return { nowMs, nodes, node: (id) => nodes.find((one) => one.id === id) }
  }

  async close(): Promise<void> {
    this.isClosing = true
    clearTimeout(this.late)
    await this.stopClients()
    await Promise.all([...this.members.values()].map(({ server }) => server?.stop()))
  }

  // ── What the storm does ──────────────────────────────────────────────────────────────────────────────────────

  readonly isServer = (id: NodeId): boolean => this.members.has(id)

  readonly become = (active: readonly ActiveFault[]): void => {
    const halted = this.haltedPids()
    for (const { server } of this.members.values()) server?.become(active, halted)
    for (const client of this.clients.values()) client.become(active)
  }

  readonly crash = (fault: Crash): boolean => {
    const client = this.clients.get(fault.node)
    if (client !== undefined) return this.crashClient(client, fault)
    const member = this.members.get(fault.node)
    if (member === undefined) return false
    const { restartAfterMs, disk, upgrade = false } = fault
    member.comeback = {
      restartAfterMs,
      isEmpty: disk === 'empty',
      isUpgraded: upgrade,
      again: fault.kind === 'crash-in-recovery' ? fault.times : 0,
      isLost: fault.forGood === true,
    }
    member.isOver ||= fault.forGood === true
    if (member.server === undefined) return false
    member.server.kill()
    return true
  }

  readonly halt = (id: NodeId, isHalted: boolean): void => {
    this.members.get(id)?.server?.halt(isHalted)
  }

  readonly reset = (from: NodeId, to: readonly NodeId[]): void => {
    this.clients.get(from)?.reset(to)
    this.members.get(from)?.server?.tell({ kind: 'reset', peers: to })
  }

  readonly spawn = (index: number): void => {
    const spec = this.setup.subject.late.get(index)
    if (spec === undefined || this.clients.has(spec.id) || this.members.has(spec.id)) return
    if (spec.role === 'client') void this.startClient(spec)
    else this.start(this.admit(spec))
  }

  readonly calm = (): void => {
    for (const member of this.members.values()) {
      member.comeback = undefined
      if (!member.isOver && member.server === undefined) this.start(member)
    }
    for (const client of this.clients.values()) if (!client.isUp) void client.start()
  }

  // ── Servers and clients ──────────────────────────────────────────────────────────────────────────────────────

  private admit(spec: NodeSpec): Member {
    const member = {
      server: undefined,
      starts: 0,
      pastEvents: 0,
      upgraded: false,
      isOver: false,
      exitReason: undefined,
    }
    this.members.set(spec.id, { spec, ...member, comeback: undefined })
    return this.members.get(spec.id)!
  }

  private start(member: Member, onUp?: () => void): void {
    const {
      order,
      subject: { plan },
    } = this.setup
    const { id, disk = new Map() } = member.spec
    if (member.starts === 0) writeDisk(this.folderOf(id), disk)
    const startedMs = performance.now()
    const server = new Server(
      {
        ...order,
        scenario: plan.scenario,
        seed: plan.seed,
        settings: plan.settings,
        self: id,
        peers: this.peers,
        dataDirectory: this.folderOf(id),
        incarnation: ++member.starts,
        upgraded: member.upgraded,
        notes: this.notes,
      },
      {
        up: () => {
          this.setup.onLate(id, performance.now() - startedMs - START_MS)
          if ((member.comeback?.again ?? 0) > 0) server.kill()
          onUp?.()
        },
        noted: (event) => this.noted(id, event),
        late: (lateMs) => {
          if (this.storm?.isHalted(id) !== true) this.setup.onLate(id, lateMs)
        },
        unrecorded: this.setup.onUnrecorded,
        ended: (end) => this.ended(member, server, end),
      },
    )
    member.server = server
    server.become(this.storm?.weather() ?? [], this.haltedPids())
    if (this.storm?.isHalted(id) === true) server.halt(true)
  }

  private noted(id: NodeId, event: string): void {
    if (this.storm === undefined) this.early.push({ id, event })
    else this.storm.noted(id, event)
  }

  private get notes(): readonly string[] {
    const { subject, leads } = this.setup
    const awaited = subject.plan.faults.flatMap(({ when }) => (when === undefined ? [] : [when.note]))
    return [...new Set([...awaited, ...(leads === undefined ? [] : [leads])])]
  }

  private ended(member: Member, server: Server, end: ServerEnd): void {
    member.server = undefined
    member.pastEvents += server.events
    if (this.isClosing) return
    const { id } = member.spec
    if (this.refusal !== undefined) {
      this.refusal(new UnavailableError(`${inWords(id, end)}.`))
      return
    }
    if (end.kind === 'ended' && end.how === 'exit') {
      member.isOver = true
      member.exitReason = end.reason
    }
    if (end.kind === 'ended' && end.diskFailed) this.setup.onTrouble(`the disk of ${id} fails for real: ${end.reason}`)
    if (end.kind === 'ended' && end.how === 'failed' && end.error !== 'DiskError') this.setup.onBroken(id, end.reason)
    this.bringBack(member)
  }

  private bringBack(member: Member): void {
    if (member.isOver) return
    const { comeback } = member
    const [minMs, maxMs] = RESTART_MS
    let waitMs: Millis | undefined = (minMs + maxMs) / 2
    if (comeback !== undefined) {
      waitMs = comeback.restartAfterMs
      if (comeback.isEmpty) rmSync(diskFolderOf(this.folderOf(member.spec.id)), { recursive: true, force: true })
      member.upgraded ||= comeback.isUpgraded
      member.comeback = comeback.again > 0 ? { ...comeback, again: comeback.again - 1, isEmpty: false } : undefined
    }
    if (waitMs === undefined) return
    this.setup.after(waitMs, () => {
      if (member.server === undefined && !member.isOver && !this.isClosing) this.start(member)
    })
  }

  private async startClient(spec: NodeSpec): Promise<void> {
    const { subject, recorder } = this.setup
    const { plan, protocol } = subject
    const dataDirectory = this.folderOf(spec.id)
    const client = new Client(spec, { plan, protocol, peers: this.peers, dataDirectory, recorder })
    this.clients.set(spec.id, client)
    client.become(this.storm?.weather() ?? [])
    await client.start()
  }

  private crashClient(client: Client, { restartAfterMs, forGood }: Crash): boolean {
    if (!client.isUp) return false
    void client.kill()
    if (forGood !== true && restartAfterMs !== undefined) {
      this.setup.after(restartAfterMs, () => {
        if (!client.isUp && !this.isClosing) void client.start()
      })
    }
    return true
  }

  private haltedPids(): readonly number[] {
    return [...this.members.values()].flatMap(({ spec, server }) =>
      server?.pid !== undefined && this.storm?.isHalted(spec.id) === true ? [server.pid] : [],
    )
  }

  private folderOf(id: NodeId): string {
    return join(this.setup.directory, id)
  }
}
