import type { Siblings } from '../../../nodes/versions/siblings.ts'
import type { Member } from '../../../nodes/dht/member.ts'
import type { DhtMessage, Item, MembershipEvent } from '../../../nodes/dht/messages.ts'
import type { Answer, DhtRequest } from '../../../nodes/dht/requests.ts'
import type { DhtState } from '../../../nodes/dht/state.ts'
import type { Words } from '../../support/transcript-teller.ts'

type InWords = { readonly [Type in DhtMessage['type']]: (message: Extract<DhtMessage, { type: Type }>) => string }

/**
 * The table's messages and states as a transcript tells them. Members go by where they are, views by letters, and the
 * incarnations that write by where they ran: `n1` the first, `n1'` the next.
 */
export class DhtWords implements Words {
  private readonly views: string[] = []
  private readonly writers: string[] = []
  /** Where a member is, by its id; and by its name, which its incarnations write under. */
  private readonly uris = new Map<string, string>()
  private readonly places = new Map<string, string>()
  /** Keys by their places on the ring. */
  private readonly keys = new Map<string, string>()

  /** A member may be spoken of from now on. */
  meet({ id, name, uri }: Member): void {
    this.places.set(name, uri)
    const earlier = [...this.uris].filter(([other, place]) => other !== id && place.startsWith(uri)).length
    if (!this.uris.has(id)) this.uris.set(id, `${uri}${"'".repeat(earlier)}`)
  }

  /** A key may be spoken of by its place. */
  meetKey(position: string, key: string): void {
    this.keys.set(position, key)
  }

  readonly message = (message: DhtMessage): string =>
    `${message.type}${(this.inWords[message.type] as (said: DhtMessage) => string)(message)}`

  readonly facts = (state: DhtState): Readonly<Record<string, string>> => {
    for (const { member } of state.history.events) this.meet(member)
    const members = [...state.history.members.keys()].map((id) => this.member(id)).sort()
    return {
      is: state.standing,
      ring: `${this.view(state.history.view)} of ${members.join(' ') || 'nobody'}`,
      'in force': state.inForce.map(({ view }) => this.view(view)).join(' and ') || 'none',
      keeps: this.itemsOf(state),
    }
  }

  /** `apple=red (n1:1)`; a stray copy in brackets. */
  itemsOf({ items, strays }: DhtState): string {
    const told = [...items].map(([position, item]) => {
      const one = this.item(item)
      return strays.has(position) ? `[${one}]` : one
    })
    return told.sort().join(', ') || 'nothing'
  }

  member(id: string): string {
    return this.uris.get(id) ?? 'someone'
  }

  private readonly inWords: InWords = {
    GossipSyn: ({ events }) => `, knows ${countOf(events)}`,
    GossipAck: ({ events, records, known }) => {
      const news = events.length > 0 ? this.news(events) : records.length > 0 ? 'heartbeats' : 'no news'
      return `, ${news}${known === null ? '' : ', and asks'}`
    },
    Forward: ({ request }) => `: ${requestInWords(request)}`,
    Forwarded: ({ answer }) => `: ${answerInWords(answer)}`,
    Request: ({ request }) => `: ${requestInWords(request)}`,
    Answer: ({ answer }) => `: ${answerInWords(answer)}`,
    Store: ({ view, item, standInFor }) => {
      const instead = standInFor === null ? '' : `, instead of ${this.member(standInFor)}`
      return ` ${this.item(item)}${instead} (ring ${this.view(view)})`
    },
    Stored: ({ view }) => ` (ring ${this.view(view)})`,
    Read: ({ view, key }) => ` ${key} (ring ${this.view(view)})`,
    Found: ({ siblings }) => ` ${this.siblings(siblings)}`,
    Fetch: ({ view }) => ` what is mine (ring ${this.view(view)})`,
    Offer: ({ digests }) => ` ${this.keysAt(digests.map(([position]) => position))}`,
    Pull: ({ positions }) => ` ${this.keysAt(positions)}`,
    Pulled: ({ items }) => ` ${this.items(items)}`,
    Handover: ({ items }) => ` ${this.items(items)}`,
    HandedOver: () => '',
    Compare: ({ parts }) =>
      ` ${parts.map(({ part }) => ('digest' in part ? (part.digest === '' ? 'an empty tree' : 'a tree') : `entries ${this.keysAt(part.entries.map(([place]) => place))}`)).join(', ')}`,
    Collect: ({ position, isAgreed }) => ` ${this.keysAt([position])}${isAgreed ? ', agreed' : ''}`,
    Collectable: ({ position }) => ` ${this.keysAt([position])}`,
  }

  private news(events: readonly MembershipEvent[]): string {
    for (const { member } of events) this.meet(member)
    const last = events.slice(-2).map(({ type, member }) => `${type} ${this.member(member.id)}`)
    return events.length > 2 ? `${events.length} events up to ${last.join(', ')}` : last.join(', ')
  }

  private view(view: string): string {
    if (view === '') return 'none'
    if (!this.views.includes(view)) this.views.push(view)
    return String.fromCharCode('A'.charCodeAt(0) + this.views.indexOf(view))
  }

  private items(items: readonly Item[]): string {
    return items.map((item) => this.item(item)).join(', ') || 'nothing'
  }

  private item({ key, siblings }: Item): string {
    return `${key}=${this.siblings(siblings)}`
  }

  private siblings({ versions }: Siblings): string {
    const told = versions.map(({ dot, value }) => `${value ?? 'deleted'} (${this.writer(dot.actor)}:${dot.count})`)
    return told.join(' and ') || 'nothing'
  }

  private keysAt(positions: readonly string[]): string {
    return positions.map((position) => this.keys.get(position) ?? 'a key').join(', ') || 'nothing'
  }

  /** An actor is the name of a member and some digits, or, by a bug, the name of its node. */
  private writer(actor: string): string {
    if (!this.writers.includes(actor)) this.writers.push(actor)
    const place = (name: string): string => this.places.get(name.replace(/-[^-]*$/, '')) ?? name
    const before = this.writers.slice(0, this.writers.indexOf(actor)).filter((one) => place(one) === place(actor))
    return `${place(actor)}${"'".repeat(before.length)}`
  }
}

function countOf(events: readonly (readonly [author: string, count: number])[]): string {
  return `${events.reduce((sum, [, count]) => sum + count, 0)} events`
}

function requestInWords(request: DhtRequest): string {
  switch (request.type) {
    case 'GET':
      return `GET ${request.key}`
    case 'PUT':
      return `PUT ${request.key}=${request.value}${request.context === undefined ? ', whatever is there' : ''}`
    case 'DELETE':
      return `DELETE ${request.key}${request.context === undefined ? ', whatever is there' : ''}`
    default:
      return request.type
  }
}

function answerInWords({ status, values, message }: Answer): string {
  if (values !== undefined && status === 200) return `200, ${values.join(' and ')}`
  return message === undefined ? String(status) : `${status}, ${message}`
}
