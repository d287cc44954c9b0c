import type { AlwaysProperty, ClusterView } from '../../../checks/property.ts'
import { linearizable } from '../../../checks/linearizability/linearizable.ts'
import {
  dictionary,
  dictionaryAnswerSchema,
  type DictionaryCommand,
  dictionaryCommandSchema,
} from '../../../nodes/dictionary/dictionary.ts'
import { dictionaryModel } from '../../../nodes/dictionary/model.ts'
import { raftClient } from '../../../nodes/raft/client.ts'
import { raftInvariants } from '../../../nodes/raft/invariants.ts'
import type { RaftMessage } from '../../../nodes/raft/messages.ts'
import { formatServer } from '../../../nodes/raft/persistence.ts'
import { raftProtocol } from '../../../nodes/raft/protocol.ts'
import type { RaftOptions } from '../../../nodes/raft/raft.ts'
import { raftSchemas } from '../../../nodes/raft/schemas.ts'
import { raftServer } from '../../../nodes/raft/server.ts'
import type { RaftState } from '../../../nodes/raft/state.ts'
import type { SimulatedNode } from '../../../sim/node.ts'
import type { Packet, RuleVerdict } from '../../../sim/rules.ts'
import { World } from '../../../sim/world.ts'

export const SERVERS = ['n1', 'n2', 'n3', 'n4', 'n5']
const schemas = raftSchemas(dictionaryCommandSchema, dictionaryAnswerSchema)

export interface StagedOperation {
  readonly client: 'c1' | 'c2'
  readonly at: number
  /** The only server it is asked of. */
  readonly server: string
  readonly input: DictionaryCommand
}

export interface Staging {
  readonly bug?: string | undefined
  readonly seed?: number
  /** The election timeout of each server, in milliseconds, always the same, so that it is known who leads when. */
  readonly timeoutsMs: readonly number[]
  readonly operations?: readonly StagedOperation[]
  /** Of all servers. The paper's Raft, unless given: what the dissertation adds to it would only get in the way. */
  readonly options?: Partial<RaftOptions>
}

export const PAPER: Partial<RaftOptions> = { preVote: false, checkQuorum: false, maxRepeatedEntries: 0 }

/** Five servers and two clients on links of 5 ms that lose nothing; what goes wrong is staged by the test. */
export class Stage {
  readonly world: World
  /** The invariants that broke, in order. */
  readonly broken: string[] = []
  private readonly watchers: readonly { readonly property: AlwaysProperty; readonly memory: unknown }[]

  constructor({ bug, seed = 1, timeoutsMs, operations = [], options = PAPER }: Staging) {
    this.watchers = raftInvariants.map((property) => ({ property, memory: property.memory() }))
    this.world = new World({
      seed,
      protocol: raftProtocol('datagram', schemas, dictionary),
      network: { latencyMs: [5, 5], loss: 0, duplication: 0 },
      syncMs: [1, 1],
      nodes: [
        ...SERVERS.map((id, place) => ({
          id,
          role: 'server',
          disk: formatServer(id),
          machine: () =>
            raftServer({
              servers: SERVERS,
              stateMachine: dictionary,
              bug,
              electionTimeoutMs: [timeoutsMs[place]!, timeoutsMs[place]!],
              ...options,
            }),
        })),
        ...operations.map(({ client, at, server, input }, place) => ({
          id: `${client}.${place + 1}`,
          role: 'client',
          machine: () =>
            raftClient({
              servers: [server],
              stateMachine: dictionary,
              operations: [{ id: place, atMs: at, input }],
              ...(options.sessionTtlMs === undefined ? {} : { sessionTtlMs: options.sessionTtlMs }),
            }),
        })),
      ],
      observe: (node) => this.observe(node),
    })
  }

  private observe(node: SimulatedNode): void {
    const { view } = this
    for (const { property, memory } of this.watchers) {
      if (property.check(view, memory, node) !== undefined && !this.broken.includes(property.name)) {
        this.broken.push(property.name)
      }
    }
  }

  rule(decide: (packet: Packet<RaftMessage>) => RuleVerdict): void {
    this.world.rule<RaftMessage>(decide)
  }

  get view(): ClusterView {
    const { world } = this
    return { nowMs: world.nowMs, nodes: world.nodes, node: (id) => world.find(id) }
  }

  leads(id: string): boolean {
    return this.server(id)?.role === 'leader'
  }

  /** The state of a server that is up. */
  server(id: string): RaftState | undefined {
    return this.world.state<RaftState>(id)
  }

  /** The world goes on, event by event, until it has come to this. */
  runUntil(hasCome: () => boolean): void {
    for (let events = 0; !hasCome(); events++) {
      if (events === 100_000) throw new Error('the script waits for what never comes')
      this.world.step()
    }
  }

  /** What each operation came to: its answer, or how it ended otherwise. */
  get answers(): readonly unknown[] {
    return [...this.world.history.operations]
      .sort((one, other) => one.id - other.id)
      .map(({ outcome, output }) => (outcome === 'ok' ? output : outcome))
  }

  /** The shape of what clients saw go wrong; undefined where they saw nothing. */
  get contradiction(): string | undefined {
    const verdict = linearizable(dictionaryModel).check(this.world.history.operations, this.view)
    return verdict.verdict === 'violated' ? verdict.violations[0]!.shape : undefined
  }
}

export function set(value: string): DictionaryCommand {
  return { action: 'set', key: 'x', value }
}

export const get: DictionaryCommand = { action: 'get', key: 'x' }
