import type { NodeId, PlainData } from './machine.ts'

/**
 * What happened in a run, for people. It is kept only when someone will read it; the rolling hash of the same events
 * is kept always. Every event has a number, the same in every mode.
 */

export type TraceKind =
  /** A node's start or restart; a crash (`detail` says which); an end in good order. */
  | 'start'
  | 'crash'
  | 'exit'
  /** A message reached a node; a message was lost on the way, and why; an extra copy of one was put on the link. */
  | 'deliver'
  | 'drop'
  | 'duplicate'
  | 'timer'
  /** A stream connection opened or broke, as its node hears it. */
  | 'peer-up'
  | 'peer-down'
  /** Writes of a node became durable, or the sync failed. */
  | 'synced'
  | 'sync-failed'
  /** A fault of the plan begins; it ends. The calm begins. */
  | 'fault'
  | 'heal'
  | 'calm'
  /** A client's operation begins; ends. */
  | 'invoke'
  | 'return'

export const TRACE_KINDS: readonly TraceKind[] = [
  'start',
  'crash',
  'exit',
  'deliver',
  'drop',
  'duplicate',
  'timer',
  'peer-up',
  'peer-down',
  'synced',
  'sync-failed',
  'fault',
  'heal',
  'calm',
  'invoke',
  'return',
]

/** The place of each kind in `TRACE_KINDS`: what goes into the hash. */
export const Kind = {
  start: 0,
  crash: 1,
  exit: 2,
  deliver: 3,
  drop: 4,
  duplicate: 5,
  timer: 6,
  peerUp: 7,
  peerDown: 8,
  synced: 9,
  syncFailed: 10,
  fault: 11,
  heal: 12,
  calm: 13,
  invoke: 14,
  return: 15,
} as const

export interface TraceNote {
  readonly event: string
  readonly detail?: PlainData
}

export interface TraceEvent {
  /** Counted from 1. */
  readonly number: number
  /** Virtual time in whole microseconds. */
  readonly atUs: number
  readonly kind: TraceKind
  /** Where it happened; the receiver of a message; undefined for faults that touch several nodes. */
  readonly node?: NodeId | undefined
  /** The sender of a message; the peer of a connection. */
  readonly peer?: NodeId | undefined
  /** The type of the message or the key of the timer; the kind of the fault. */
  readonly label: string
  /** The number of the event in which the message was sent, the timer set, the write synced; 0 where nothing caused it. */
  readonly cause: number
  /** The message, the timer, the fault, the operation's input or answer. */
  readonly body?: unknown
  /** Why it was dropped, what crashed it, how an operation ended. */
  readonly reason?: string | undefined
  /** The id of the plan's fault that did it, for `fault`, `heal`, `drop`, `crash`. */
  readonly fault?: number | undefined
  /** The number of the operation, for `invoke` and `return`. */
  readonly operation?: number | undefined
  /** What the node noted while it handled this event. */
  readonly notes: readonly TraceNote[]
}

export interface Trace {
  readonly nodes: readonly NodeId[]
  readonly events: readonly TraceEvent[]
}
