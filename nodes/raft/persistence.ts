import type { Disk, NodeId, PlainData } from '../../sim/machine.ts'
import { DecodeError } from '../../sim/encoding.ts'
import { FileDamaged, prepareFile, publishFile } from '../storage/atomic-file.ts'
import {
  appendRecord,
  type Journal,
  JournalDamaged,
  journalImage,
  recoverJournal,
  syncJournal,
} from '../storage/journal.ts'
import type { AppendEntriesReply, Entry, InstallSnapshotReply, RequestVoteReply } from './messages.ts'
import { appendEntry, beginBehind, emptyLog, holds, lastIndex, type Log, truncateFrom } from './log.ts'
import type { Rules } from './raft.ts'
import { contentsOf, SNAPSHOT_PATH, type SnapshotContents } from './snapshot.ts'
import type { RaftContext, RaftState, Snapshot } from './state.ts'
import type { Command } from './state-machine.ts'

/**
 * Term, vote and log as records of one journal, so that whatever a handler changes shares one sync:
 *
 *     ['server', version, id]                              first of all: this disk belongs to that server
 *     ['begins', index, term, stamp]                       behind the entry with these, which a snapshot covers
 *     ['term', term, votedFor]
 *     ['entries', index, term, session, serial, command, servers, stamp, term, …]   from this index on
 *     ['truncate', index]                                  this entry and all that follow are gone
 *
 * With each snapshot the journal is replaced by one that begins at or before the snapshot's last entry. A crash may
 * leave the new snapshot and the old journal, never an old snapshot and a journal that begins behind it.
 */
const JOURNAL_PATH = 'raft/journal'
const VERSION = 2
const FIELDS_PER_ENTRY = 6

/** The disk of a server that has never run: set-up writes it, no server does, for an empty disk may be a lost one. */
export function formatServer(id: NodeId): ReadonlyMap<string, Uint8Array> {
  return new Map([[JOURNAL_PATH, journalImage([['server', VERSION, id]])]])
}

/** Writes down term and vote where they are not what was written last. */
export function recordTerm(state: RaftState, disk: Disk): void {
  const { term, votedFor, recorded } = state
  if (term === recorded.term && votedFor === recorded.votedFor) return
  state.recorded = { term, votedFor }
  appendRecord(state.journal, disk, ['term', term, votedFor])
}

/** The term goes first: no entry may outlive the term in which it came. */
export function recordEntries(state: RaftState, disk: Disk, index: number, entries: readonly Entry[]): void {
  recordTerm(state, disk)
  appendRecord(state.journal, disk, entriesRecord(index, entries))
}

function entriesRecord(index: number, entries: readonly Entry[]): PlainData {
  const record = new Array<PlainData>(2 + FIELDS_PER_ENTRY * entries.length)
  record[0] = 'entries'
  record[1] = index
  let field = 2
  for (const { term, session, serial, command, servers, stampMs } of entries) {
    record[field] = term
    record[field + 1] = session
    record[field + 2] = serial
    record[field + 3] = command
    record[field + 4] = servers
    record[field + 5] = stampMs
    field += FIELDS_PER_ENTRY
  }
  return record
}

export function recordTruncation(state: RaftState, disk: Disk, index: number): void {
  recordTerm(state, disk)
  appendRecord(state.journal, disk, ['truncate', index])
}

/** What a message depends on is durable before it leaves (figure 2: "updated on stable storage before responding"). */
export function persistThenSend(
  state: RaftState,
  ctx: RaftContext,
  to: NodeId,
  message: AppendEntriesReply | InstallSnapshotReply | RequestVoteReply,
): void {
  recordTerm(state, ctx.disk)
  syncJournal(state.journal, ctx.disk)
  ctx.send(to, message)
}

/**
 * Puts a snapshot on the disk and a journal that begins as the log now does. The snapshot is there for good before the
 * journal is replaced; that the journal was, becomes durable with the next sync. What is answered before that may find
 * the old journal after a power loss, so that one must know the term of the answer as well.
 */
export function saveSnapshot(rules: Rules, state: RaftState, ctx: RaftContext, { bytes }: Snapshot): void {
  const { disk, self } = ctx
  recordTerm(state, disk)
  const journal = journalImage(recordsOf(state, self))
  prepareFile(disk, SNAPSHOT_PATH, bytes)
  prepareFile(disk, JOURNAL_PATH, journal)
  rules.replaceFiles(
    disk,
    () => publishFile(disk, SNAPSHOT_PATH),
    () => publishFile(disk, JOURNAL_PATH),
  )
  reopen(state, journal.length)
}

/** New files must be durable before they take their names, and the snapshot must have its name before the entries go. */
export function replaceFiles(disk: Disk, replaceSnapshot: () => void, replaceJournal: () => void): void {
  disk.sync()
  replaceSnapshot()
  disk.sync()
  replaceJournal()
}

