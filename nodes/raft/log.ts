import type { Entry } from './messages.ts'

/**
 * The replicated log, its indices counted from 1. Only these functions know where an entry lies, so that a log may
 * one day begin behind a snapshot.
 */
export interface Log {
  readonly entries: Entry[]
}

export function emptyLog(): Log {
  return { entries: [] }
}

/** 0 where the log is empty. */
export function lastIndex(log: Log): number {
  return log.entries.length
}

export function lastTerm(log: Log): number {
  return termAt(log, log.entries.length)
}

/** 0 before the first entry and behind the last. */
export function termAt(log: Log, index: number): number {
  return log.entries[index - 1]?.term ?? 0
}

export function entryAt(log: Log, index: number): Entry | undefined {
  return log.entries[index - 1]
}

export function appendEntry(log: Log, entry: Entry): void {
  log.entries.push(entry)
}

/** Removes the entry at the index and all that follow. */
export function truncateFrom(log: Log, index: number): void {
  log.entries.length = index - 1
}

/** Entries from one index to another, both included. */
export function entriesBetween(log: Log, first: number, last: number): readonly Entry[] {
  return log.entries.slice(first - 1, last)
}

/** The first index of the run of entries that have the same term as the one at the index. */
export function firstIndexOfTermAt(log: Log, index: number): number {
  const term = termAt(log, index)
  let first = index
  while (first > 1 && termAt(log, first - 1) === term) first--
  return first
}

/** The last index at or before `from` whose entry has the term; 0 where there is none. Terms never fall along a log. */
export function lastIndexOfTerm(log: Log, term: number, from: number): number {
  let index = Math.min(from, lastIndex(log))
  while (index > 0 && termAt(log, index) > term) index--
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
