import type { AlwaysProperty, ClusterView, NodeView } from '../../../checks/property.ts'
import { dictionary } from '../../../nodes/dictionary/dictionary.ts'
import { raftInvariants } from '../../../nodes/raft/invariants.ts'
import type { ClusterChange } from '../../../nodes/raft/cluster-change.ts'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import type { RaftOptions } from '../../../nodes/raft/raft.ts'
import { raftServer } from '../../../nodes/raft/server.ts'
import type { RaftState } from '../../../nodes/raft/state.ts'
import { HandDriven, type Message } from '../../nodes/support/hand-driven.ts'

export interface OnTheWay {
  readonly from: string
  readonly to: string
  readonly message: Message
}

type Which = (letter: OnTheWay) => boolean

interface Given extends Partial<RaftOptions> {
  readonly bug?: string | undefined
  readonly servers?: readonly string[]
  /** Servers that are there and not yet in the cluster. */
  readonly spare?: readonly string[]
}

/** The paper's Raft, unless a test asks for what the dissertation adds to it. */
const PAPER = { preVote: false, checkQuorum: false, maxRepeatedEntries: 0 }

/**
 * A cluster in which nothing happens by itself: a test says whose timer fires and which message arrives, and what is
 * not let through stays on its way. What a server writes is durable at once. The invariants are asked after each step.
 */
export class HandCluster {
  readonly wire: OnTheWay[] = []
  readonly broken: string[] = []
  /** What clients were told, in order. */
  readonly told: Message[] = []
  private readonly servers = new Map<string, HandDriven<RaftState>>()
  private readonly incarnations = new Map<string, number>()
  private readonly machine: () => ReturnType<typeof raftServer>
  private readonly watchers: readonly { readonly property: AlwaysProperty; readonly memory: unknown }[]
  private serial = 0

  constructor({ bug, servers = ['n1', 'n2', 'n3', 'n4', 'n5'], spare = [], ...options }: Given = {}) {
    this.watchers = raftInvariants.map((property) => ({ property, memory: property.memory() }))
    this.machine = () => raftServer({ servers, stateMachine: dictionary, bug, ...PAPER, ...options })
    for (const id of [...servers, ...spare]) {
      this.servers.set(id, new HandDriven(this.machine(), id, formatServer(id)))
      this.incarnations.set(id, 1)
    }
  }

  state(id: string): RaftState {
    return this.servers.get(id)!.state
  }

  notes(id: string): readonly string[] {
    return this.servers.get(id)!.ctx.notes
  }

  timer(id: string): number | readonly [number, number] | undefined {
    return this.servers.get(id)!.ctx.timers.get('election')
  }

  /** Time goes by, on all clocks. */
  wait(ms: number): void {
    for (const { ctx } of this.servers.values()) ctx.now += ms
  }

  /** The election timer of a server fires. */
  timeout(id: string): void {
    this.carryOut(id, (server) => server.fire('election'))
  }

  heartbeat(id: string): void {
    this.carryOut(id, (server) => server.fire('heartbeat'))
  }

  /** A client asks a server, each time under a session of its own. */
  ask(id: string, value: string): void {
    const command = { action: 'set', key: 'x', value }
    this.give({ from: 'c1', to: id, message: request(`s${++this.serial}`, command) })
  }

  /** Asks a server to change the cluster. */
  change(id: string, action: ClusterChange['action'], server: string): void {
    const change = { action, server }
    this.give({
      from: 'admin',
      to: id,
      message: { type: 'ClusterRequest', session: 'admin', serial: ++this.serial, change },
    })
  }

  /** Hands a message over, as often as one likes. */
  give({ from, to, message }: OnTheWay): void {
    this.carryOut(to, (server) => server.receive(from, message))
  }

  /** Lets through what is on its way, and what comes of it, as far as the test says so. */
  deliver(which: Which = () => true): void {
    for (let place = this.wire.findIndex(which); place >= 0; place = this.wire.findIndex(which)) {
      this.give(this.wire.splice(place, 1)[0]!)
    }
  }

  /** Takes messages off the wire and gives them back, for later or never. */
  take(which: Which = () => true): OnTheWay[] {
    const taken = this.wire.filter(which)
    this.wire.splice(0, this.wire.length, ...this.wire.filter((letter) => !which(letter)))
    return taken
  }

  /**
   * Lets a server win an election, in a term later than all, with the votes of these, who hear nothing else. One that
   * still takes itself for a leader has crashed before.
   */
  elect(id: string, ...voters: string[]): void {
    if (this.state(id).role === 'leader') this.restart(id)
    const latest = Math.max(...[...this.servers.values()].map(({ state }) => state.term))
    while (this.state(id).term <= latest) {
      this.take(({ message }) => message.type === 'RequestVote')
      this.timeout(id)
    }
    const isVote: Which = ({ from, to, message }) =>
      message.type.startsWith('RequestVote') && (voters.includes(from) || voters.includes(to))
    this.deliver(isVote)
    this.take(({ message }) => message.type.startsWith('RequestVote'))
  }

  restart(id: string): void {
    this.servers.set(id, this.servers.get(id)!.restarted(this.machine()))
    this.incarnations.set(id, this.incarnations.get(id)! + 1)
    this.observe(id)
  }

  get view(): ClusterView {
    const nodes = [...this.servers.keys()].map((id) => this.nodeView(id))
    return { nowMs: 0, nodes, node: (id) => nodes.find((node) => node.id === id) }
  }

  get leaders(): string[] {
    return [...this.servers].filter(([, { state }]) => state.role === 'leader').map(([id]) => id)
  }

  /** What a server says arrives when the test says so; only what it says to itself arrives at once. */
  private carryOut(
    id: string,
    act: (server: HandDriven<RaftState>) => readonly { to: string; message: Message }[],
  ): void {
    const sent = [...act(this.servers.get(id)!)]
    this.observe(id)
    for (const { to, message } of sent) {
      if (to === id) this.give({ from: id, to, message })
      else if (this.servers.has(to)) this.wire.push({ from: id, to, message })
      else this.told.push(message)
    }
  }

  private observe(id: string): void {
    const { view } = this
    for (const { property, memory } of this.watchers) {
      if (property.check(view, memory, this.nodeView(id)) === undefined) continue
      if (!this.broken.includes(property.name)) this.broken.push(property.name)
    }
  }

  private nodeView(id: string): NodeView {
    const { state } = this.servers.get(id)!
    return { id, role: 'server', up: true, incarnation: this.incarnations.get(id)!, state }
  }
}

export const between =
  (...ids: string[]): Which =>
  ({ from, to }) =>
    ids.includes(from) && ids.includes(to)

export const ofType =
  (type: RaftMessage['type']): Which =>
  ({ message }) =>
    message.type === type

function request(session: string, command: object): Message {
  return { type: 'ClientRequest', session, serial: 1, command }
}
