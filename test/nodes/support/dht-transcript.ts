import type { Operation } from '../../../checks/history.ts'
import type { ClusterView } from '../../../checks/property.ts'
import type { DhtInput, DhtOutput } from '../../../nodes/dht/client.ts'
import type { DhtOptions } from '../../../nodes/dht/dht.ts'
import { foundedDisks } from '../../../nodes/dht/founding.ts'
import { dhtInvariants } from '../../../nodes/dht/invariants.ts'
import { positionOf } from '../../../nodes/dht/items.ts'
import { noGhosts, replicasEqual, ringsAgree } from '../../../nodes/dht/liveness.ts'
import type { DhtMessage } from '../../../nodes/dht/messages.ts'
import { dhtNode } from '../../../nodes/dht/node.ts'
import { dhtProtocol } from '../../../nodes/dht/protocol.ts'
import type { Answer, Context, DhtRequest } from '../../../nodes/dht/requests.ts'
import { nothingLost, readsAreTrue, seesWrites } from '../../../nodes/dht/sees-writes.ts'
import type { DhtState } from '../../../nodes/dht/state.ts'
import { ownersAt } from '../../../nodes/ring/ring.ts'
import type { Tagged } from '../../../sim/machine.ts'
import type { Protocol } from '../../../sim/protocol.ts'
import type { Command } from '../../support/transcript.ts'
import { TranscriptWorld } from '../../support/transcript-world.ts'
import { DhtWords } from './dht-words.ts'

/** So slow that no timer fires before the reader wants it to, but for those that end a wait. */
const SLOW: Partial<DhtOptions> = {
  joinsAtStart: false,
  exitsWhenGone: false,
  tokens: 1,
  gossipEveryMs: 1e7,
  choresEveryMs: 1e7,
  repairEveryMs: 1e7,
  suspectAfterMs: 10_000,
  retryMs: 1_000,
  requestTimeoutMs: 5_000,
}

/** Without connections that open and break: what is said waits until the reader delivers it. */
const protocol = Object.fromEntries(
  Object.entries(dhtProtocol()).map(([type, declared]) => [type, { ...declared, transport: 'datagram' }]),
) as Protocol<DhtMessage>

/** What one client knows of a key from its last read. */
interface Seen {
  readonly values: readonly string[]
  readonly context: Context
}

interface Asked {
  readonly operation: Operation<DhtInput, DhtOutput>
  readonly client: string
}

/**
 * A table as a transcript drives it. What may happen to any system, `TranscriptWorld` knows; and besides
 *
 *     table n1 n2 n3 spare=n4 replicas=2   begins: the founders of a settled ring, and nodes that are no members; options
 *                                          of `dhtNode`, `bug`, `seeds`, `seed`, and `founding`, which of the possible rings
 *     ask n1 alice get apple        a client asks a node: get, put and delete, as one who has read what it last got;
 *     ask n1 alice set apple red    set, as one who replaces whatever is there
 *     ask n4 admin join             join and leave, and of another node: remove n4, add n4
 *     owners apple                  who is to keep it, as each node sees it
 *     places apple                  where the members' tokens stand on the ring, and where the key does
 *     items                         what each node keeps
 *     judge                         whether what clients were told, and where the nodes are now, is as it should be
 */
export class DhtTranscript {
  private world: TranscriptWorld | undefined
  private words = new DhtWords()
  private history: Operation<DhtInput, DhtOutput>[] = []
  private readonly asked = new Map<number, Asked>()
  private readonly seen = new Map<string, Seen>()
  private replicas = 3

  interpret(command: Command): readonly string[] {
    const { name, words, options } = command
    if (name === 'table') return this.begin(words, options)
    const { world } = this
    if (world === undefined) throw new Error('first say which nodes there are')
    switch (name) {
      case 'ask':
        return this.ask(world, words)
      case 'owners':
        return this.perNode(world, (state) => this.ownersOf(state, words[0] ?? ''))
      case 'places':
        return this.places(world, words)
      case 'items':
        return this.perNode(world, (state) => this.words.itemsOf(state))
      case 'judge':
        return this.judge(world)
    }
    const told = world.execute(command)
    if (told === undefined) throw new Error(`there is no command "${name}"`)
    return told
  }

