import type { AlwaysProperty } from '../../checks/property.ts'
import type { AnyMachine, ClientContext, NodeId, Tagged } from '../../sim/machine.ts'
import type { SimulatedNode } from '../../sim/node.ts'
import type { Packet, RuleVerdict } from '../../sim/rules.ts'
import { Kind } from '../../sim/trace.ts'
import { World, type WorldOptions } from '../../sim/world.ts'
import { noteInWords, Teller, type Words } from './transcript-teller.ts'
import type { Command } from './transcript.ts'

/** A message takes this long; a sync takes no time, unless the disk was made slow. */
const HOP_MS = 1
const FOREVER_MS = 1e9
const MOST_ROUNDS = 200

/**
 * A world whose reader decides what happens next. Messages between servers wait until they are delivered, dropped or
 * doubled; time stands still but for a millisecond a delivery; a client's request arrives, and its reply is told, at
 * once. Everything that happens is told in words, and so is every property that breaks.
 *
 *     fire n1 election              the timer fires now, whenever it would have
 *     deliver n1>n2,n3 AppendEntries   what waits now, of these links and types; all where none is named
 *     drop, duplicate               as deliver, but lost, or said once more
 *     stabilize                     deliver, and what comes of it, until nothing waits
 *     pass 1000                     milliseconds in which timers fire and nothing is delivered
 *     run 1000                      milliseconds in which all arrives; only notes are told, with their time
 *     kill n1, lose-power n1, restart n1
 *     wipe n1                       restart with an empty disk
 *     slow-disk n1                  nothing that it writes becomes durable, until it is started again
 *     cut n1,n2 n3                  nothing passes between the groups
 *     cut n1>n2                     nothing passes that way
 *     heal                          ends all cuts
 */
export class TranscriptWorld {
  readonly world: World
  private readonly teller: Teller
  private readonly heard: (client: NodeId, message: Tagged) => void
  private held: Packet[] = []
  /** Each says of a packet whether it is lost. */
  private cuts: ((packet: Packet) => boolean)[] = []
  /** Everything arrives by itself. */
  private flowing = false
  private readonly notes: string[] = []
  private seenEvents = 0
  private restarts = 0

  /** `heard` is called with what clients are told. */
  constructor(
    options: Pick<WorldOptions, 'seed' | 'protocol' | 'nodes'>,
    words: Words,
    properties: readonly AlwaysProperty[],
    heard: (client: NodeId, message: Tagged) => void = () => {},
  ) {
    this.heard = heard
    this.teller = new Teller(words, properties)
    this.world = new World({
      ...options,
      network: { latencyMs: [HOP_MS, HOP_MS], loss: 0, duplication: 0 },
      syncMs: [0, 0],
      trace: true,
      observe: (node) => this.observe(node),
    })
    // No rare path is forced here.
    this.world.calm = true
    this.world.rule((packet) => this.judge(packet))
    this.advance(0)
  }

  /** Carries out a command that concerns any system; undefined where it is none. */
  execute({ name, words, options }: Command): readonly string[] | undefined {
    const [first = '', second = ''] = words
    const perform: (() => void) | undefined = {
      fire: () => this.fire(first, second),
      deliver: () => this.deliver(words),
      drop: () => this.drop(words),
      duplicate: () => this.duplicate(words),
      stabilize: () => this.stabilize(words),
      pass: () => this.advance(millis(first)),
      run: () => this.flow(millis(first)),
      kill: () => this.world.inject({ kind: 'kill', node: this.server(first).id }),
      'lose-power': () => this.losePower(first),
      restart: () => this.restart(first, 'kept'),
      wipe: () => this.restart(first, 'empty'),
      'slow-disk': () => this.slowDisk(first),
      cut: () => this.cut(words),
      heal: () => void (this.cuts = []),
    }[name]
    if (perform === undefined) return undefined
    if (options.size > 0) throw new Error(`${name} has no options`)
    perform()
    this.advance(0)
    return this.tell()
  }