/** A journal that holds what the state does. */
function recordsOf({ term, votedFor, log }: RaftState, id: NodeId): PlainData[] {
  const { baseIndex, baseTerm, baseStampMs } = log
  const records: PlainData[] = [['server', VERSION, id]]
  if (baseIndex > 0) records.push(['begins', baseIndex, baseTerm, baseStampMs])
  records.push(['term', term, votedFor])
  if (lastIndex(log) > baseIndex) records.push(entriesRecord(baseIndex + 1, log.entries))
  return records
}

function reopen(state: RaftState, length: number): void {
  state.journal.length = length
  state.journal.syncedLength = length
  state.recorded = { term: state.term, votedFor: state.votedFor }
}

export interface Recovered {
  readonly term: number
  readonly votedFor: NodeId | null
  readonly log: Log
  readonly journal: Journal
  readonly snapshot: Snapshot | null
  readonly contents: SnapshotContents | null
  /** True where the journal holds another log than this one, so that nothing may be added to it. */
  readonly outdated: boolean
}

/**
 * Reads back what the last incarnation left, or says in a sentence why this server must not run. One that has
 * forgotten a vote or an entry it acknowledged could elect two leaders or lose a write: it stays away, and the others
 * go on without it.
 */
export function recoverServer(rules: Rules, disk: Disk, id: NodeId): Recovered | string {
  try {
    const refusal = disk.list(JOURNAL_PATH).includes(JOURNAL_PATH) ? undefined : rules.withoutJournal(disk, id)
    if (refusal !== undefined) return refusal
    const { journal, records } = recoverJournal(disk, JOURNAL_PATH, rules.isWholeRecord)!
    const replayed = replay(journal, records as readonly PlainData[][], id)
    return typeof replayed === 'string' ? replayed : withSnapshot(disk, replayed)
  } catch (error) {
    if (error instanceof JournalDamaged || error instanceof FileDamaged || error instanceof DecodeError)
      return error.message
    throw error
  }
}

/** Whoever set this server up wrote a journal; it cannot know what it promised before that was lost. */
export function withoutJournal(_disk: Disk, _id: NodeId): string | undefined {
  return 'the journal is missing: this disk was never set up, or was lost'
}

type Replayed = Omit<Recovered, 'snapshot' | 'contents' | 'outdated'>

/**
 * A crash may have come when the snapshot had been replaced and the journal not yet: then the log still holds all that
 * the snapshot covers; or it is one that the snapshot, from a leader, was to replace, and goes.
 */
function withSnapshot(disk: Disk, replayed: Replayed): Recovered | string {
  const { term, votedFor, log, journal } = replayed
  const bytes = disk.read(SNAPSHOT_PATH)
  const contents = bytes === undefined ? null : contentsOf(bytes)
  const covered = contents?.lastIndex ?? 0
  if (log.baseIndex > covered) return `the journal begins behind entry ${log.baseIndex}, and no snapshot reaches so far`
  if (contents === null) return { term, votedFor, log, journal, snapshot: null, contents, outdated: false }
  const { lastIndex: last, lastTerm, stampMs } = contents
  const outdated = !holds(log, last, lastTerm)
  if (outdated) beginBehind(log, last, lastTerm, stampMs)
  const snapshot = { lastIndex: last, lastTerm, configuration: contents.configuration, bytes: bytes! }
  return { term, votedFor, log, journal, snapshot, contents, outdated }
}

/** Replaces the journal alone, which a start found outdated. */
export function rewriteJournal(state: RaftState, { disk, self }: RaftContext): void {
  const journal = journalImage(recordsOf(state, self))
  prepareFile(disk, JOURNAL_PATH, journal)
  disk.sync()
  publishFile(disk, JOURNAL_PATH)
  reopen(state, journal.length)
}

function replay(journal: Journal, records: readonly PlainData[][], id: NodeId): Replayed | string {
  const log = emptyLog()
  let term = 0
  let votedFor: NodeId | null = null
  const [first, version, owner] = records[0] ?? []
  if (first !== 'server' || version !== VERSION) return `the journal does not begin as version ${VERSION} does`
  if (owner !== id) return `the journal belongs to ${String(owner)}`
  for (const record of records) {
    switch (record[0]) {
      case 'server':
        break
      case 'begins':
        beginBehind(log, record[1] as number, record[2] as number, record[3] as number)
        break
      case 'term':
        term = record[1] as number
        votedFor = record[2] as NodeId | null
        break
      case 'entries':
        if (record[1] !== lastIndex(log) + 1) return 'the journal lacks entries of the log'
        for (let field = 2; field < record.length; field += FIELDS_PER_ENTRY) appendEntry(log, entryOf(record, field))
        break
      case 'truncate':
        truncateFrom(log, record[1] as number)
        break
      default:
        return 'the journal holds a record that this version does not know'
    }
  }
  return { term, votedFor, log, journal }
}

function entryOf(record: readonly PlainData[], field: number): Entry {
  return {
    term: record[field] as number,
    session: record[field + 1] as string,
    serial: record[field + 2] as number,
    command: record[field + 3] as Command | null,
    servers: record[field + 4] as readonly NodeId[] | null,
    stampMs: record[field + 5] as number,
  }
}