  private begin(founders: readonly string[], options: ReadonlyMap<string, string>): readonly string[] {
    const { spare = '', seeds = 'n1', seed = '1', founding = '0', bug, ...numbers } = Object.fromEntries(options)
    const given = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)]))
    const configuration = { ...SLOW, ...given, seeds: seeds.split(','), bug }
    this.replicas = configuration.replicas ?? 3
    this.words = new DhtWords()
    this.history = []
    this.asked.clear()
    this.seen.clear()
    const disks = foundedDisks(founders, configuration.tokens ?? 1, Number(founding))
    const nodes = [...founders, ...(spare === '' ? [] : spare.split(','))].map((id) => ({
      id,
      role: 'server',
      machine: () => dhtNode(configuration),
      ...(disks.has(id) ? { disk: disks.get(id)! } : {}),
    }))
    const told = (_client: string, message: Tagged): void => this.onAnswer(message)
    this.world = new TranscriptWorld({ seed: Number(seed), protocol, nodes }, this.words as never, dhtInvariants, told)
    const begun = this.world.tell()
    // Each founder has heard of the others lately, and so suspects nobody.
    for (const id of founders) this.world.execute({ name: 'fire', words: [id, 'gossip'], options: new Map() })
    if (founders.length > 1) this.world.execute({ name: 'drop', words: [], options: new Map() })
    this.world.tell()
    return begun
  }

  /** `ask n1 alice put apple red`. */
  private ask(world: TranscriptWorld, words: readonly string[]): readonly string[] {
    const [server = '', client = '', action = '', subject = '', value = ''] = words
    const id = this.asked.size
    const { input, request } = this.wish(world, client, action, subject === '' ? server : subject, value)
    const operation: Operation<DhtInput, DhtOutput> = {
      id,
      process: client,
      input,
      invokedAtMs: world.world.nowMs,
      returnedAtMs: Infinity,
      outcome: 'info',
    }
    this.history.push(operation)
    this.asked.set(id, { operation, client })
    const message: DhtMessage = { type: 'Request', id, request }
    world.ask(client, server, message)
    return world.tell()
  }

  private wish(
    world: TranscriptWorld,
    client: string,
    action: string,
    subject: string,
    value: string,
  ): { readonly input: DhtInput; readonly request: DhtRequest } {
    const { values, context } = this.seen.get(`${client} ${subject}`) ?? { values: [], context: [] }
    if (['get', 'put', 'set', 'delete'].includes(action)) this.words.meetKey(positionOf(subject), subject)
    switch (action) {
      case 'get':
        return { input: { action, key: subject }, request: { type: 'GET', key: subject } }
      case 'put':
        return {
          input: { action, key: subject, value, saw: values },
          request: { type: 'PUT', key: subject, value, context },
        }
      case 'set':
        return {
          input: { action: 'put', key: subject, value, saw: null },
          request: { type: 'PUT', key: subject, value },
        }
      case 'delete':
        return { input: { action, key: subject, saw: values }, request: { type: 'DELETE', key: subject, context } }
      case 'join':
        return { input: { action, node: subject }, request: { type: 'JOIN' } }
      case 'leave':
        return { input: { action, node: subject }, request: { type: 'SHUTDOWN' } }
      case 'remove':
        return { input: { action, node: subject }, request: { type: 'REMOVE', nodeId: subject } }
      case 'add':
        return { input: { action, node: subject }, request: { type: 'ADD', member: memberAt(world, subject) } }
    }
    throw new Error(`nobody can ask a node to "${action}"`)
  }

  private onAnswer(message: Tagged): void {
    const { id, answer } = message as unknown as { id: number; answer: Answer }
    const { operation, client } = this.asked.get(id)!
    const { input } = operation
    if (answer.status === 503) return
    operation.returnedAtMs = this.world!.world.nowMs
    operation.outcome = answer.status === 200 || answer.status === 404 ? 'ok' : 'fail'
    if (input.action !== 'get') {
      operation.output = { attempts: 1 }
      return
    }
    const { values = [], context = [], isComplete = false } = answer
    operation.output = { values, isComplete }
    this.seen.set(`${client} ${input.key}`, { values, context })
  }

  private ownersOf({ history }: DhtState, key: string): string {
    const ids = ownersAt(history.ring, positionOf(key), this.replicas)
    return ids.map((id) => this.words.member(id)).join(' ')
  }

  /** By the first digits of each, in the order of the ring. */
  private places(world: TranscriptWorld, keys: readonly string[]): readonly string[] {
    const { history } = world.servers.find(({ up }) => up)!.state as DhtState
    const tokens = history.ring.map(({ position, owner }) => `${position.slice(0, 4)} ${this.words.member(owner)}`)
    return [...tokens, ...keys.map((key) => `${positionOf(key).slice(0, 4)} ${key}`)].sort()
  }

  private perNode(world: TranscriptWorld, inWords: (state: DhtState) => string): readonly string[] {
    return world.servers.map(({ id, up, state }) => `${id}: ${up ? inWords(state as DhtState) : 'down'}`)
  }

  private judge({ world }: TranscriptWorld): readonly string[] {
    const view: ClusterView = { nowMs: world.nowMs, nodes: world.nodes, node: (id) => world.find(id) }
    const wrong: string[] = []
    for (const property of [ringsAgree, noGhosts, replicasEqual]) {
      const why = property.check(view, this.history, undefined)
      if (why !== undefined) wrong.push(`BROKEN, ${property.name}: ${why}`)
    }
    for (const property of [seesWrites, readsAreTrue, nothingLost]) {
      const verdict = property.check(this.history, view)
      if (verdict.verdict !== 'violated') continue
      for (const { summary } of verdict.violations) wrong.push(`BROKEN, ${property.name}: ${summary}`)
    }
    return wrong.length === 0 ? ['all is well'] : wrong
  }
}

/** As an administrator knows it from the history of the ring. */
function memberAt(world: TranscriptWorld, uri: string): Extract<DhtRequest, { type: 'ADD' }>['member'] {
  const events = world.servers.flatMap(({ state }) => (state as DhtState | undefined)?.history.events ?? [])
  const known = [...events].reverse().find(({ member }) => member.uri === uri)
  if (known === undefined) throw new Error(`nobody knows ${uri}`)
  return known.member
}
