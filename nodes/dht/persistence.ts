import type { Disk, PlainData } from '../../sim/machine.ts'
import { DecodeError } from '../../sim/encoding.ts'
import { ringOf } from '../ring/ring.ts'
import type { Position } from '../ring/ring.ts'
import { prepareFile, publishFile } from '../storage/atomic-file.ts'
import {
  appendRecord,
  type Journal,
  JournalDamaged,
  journalImage,
  recoverJournal,
  syncJournal,
} from '../storage/journal.ts'
import type { Siblings } from '../versions/siblings.ts'
import { itemOf, positionOf } from './items.ts'
import type { Member } from './member.ts'
import type { MembershipEvent } from './messages.ts'
import type { DhtContext, DhtState, Identity, RingInForce, StoredItem } from './state.ts'

/**
 * All that outlives an incarnation, as records of one journal, so that whatever a handler changes shares one sync:
 *
 *     ['node', version, id, name, tokens]     first of all, and when it has taken another name
 *     ['start', generation]
 *     ['events', event, …]                    membership events as they were learned
 *     ['item', key, siblings]                 what is known of the key from now on
 *     ['drop', position]
 *     ['in force', view, member, …]           one more ring is in force
 *     ['settled', view, member, …]            this ring alone is
 *     ['out']                                 none is: the node is no member any more
 *     ['synced', view]
 */
const JOURNAL_PATH = 'dht/journal'
const VERSION = 1

export function recordIdentity({ journal, identity }: DhtState, disk: Disk): void {
  appendRecord(journal, disk, nodeRecord(identity))
}

export function recordEvents(state: DhtState, disk: Disk, events: readonly MembershipEvent[]): void {
  appendRecord(state.journal, disk, ['events', ...(events as readonly unknown[] as PlainData[])])
}

export function recordItem({ journal }: DhtState, disk: Disk, { key, siblings }: StoredItem): void {
  appendRecord(journal, disk, ['item', key, siblings as unknown as PlainData])
}

export function recordDrop({ journal }: DhtState, disk: Disk, position: Position): void {
  appendRecord(journal, disk, ['drop', position])
}

export function recordRing({ journal }: DhtState, disk: Disk, how: 'in force' | 'settled', ring: RingInForce): void {
  appendRecord(journal, disk, [how, ring.view, ...(ring.members as readonly unknown[] as PlainData[])])
}

export function recordOut({ journal }: DhtState, disk: Disk): void {
  appendRecord(journal, disk, ['out'])
}

export function recordSynced({ journal, synced }: DhtState, disk: Disk): void {
  appendRecord(journal, disk, ['synced', synced])
}

/** What the node says from now on waits until everything recorded is durable. */
export function makeDurable(state: DhtState, ctx: DhtContext): void {
  syncJournal(state.journal, ctx.disk)
}

/** What the journal tells of the last incarnations. */
export interface Recovered {
  readonly identity: Identity
  readonly generation: number
  readonly journal: Journal
  readonly events: readonly MembershipEvent[]
  readonly items: Map<Position, StoredItem>
  readonly inForce: readonly RingInForce[]
  readonly synced: string
}

/** The image of a disk on which a node has an identity, and a ring that is settled with these events. */
export function formatNode(
  identity: Identity,
  events: readonly MembershipEvent[],
  settled: RingInForce,
): ReadonlyMap<string, Uint8Array> {
  const ring: PlainData[] = ['settled', settled.view, ...(settled.members as readonly unknown[] as PlainData[])]
  const records = [nodeRecord(identity), ['events', ...(events as readonly unknown[] as PlainData[])], ring]
  return new Map([[JOURNAL_PATH, journalImage([...records, ['synced', settled.view]])]])
}

/** A journal for a node that has none, made durable with what follows. */
export function createJournal(disk: Disk, identity: Identity): Journal {
  const journal: Journal = { path: JOURNAL_PATH, length: 0, syncedLength: 0 }
  appendRecord(journal, disk, nodeRecord(identity))
  return journal
}

