import type { AlwaysProperty, ClusterView, NodeView } from '../../checks/property.ts'
import type { NodeId, PlainData, Tagged } from '../../sim/machine.ts'
import type { TraceEvent } from '../../sim/trace.ts'

/** How a system is put into words. */
export interface Words {
  message(message: Tagged): string
  /** What is told of a node's state whenever it changes. */
  facts(state: unknown): Readonly<Record<string, string>>
}

/**
 * Tells what happens in a world, a paragraph an event: what happened, and indented below what the node noted, how its
 * state changed, which property broke and what was sent.
 */
export class Teller {
  private readonly words: Words
  private readonly watchers: readonly { readonly property: AlwaysProperty; readonly memory: unknown }[]
  private told: string[] = []
  private readonly known = new Map<NodeId, Readonly<Record<string, string>>>()
  private readonly broken = new Set<string>()
  /** Whose paragraph it is, and its heading as long as nothing is told under it. */
  private node: NodeId | undefined
  private heading: string | undefined
  /** To whom the same is being sent, and its place in what is told. */
  private losing:
    | { readonly from: NodeId; readonly to: NodeId[]; readonly what: string; readonly place: number }
    | undefined
  private sending: { readonly to: NodeId[]; readonly what: string; readonly place: number } | undefined

  constructor(words: Words, properties: readonly AlwaysProperty[]) {
    this.words = words
    this.watchers = properties.map((property) => ({ property, memory: property.memory() }))
  }

  /** What was told since the last time. */
  take(): readonly string[] {
    const { told } = this
    this.told = []
    this.begin(undefined, undefined)
    return told
  }

  event({ kind, node, peer, label, body, reason, notes }: TraceEvent): void {
    const message = (): string => this.words.message(body as Tagged)
    switch (kind) {
      case 'deliver':
        if (peer === node) this.meanwhile(node, `what ${node} wrote is durable`)
        else this.happens(node, `${node} hears from ${peer}: ${message()}`)
        break
      case 'synced':
        this.meanwhile(node, `what ${node} wrote is durable`)
        break
      case 'timer':
        // One of many is a record, whose type says what it is for.
        this.happens(node, `${node}'s ${typeof body === 'object' ? (body as Tagged).type : label} timer fires`)
        break
      case 'start':
        this.happens(node, `${node} ${label}s`)
        break
      case 'crash':
      case 'exit':
        this.known.delete(node!)
        this.happens(node, `${node} ${kind === 'exit' ? 'exits' : 'stops'}: ${reason}`)
        break
      case 'drop':
        // What a rule lost was told when it was sent.
        if (reason !== 'rule') this.loses(peer!, node!, body as Tagged, `, as ${reason}`)
        break
      default:
    }
    for (const note of notes) this.say(noteInWords(note.event, note.detail))
  }

  /** A node may have changed: its facts, and the properties it must not break. */
  changed(node: NodeView, view: ClusterView): void {
    this.facts(node)
    for (const { property, memory } of this.watchers) {
      const wrong = property.check(view, memory, node)
      if (wrong === undefined || this.broken.has(property.name)) continue
      this.broken.add(property.name)
      this.say(`BROKEN, ${property.name}: ${wrong}`)
    }
  }

  /** How the state of a node differs from what was told last. */
  facts({ id, state }: NodeView): void {
    if (state === undefined) return
    const facts = this.words.facts(state)
    const before = this.known.get(id)
    this.known.set(id, facts)
    const changes = Object.entries(facts).flatMap(([name, value]) => {
      if (before === undefined) return [`${name} ${value}`]
      return before[name] === value ? [] : [`${name} ${before[name]} → ${value}`]
    })
    if (changes.length > 0) this.say(changes.join(', '))
  }

  /** Sends that say the same to several are told in one line. */
  sends(to: NodeId, message: Tagged, lost: boolean): void {
    const what = `${this.words.message(message)}${lost ? ', which is lost' : ''}`
    if (this.sending?.what !== what) {
      this.say('')
      this.sending = { to: [], what, place: this.told.length - 1 }
    }
    this.sending.to.push(to)
    this.told[this.sending.place] = `  tells ${this.sending.to.join(', ')}: ${what}`
  }

  /** Losses of the same to several are told in one line. */
  loses(from: NodeId, to: NodeId, message: Tagged, why = ''): void {
    const what = `${this.words.message(message)}${why}`
    if (this.losing?.from !== from || this.losing.what !== what) {
      this.happens(undefined, '')
      this.losing = { from, to: [], what, place: this.told.length - 1 }
    }
    this.losing.to.push(to)
    this.told[this.losing.place] = `lost: ${from} to ${this.losing.to.join(', ')}: ${what}`
  }

  happens(node: NodeId | undefined, heading: string): void {
    this.begin(node, undefined)
    this.told.push(heading)
  }

  /** Worth a heading only where something comes of it and another node was told of last. */
  private meanwhile(node: NodeId | undefined, heading: string): void {
    if (this.node !== node) this.begin(node, heading)
  }

  private begin(node: NodeId | undefined, heading: string | undefined): void {
    this.node = node
    this.heading = heading
    this.sending = undefined
    this.losing = undefined
  }

  /** A line below the heading. */
  say(line: string): void {
    if (this.heading !== undefined) this.told.push(this.heading)
    this.heading = undefined
    this.sending = undefined
    this.told.push(`  ${line}`)
  }
}

export function noteInWords(event: string, detail: PlainData): string {
  if (detail === undefined || detail === null) return event
  if (typeof detail !== 'object') return `${event} (${String(detail)})`
  const fields = Object.entries(detail).map(([name, value]) => `${name} ${String(value)}`)
  return `${event} (${fields.join(', ')})`
}
