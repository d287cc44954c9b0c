import { invariant } from '../../sim/machine.ts'
import type { Entry } from './messages.ts'

/**
 * The replicated log, its indices counted from 1. It may begin behind a snapshot: the entries up to `baseIndex` are
 * committed, applied and no longer there; of them only the term of the last is known (section 7). Only these functions
 * know where an entry lies.
 */
export interface Log {
  readonly entries: Entry[]
  /** The last entry that is no longer there; 0 where none was taken away. */
  baseIndex: number
  /** Its term, and its time stamp. */
  baseTerm: number
  baseStampMs: number
}

export function emptyLog(): Log {
  return { entries: [], baseIndex: 0, baseTerm: 0, baseStampMs: 0 }
}

/** 0 where no entry was ever appended. */
export function lastIndex(log: Log): number {
  return log.baseIndex + log.entries.length
}

export function lastTerm(log: Log): number {
  return termAt(log, lastIndex(log))
}

/** The stamp of the last entry, in milliseconds of the log's own time; 0 where no entry was ever appended. */
export function lastStampMs(log: Log): number {
  return log.entries[log.entries.length - 1]?.stampMs ?? log.baseStampMs
}

/** 0 before the first entry, behind the last, and where the log no longer knows. */
export function termAt(log: Log, index: number): number {
  return index === log.baseIndex ? log.baseTerm : (entryAt(log, index)?.term ?? 0)
}

/** Undefined before the first entry, behind the last, and where the entry is no longer there. */
export function entryAt(log: Log, index: number): Entry | undefined {
  const place = index - log.baseIndex - 1
  // Outside an array its engine looks for a property of that name, which takes long.
  return place >= 0 && place < log.entries.length ? log.entries[place] : undefined
}

/**
 * True where the log holds an entry with that index and term, and so everything before it too. What is no longer there
 * was committed, so that every leader has it: it needs no comparison.
 */
export function holds(log: Log, index: number, term: number): boolean {
  return index < log.baseIndex || (index <= lastIndex(log) && termAt(log, index) === term)
}

export function appendEntry(log: Log, entry: Entry): void {
  log.entries.push(entry)
}

/** Removes the entry at the index and all that follow. */
export function truncateFrom(log: Log, index: number): void {
  invariant(index > log.baseIndex, `entry ${index} is covered by a snapshot and cannot be removed`)
  log.entries.length = index - log.baseIndex - 1
}

/** Takes away the entries up to the index, which a snapshot covers; what was taken away before stays so. */
export function compactTo(log: Log, index: number): void {
  const last = entryAt(log, index)
  if (last === undefined) return
  log.entries.splice(0, index - log.baseIndex)
  log.baseIndex = index
  log.baseTerm = last.term
  log.baseStampMs = last.stampMs
}

/** Forgets every entry: the log now begins behind a snapshot whose last entry had this index, term and stamp. */
export function beginBehind(log: Log, index: number, term: number, stampMs: number): void {
  log.entries.length = 0
  log.baseIndex = index
  log.baseTerm = term
  log.baseStampMs = stampMs
}

/** Entries from one index to another, both included and both there. */
export function entriesBetween(log: Log, first: number, last: number): readonly Entry[] {
  return log.entries.slice(first - log.baseIndex - 1, last - log.baseIndex)
}

/** The first index of the run of entries, as far as they are there, that have the same term as the one at the index. */
export function firstIndexOfTermAt(log: Log, index: number): number {
  const term = termAt(log, index)
  let first = index
  while (first > log.baseIndex + 1 && termAt(log, first - 1) === term) first--
  return first
}

/** The last index at or before `from` whose entry has the term; 0 where none is known. Terms never fall along a log. */
export function lastIndexOfTerm(log: Log, term: number, from: number): number {
  let index = Math.min(from, lastIndex(log))
  while (index > log.baseIndex && termAt(log, index) > term) index--
  return termAt(log, index) === term ? index : 0
}

/**
 * The election restriction (section 5.4.1): of two logs, that is the more up to date whose last entry has the later
 * term, and at the same term the longer one.
 */
export function isUpToDate(lastLogTerm: number, lastLogIndex: number, log: Log): boolean {
  const ownTerm = lastTerm(log)
  return lastLogTerm !== ownTerm ? lastLogTerm > ownTerm : lastLogIndex >= lastIndex(log)
}