  /** What was told since the last time. */
  tell(): readonly string[] {
    return [...this.teller.take(), ...this.notes.splice(0)]
  }

  /** The servers, up or not. */
  get servers(): readonly SimulatedNode[] {
    return this.world.nodes.filter(({ role }) => role === 'server')
  }

  /** A client asks: the request arrives at once. */
  ask(client: NodeId, server: NodeId, message: Tagged): void {
    if (this.world.find(client) === undefined) {
      const machine: AnyMachine = { start: () => ({}), onMessage: () => {} }
      this.world.spawn({ id: client, role: 'client', machine: () => machine })
      this.advance(0)
    }
    this.say(client, this.server(server).id, message)
    this.advance(0)
  }

  // ── What may happen ──────────────────────────────────────────────────────────────────────────────────────────

  /** A timer fires now, whenever it would have. */
  private fire(id: NodeId, timer: string): void {
    const node = this.server(id)
    const armed = [...node.timers.values()].filter(({ deadlineUs }) => deadlineUs >= 0).map(({ key }) => key)
    if (!node.up || !armed.includes(timer)) {
      throw new Error(`${id} has no timer "${timer}" armed, but ${armed.join(', ') || 'none'}`)
    }
    this.world.record(Kind.timer, node, undefined, timer, 0, 0, 0, timer)
    this.world.handle(node, (machine, context) => {
      ;(context as ClientContext<Tagged, string>).cancelTimer(timer)
      machine.onTimer!(node.state, context, timer)
    })
  }

  /** One after the other, each with all that its receiver does at once. */
  private deliver(words: readonly string[]): void {
    for (const chosen of this.take(this.chosen(words))) {
      this.world.release((packet) => packet === chosen)
      this.advance(HOP_MS)
    }
  }

  private drop(words: readonly string[]): void {
    for (const { from, to, message } of this.take(this.held.filter(choice(words)))) {
      this.teller.loses(from, to, message)
    }
  }

  /** The copies wait behind what waits already. */
  private duplicate(words: readonly string[]): void {
    for (const { from, to, message } of this.chosen(words)) this.say(from, to, message)
  }

  /** Delivers what waits, and what comes of it, until nothing more does. */
  private stabilize(words: readonly string[]): void {
    for (let round = 0; round === 0 || this.held.some(choice(words)); round++) {
      if (round === MOST_ROUNDS) throw new Error(`messages bring forth messages, still after ${MOST_ROUNDS} rounds`)
      this.deliver(words)
    }
  }

  /** Time goes by, and all that is sent arrives, what waited first. Only notes are told, with their time. */
  private flow(forMs: number): void {
    this.flowing = true
    this.held = []
    this.world.release()
    this.advance(forMs)
    this.flowing = false
    this.teller.take()
  }

  private losePower(id: NodeId): void {
    const torn = (): number => this.world.effects.get('torn-write') ?? 0
    const before = torn()
    this.world.inject({ kind: 'power-loss', node: this.server(id).id })
    this.tellNews()
    if (torn() > before) this.teller.say('a write is torn')
  }

  private restart(id: NodeId, disk: 'kept' | 'empty'): void {
    const node = this.server(id)
    if (node.up) throw new Error(`${id} is up`)
    node.slowSyncByUs = 0
    this.world.processes.startIn(node, 0, { cause: ++this.restarts, disk, upgrade: false })
  }

  /** From now on nothing that is written becomes durable, until the next restart. */
  private slowDisk(id: NodeId): void {
    const { world } = this
    world.inject({ kind: 'slow-sync', node: this.server(id).id, byMs: FOREVER_MS, forMs: FOREVER_MS })
  }

  /**
   * `cut n1,n2 n3`: nothing passes between different groups. `cut n1>n2`: nothing passes that way. What is on its way
   * there is lost.
   */
  private cut(words: readonly string[]): void {
    if (words.length === 0) throw new Error('say between whom')
    const links = words.filter((word) => word.includes('>'))
    const groups = words.filter((word) => !word.includes('>')).map((group) => group.split(','))
    for (const id of groups.flat()) this.server(id)
    if (links.length > 0) this.cuts.push(choice(links))
    this.cuts.push(({ from, to }) => {
      const one = groups.findIndex((group) => group.includes(from))
      const other = groups.findIndex((group) => group.includes(to))
      return one >= 0 && other >= 0 && one !== other
    })
    this.held = this.held.filter((packet) => !this.isCut(packet))
  }

