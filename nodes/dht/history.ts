import type { NodeId } from '../../sim/machine.ts'
import { sha1OfText } from '../ring/sha1.ts'
import { type Ring, ringOf } from '../ring/ring.ts'
import type { Member } from './member.ts'
import type { EventDigest, MembershipEvent } from './messages.ts'

/**
 * All membership events that a node knows. Events are only ever added, and those of one author in their order, so two
 * nodes with the same digest have the same history, and so the same ring.
 */
export interface History {
  /** In the order in which they are applied. */
  readonly events: readonly MembershipEvent[]
  /** How many are known of each author. */
  readonly counts: ReadonlyMap<string, number>
  /** Names the set of events. */
  readonly view: string
  /** Those whose last event is ADD, LEAVE or REMOVE. */
  readonly members: ReadonlyMap<string, Member>
  readonly leavers: ReadonlyMap<string, Member>
  readonly gone: ReadonlyMap<string, Member>
  readonly ring: Ring
}

/** Which of two events comes first. */
export type EventOrder = (one: MembershipEvent, other: MembershipEvent) => number

/** By logical clock, and of two with the same by author: whoever saw an event wrote the later one. */
export function byLogicalClock(one: MembershipEvent, other: MembershipEvent): number {
  return one.clock - other.clock || (one.author < other.author ? -1 : one.author > other.author ? 1 : 0)
}

export function historyOf(events: readonly MembershipEvent[], order: EventOrder): History {
  const ordered = [...events].sort(order)
  const counts = new Map<string, number>()
  for (const { author, serial } of ordered) counts.set(author, Math.max(serial, counts.get(author) ?? 0))
  const last = new Map<string, MembershipEvent>()
  for (const event of ordered) last.set(event.member.id, event)
  const whose = (type: MembershipEvent['type']): Map<string, Member> =>
    new Map([...last.values()].filter((event) => event.type === type).map(({ member }) => [member.id, member]))
  const members = whose('ADD')
  return {
    events: ordered,
    counts,
    view: viewOf(counts),
    members,
    leavers: whose('LEAVE'),
    gone: whose('REMOVE'),
    ring: ringOf(members.values()),
  }
}

/** The events that are new here: of each author those that come next. */
export function newEvents(history: History, heard: readonly MembershipEvent[]): readonly MembershipEvent[] {
  const counts = new Map(history.counts)
  return [...heard]
    .sort((one, other) => one.serial - other.serial)
    .filter(({ author, serial }) => {
      if (serial !== (counts.get(author) ?? 0) + 1) return false
      counts.set(author, serial)
      return true
    })
}

export function digestOf({ counts }: History): EventDigest {
  return [...counts]
}

/** What the one with the digest does not know, each author's in their order. */
export function eventsMissing({ events }: History, digest: EventDigest): readonly MembershipEvent[] {
  const known = new Map(digest)
  return events
    .filter(({ author, serial }) => serial > (known.get(author) ?? 0))
    .sort((one, other) => one.serial - other.serial)
}

/** True where the one with the digest knows something that this history does not have. */
export function lacksSomething({ counts }: History, digest: EventDigest): boolean {
  return digest.some(([author, count]) => count > (counts.get(author) ?? 0))
}

/** The clock and the serial of the next event of an author. */
export function nextStamp({ events, counts }: History, author: string): { readonly clock: number; serial: number } {
  let clock = 0
  for (const event of events) clock = Math.max(clock, event.clock)
  return { clock: clock + 1, serial: (counts.get(author) ?? 0) + 1 }
}

/** The member that is reached there, where there is one. */
export function memberAt(members: ReadonlyMap<string, Member>, uri: NodeId): Member | undefined {
  for (const member of members.values()) if (member.uri === uri) return member
  return undefined
}

function viewOf(counts: ReadonlyMap<string, number>): string {
  const words = [...counts].map(([author, count]) => `${author}:${count}`)
  return sha1OfText(words.sort().join(' '))
}
