import type { Disk, NodeId, PlainData } from '../../sim/machine.ts'
import { DecodeError } from '../../sim/encoding.ts'
import { prepareFile, publishFile } from '../storage/atomic-file.ts'
import {
  appendRecord,
  type Journal,
  JournalDamaged,
  journalImage,
  openJournal,
  syncJournal,
} from '../storage/journal.ts'
import type { Chord } from './chord.ts'
import type { Pair } from './messages.ts'
import type { ChordContext, ChordState } from './state.ts'

/**
 * What a node keeps, as records of one journal:
 *
 *     ['node', version, name]           first of all: this disk belongs to that node
 *     ['first']                         it is to begin as one of the ring's first members
 *     ['member', boolean]               whether it is to be in the ring
 *     ['known', [name, …]]              its neighbours, to find the ring again
 *     ['pair', key, value, version]     it holds this pair
 *     ['drop', key]                     and this one no longer
 *
 * Pointers into the ring are not kept: after a crash they may skip whoever joined meanwhile, so the node joins anew.
 */
const JOURNAL_PATH = 'chord/journal'
const VERSION = 1

/** The disk of a node that has never run: one of the ring's first members, or one that waits to be asked to join. */
export function formatNode(node: NodeId, role: 'first' | 'outside'): ReadonlyMap<string, Uint8Array> {
  const begins = role === 'first' ? ['first'] : ['member', false]
  return new Map([[JOURNAL_PATH, journalImage([['node', VERSION, node], begins])]])
}

export function persistMembership(state: ChordState, { disk }: ChordContext, member: boolean): void {
  if (state.recordedMember === member) return
  state.recordedMember = member
  appendRecord(state.journal, disk, ['member', member])
  syncJournal(state.journal, disk)
}

/** Not made durable by itself: who has forgotten it asks the nodes that the ring began with. */
export function persistNeighbours({ journal, predecessor, successors }: ChordState, { disk }: ChordContext): void {
  const names = successors.map(({ node }) => node)
  appendRecord(journal, disk, ['known', predecessor === null ? names : [...names, predecessor.node]])
}

export function persistPair({ journal }: ChordState, { disk }: ChordContext, { key, value, version }: Pair): void {
  appendRecord(journal, disk, ['pair', key, value, version])
}

export function persistDrop({ journal }: ChordState, { disk }: ChordContext, key: string): void {
  appendRecord(journal, disk, ['drop', key])
}

/** Writes the journal anew once enough of it is out of date. */
export function compact(chord: Chord, state: ChordState, { disk }: ChordContext): void {
  const { journal } = state
  if (journal.length - state.compactedBytes < chord.options.compactAfterBytes) return
  const image = journalImage(recordsOf(state))
  prepareFile(disk, JOURNAL_PATH, image)
  disk.sync()
  publishFile(disk, JOURNAL_PATH)
  // The name must be durable before anything is added that is said to be.
  disk.sync()
  journal.length = image.length
  journal.syncedLength = image.length
  state.compactedBytes = image.length
}

function recordsOf({ self, recordedMember, known, pairs }: ChordState): PlainData[] {
  return [
    ['node', VERSION, self.node],
    ['member', recordedMember],
    ['known', known.map(({ node }) => node)],
    ...[...pairs.values()].map(({ key, value, version }) => ['pair', key, value, version]),
  ]
}

export interface Recovered {
  readonly journal: Journal
  /** How the node is to begin; `new`: nothing is known of it, as its disk is empty. */
  readonly role: 'first' | 'outside' | 'member' | 'new'
  readonly known: readonly NodeId[]
  readonly pairs: ReadonlyMap<string, Omit<Pair, 'place'>>
}

/** Reads back what the last incarnation left, or says in a sentence why this node must not run. */
export function recoverNode(disk: Disk, node: NodeId): Recovered | string {
  try {
    const { journal, records } = openJournal(disk, JOURNAL_PATH)
    if (records.length > 0) return replay(journal, records as readonly PlainData[][], node)
    appendRecord(journal, disk, ['node', VERSION, node])
    return { journal, role: 'new', known: [], pairs: new Map() }
  } catch (error) {
    if (error instanceof JournalDamaged || error instanceof DecodeError) return error.message
    throw error
  }
}

function replay(journal: Journal, records: readonly PlainData[][], node: NodeId): Recovered | string {
  let role: Recovered['role'] = 'new'
  let known: readonly NodeId[] = []
  const pairs = new Map<string, Omit<Pair, 'place'>>()
  const [first, version, owner] = records[0]!
  if (first !== 'node' || version !== VERSION) return `the journal does not begin as version ${VERSION} does`
  if (owner !== node) return `the journal belongs to ${String(owner)}`
  for (const record of records.slice(1)) {
    const [kind, one, other, third] = record
    if (kind === 'first') role = 'first'
    else if (kind === 'member') role = one === true ? 'member' : 'outside'
    else if (kind === 'known') known = one as readonly NodeId[]
    else if (kind === 'drop') pairs.delete(one as string)
    else if (kind === 'pair') {
      pairs.set(one as string, { key: one as string, value: other as string, version: third as number })
    } else return 'the journal holds a record that this version does not know'
  }
  return { journal, role, known, pairs }
}
