import { defaultDhtOptions, type DhtOptions } from '../../../nodes/dht/dht.ts'
import { foundedDisks } from '../../../nodes/dht/founding.ts'
import type { DhtMessage } from '../../../nodes/dht/messages.ts'
import { type DhtConfiguration, dhtNode } from '../../../nodes/dht/node.ts'
import { dhtProtocol } from '../../../nodes/dht/protocol.ts'
import type { Answer, DhtRequest } from '../../../nodes/dht/requests.ts'
import type { DhtState } from '../../../nodes/dht/state.ts'
import { ownersAt } from '../../../nodes/ring/ring.ts'
import type { AnyMachine, ClientMachine } from '../../../sim/machine.ts'
import type { WorldNode } from '../../../sim/node.ts'
import { World } from '../../../sim/world.ts'

interface Given {
  readonly bug?: string | undefined
  readonly seed?: number
  readonly nodes: readonly string[]
  /** Of these, the members of a settled ring from the start; none unless given. */
  readonly founders?: readonly string[]
  /** Which ring the founders form. */
  readonly ring?: number
  readonly options?: Partial<DhtOptions>
  /** How long each message takes. */
  readonly latencyMs?: number
}

interface AskerState {
  readonly answers: Map<number, Answer>
}

type Asker = ClientMachine<AskerState, DhtMessage, { readonly type: 'ask'; readonly id: number }>

/**
 * A table of a few nodes on links that lose nothing, of 5 ms unless a test says otherwise, and someone outside who asks by hand. Nothing goes wrong
 * but what a test stages.
 */
export class Table {
  readonly world: World
  private spawned = 0

  constructor({ bug, seed = 1, nodes, founders = [], ring = 0, options = {}, latencyMs = 5 }: Given) {
    const disks = foundedDisks(founders, options.tokens ?? 2, ring)
    this.world = new World({
      seed,
      protocol: dhtProtocol('stream'),
      network: { latencyMs: [latencyMs, latencyMs], loss: 0, duplication: 0 },
      syncMs: [1, 1],
      trace: true,
      nodes: nodes.map((id) => ({
        ...nodeSpec(id, { joinsAtStart: founders.length === 0, ...options, bug }),
        ...(disks.has(id) ? { disk: disks.get(id)! } : {}),
      })),
    })
    this.runFor(0)
  }

  /** Starts one more node, which joins through the seed. */
  join(id: string, options: Partial<DhtOptions> = {}): void {
    this.world.spawn(nodeSpec(id, options))
  }

  /** The nodes that keep what stands there, as one of them sees it. */
  ownersOf(id: string, position: string): readonly string[] {
    const { ring, members } = this.state(id).history
    return ownersAt(ring, position, defaultDhtOptions.replicas).map((owner) => members.get(owner)!.uri)
  }

  state(id: string): DhtState {
    return this.world.state<DhtState>(id)!
  }

  runFor(ms: number): void {
    this.world.run(this.world.nowMs + ms)
  }

  /** Asks a node and waits for its answer, at most so long. */
  ask(to: string, request: DhtRequest, withinMs = 2_000): Answer {
    const answer = this.begin(to, request)
    const endMs = this.world.nowMs + withinMs
    this.world.run(endMs, () => answer() !== undefined)
    const given = answer()
    if (given === undefined) throw new Error(`${to} did not answer ${request.type}`)
    return given
  }

  /** Asks a node; what it has answered by the time one looks. */
  begin(to: string, request: DhtRequest): () => Answer | undefined {
    const id = ++this.spawned
    this.world.spawn({ id: `h${id}`, role: 'outside', machine: () => asker(to, id, request) })
    return () => this.world.state<AskerState>(`h${id}`)?.answers.get(id)
  }

  get(to: string, key: string): Answer {
    return this.ask(to, { type: 'GET', key })
  }

  put(to: string, key: string, value: string): Answer {
    return this.ask(to, { type: 'PUT', key, value })
  }

  /** The keys a node holds, in the order of the alphabet. */
  keysAt(id: string): readonly string[] {
    return [...this.state(id).items.values()].map(({ key }) => key).sort()
  }

  /** Notes of a node with this name, with their details. */
  notes(id: string, event: string): readonly unknown[] {
    const events = this.world.trace?.events ?? []
    return events.flatMap((one) =>
      one.node === id ? one.notes.filter((note) => note.event === event).map(({ detail }) => detail) : [],
    )
  }
}

/** The first node is everyone's seed, and founds the ring. */
function nodeSpec(id: string, configuration: DhtConfiguration): WorldNode {
  const machine = (): AnyMachine =>
    dhtNode({
      seeds: id === 'n1' ? [] : ['n1'],
      exitsWhenGone: false,
      gossipEveryMs: 100,
      suspectAfterMs: 500,
      choresEveryMs: 50,
      repairEveryMs: 200,
      requestTimeoutMs: 500,
      ...configuration,
    })
  return { id, role: 'server', machine }
}

function asker(to: string, id: number, request: DhtRequest): Asker {
  return {
    start: (ctx) => {
      ctx.send(to, { type: 'Request', id, request })
      return { answers: new Map() }
    },
    onMessage: (state, _ctx, _from, message) => {
      if (message.type === 'Answer') state.answers.set(message.id, message.answer)
    },
    onTimer: () => {},
  }
}
