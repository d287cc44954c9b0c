import type { Millis, PlainData } from '../../sim/machine.ts'
import { dataOf, fileImage } from '../storage/atomic-file.ts'
import { configurationAt } from './configuration.ts'
import { entryAt, lastIndex as lastIndexOf, termAt } from './log.ts'
import type { Raft } from './raft.ts'
import type { Configuration, RaftState, Session, Snapshot } from './state.ts'

export const SNAPSHOT_PATH = 'raft/snapshot'

/** What the bytes of a {@link Snapshot} say. */
export interface SnapshotContents {
  readonly lastIndex: number
  readonly lastTerm: number
  /** The log's time at that entry, in milliseconds. */
  readonly stampMs: Millis
  /** The latest at or before that entry. */
  readonly configuration: Configuration
  /** Who was answered what belongs to the state: without it a repeated command would be executed again (section 8). */
  readonly sessions: Map<string, Session>
  readonly data: object
}

/** Throws `FileDamaged` or a `DecodeError` where the bytes are not what {@link snapshotOf} wrote. */
export function contentsOf(bytes: Uint8Array): SnapshotContents {
  return dataOf(bytes, SNAPSHOT_PATH) as unknown as SnapshotContents
}

/** Of the state machine as it is, when it has applied the entry at the index and none behind it. */
export function snapshotOf(raft: Raft, state: RaftState, lastIndex: number): Snapshot {
  const { log } = state
  const lastTerm = termAt(log, lastIndex)
  const configuration = configurationAt(raft, log, state.snapshot?.configuration ?? null, lastIndex)
  const contents: SnapshotContents = {
    lastIndex,
    lastTerm,
    stampMs: entryAt(log, lastIndex)!.stampMs,
    configuration,
    sessions: raft.rules.sessionsInSnapshot(state.sessions),
    data: state.data,
  }
  return { lastIndex, lastTerm, configuration, bytes: fileImage(contents as unknown as PlainData) }
}

/** The state machine becomes what the snapshot says, at a start or in place of entries that no longer come. */
export function restore(raft: Raft, state: RaftState, snapshot: Snapshot, { sessions, data }: SnapshotContents): void {
  const { lastIndex } = snapshot
  state.snapshot = snapshot
  state.sessions = sessions
  state.data = raft.rules.restoredData(state.data, data)
  state.commitIndex = lastIndex
  state.lastApplied = lastIndex
  state.configuration = configurationAt(raft, state.log, snapshot.configuration, lastIndexOf(state.log))
  state.restoredIndex = lastIndex
}