  private isCut(packet: Packet): boolean {
    return this.cuts.some((cuts) => cuts(packet))
  }

  // ── How it happens ───────────────────────────────────────────────────────────────────────────────────────────

  private server(id: NodeId): SimulatedNode {
    const node = this.servers.find((server) => server.id === id)
    if (node === undefined) throw new Error(`"${id}" is no server; ${this.servers.map((one) => one.id).join(', ')} are`)
    return node
  }

  /** What is to be delivered must be there: or the story is another one than its reader believes. */
  private chosen(words: readonly string[]): readonly Packet[] {
    const chosen = this.held.filter(choice(words))
    if (chosen.length === 0) throw new Error('no such message waits')
    return chosen
  }

  private take(packets: readonly Packet[]): ReadonlySet<Packet> {
    const chosen = new Set(packets)
    this.held = this.held.filter((packet) => !chosen.has(packet))
    return chosen
  }

  private say(from: NodeId, to: NodeId, message: Tagged): void {
    this.world.handle(this.world.node(from), (_machine, context) =>
      (context as ClientContext<Tagged>).send(to, message),
    )
  }

  private judge(packet: Packet): RuleVerdict {
    const { from, to, message } = packet
    const sender = this.world.node(from)
    if (sender.role === 'client') return { delayMs: 0 }
    this.tellNews()
    this.teller.facts(sender)
    const lost = this.isCut(packet)
    this.teller.sends(to, message, lost)
    if (lost) return 'drop'
    if (this.world.node(to).role === 'client') {
      this.heard(to, message)
      return 'drop'
    }
    if (this.flowing) return { delayMs: HOP_MS }
    this.held.push(packet)
    return 'hold'
  }

  private observe(node: SimulatedNode): void {
    const { world } = this
    this.tellNews()
    if (node.role !== 'server') return
    this.teller.changed(node, { nowMs: world.nowMs, nodes: world.nodes, node: (id) => world.find(id) })
  }

  /** Tells of the events since the last time. */
  private tellNews(): void {
    const { events } = this.world.trace!
    for (; this.seenEvents < events.length; this.seenEvents++) {
      const event = events[this.seenEvents]!
      if (event.node !== undefined && this.world.node(event.node).role === 'client') continue
      this.teller.event(event)
      if (!this.flowing) continue
      for (const { event: note, detail } of event.notes) {
        this.notes.push(`${(event.atUs / 1000).toFixed(1)} ms, ${event.node}: ${noteInWords(note, detail)}`)
      }
    }
  }

  /** Carries out all that is due until then. */
  private advance(forMs: number): void {
    const { world } = this
    const untilMs = world.nowMs + forMs
    while (world.queue.length > 0 && world.queue.nextAtUs <= untilMs * 1000) {
      world.step()
      this.tellNews()
    }
    world.run(untilMs)
    this.tellNews()
  }
}

function millis(word: string): number {
  if (!/^\d+$/.test(word)) throw new Error('say for how many milliseconds')
  return Number(word)
}

/** Which packets words mean: `n1>n2,n3` by their link, `RequestVote` by their type; all where there are none. */
function choice(words: readonly string[]): (packet: Packet) => boolean {
  const links = words.filter((word) => word.includes('>')).map((word) => word.split('>').map((side) => side.split(',')))
  const types = words.filter((word) => !word.includes('>'))
  const matches = (side: readonly string[] | undefined, id: NodeId): boolean =>
    side?.includes('*') === true || side?.includes(id) === true
  return ({ from, to, message }) =>
    (links.length === 0 || links.some(([senders, receivers]) => matches(senders, from) && matches(receivers, to))) &&
    (types.length === 0 || types.includes(message.type))
}