export function recordStart(journal: Journal, disk: Disk, generation: number): void {
  appendRecord(journal, disk, ['start', generation])
  syncJournal(journal, disk)
}

function nodeRecord({ id, name, tokens }: Identity): PlainData[] {
  return ['node', VERSION, id, name, tokens]
}

function identityOf([, , id, name, tokens]: readonly PlainData[]): Identity {
  return { id: id as string, name: name as string, tokens: tokens as readonly Position[] }
}

/**
 * Reads back what the last incarnation left: undefined where there is nothing, a sentence where this node must not
 * run, as it may have lost what it acknowledged.
 */
export function recover(disk: Disk): Recovered | string | undefined {
  try {
    const recovered = recoverJournal(disk, JOURNAL_PATH)
    return recovered === undefined || recovered.records.length === 0
      ? undefined
      : replay(recovered.journal, recovered.records as readonly PlainData[][])
  } catch (error) {
    if (error instanceof JournalDamaged || error instanceof DecodeError) return error.message
    throw error
  }
}

function replay(journal: Journal, records: readonly PlainData[][]): Recovered | string {
  const [first, version] = records[0]!
  if (first !== 'node' || version !== VERSION) return `the journal does not begin as version ${VERSION} does`
  let [identity, generation, synced] = [identityOf(records[0]!), 0, '']
  const events: MembershipEvent[] = []
  const items = new Map<Position, StoredItem>()
  const inForce: RingInForce[] = []
  for (const [kind, ...fields] of records) {
    switch (kind) {
      case 'node':
        identity = identityOf([kind, ...fields])
        break
      case 'start':
        generation = fields[0] as number
        break
      case 'events':
        events.push(...(fields as unknown as MembershipEvent[]))
        break
      case 'item':
        items.set(positionOf(fields[0] as string), itemOf(fields[0] as string, fields[1] as unknown as Siblings))
        break
      case 'drop':
        items.delete(fields[0] as string)
        break
      case 'in force':
        inForce.push(ringInForce(fields[0] as string, fields.slice(1) as unknown as Member[]))
        break
      case 'settled':
        inForce.splice(0, Infinity, ringInForce(fields[0] as string, fields.slice(1) as unknown as Member[]))
        break
      case 'out':
        inForce.length = 0
        break
      case 'synced':
        synced = fields[0] as string
        break
      default:
        return 'the journal holds a record that this version does not know'
    }
  }
  return { identity, generation, journal, events, items, inForce, synced }
}

export function ringInForce(view: string, members: readonly Member[]): RingInForce {
  return { view, members, ring: ringOf(members) }
}

/** Rewrites a journal that has grown long with what has become of its records. */
export function compact(state: DhtState, ctx: DhtContext, afterBytes: number): void {
  const { journal, compactedLength } = state
  if (journal.length < 2 * compactedLength || journal.length < compactedLength + afterBytes) return
  const image = journalImage(recordsOf(state))
  prepareFile(ctx.disk, JOURNAL_PATH, image)
  ctx.disk.sync()
  publishFile(ctx.disk, JOURNAL_PATH)
  ctx.disk.sync()
  journal.length = image.length
  journal.syncedLength = image.length
  state.compactedLength = image.length
}

function recordsOf(state: DhtState): PlainData[] {
  const { identity, generation, history, items, inForce, synced } = state
  const records: PlainData[][] = [nodeRecord(identity), ['start', generation]]
  records.push(['events', ...(history.events as readonly unknown[] as PlainData[])])
  for (const { key, siblings } of items.values()) records.push(['item', key, siblings as unknown as PlainData])
  for (const { view, members } of inForce) {
    records.push(['in force', view, ...(members as readonly unknown[] as PlainData[])])
  }
  records.push(['synced', synced])
  return records
}
