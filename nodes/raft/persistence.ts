import type { Disk, NodeId, PlainData } from '../../sim/machine.ts'
import { DecodeError } from '../../sim/encoding.ts'
import {
  appendRecord,
  type Journal,
  JournalDamaged,
  journalImage,
  recoverJournal,
  syncJournal,
} from '../storage/journal.ts'
import type { AppendEntriesReply, Entry, RequestVoteReply } from './messages.ts'
import { appendEntry, emptyLog, lastIndex, type Log, truncateFrom } from './log.ts'
import type { RaftContext, RaftState } from './state.ts'
import type { Command } from './state-machine.ts'

/**
 * Term, vote and log as records of one journal, so that whatever a handler changes shares one sync:
 *
 *     ['server', version, id]                              first of all: this disk belongs to that server
 *     ['term', term, votedFor]
 *     ['entries', index, term, session, serial, command, stamp, term, …]   from this index on
 *     ['truncate', index]                                  this entry and all that follow are gone
 */
const JOURNAL_PATH = 'raft/journal'
const VERSION = 1
const FIELDS_PER_ENTRY = 5

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
  const record: PlainData[] = ['entries', index]
  for (const { term, session, serial, command, stampMs } of entries)
    record.push(term, session, serial, command, stampMs)
  appendRecord(state.journal, disk, record)
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
  message: AppendEntriesReply | RequestVoteReply,
): void {
  recordTerm(state, ctx.disk)
  syncJournal(state.journal, ctx.disk)
  ctx.send(to, message)
}

export interface Recovered {
  readonly term: number
  readonly votedFor: NodeId | null
  readonly log: Log
  readonly journal: Journal
}

/**
 * Reads back what the last incarnation left, or says in a sentence why this server must not run. One that has
 * forgotten a vote or an entry it acknowledged could elect two leaders or lose a write: it stays away, and the others
 * go on without it.
 */
export function recoverServer(disk: Disk, id: NodeId): Recovered | string {
  try {
    const found = recoverJournal(disk, JOURNAL_PATH)
    if (found === undefined) return 'the journal is missing: this disk was never set up, or was lost'
    return replay(found.journal, found.records as readonly PlainData[][], id)
  } catch (error) {
    if (error instanceof JournalDamaged || error instanceof DecodeError) return error.message
    throw error
  }
}

function replay(journal: Journal, records: readonly PlainData[][], id: NodeId): Recovered | string {
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
    stampMs: record[field + 4] as number,
  }
}
