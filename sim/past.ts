import type { Millis, NodeId, PlainData, Tagged, TimerName } from './machine.ts'

/** What a node with a past goes on from, in place of a first start. It is the world's own: the world changes it. */
export interface NodePast {
  /** How often it was started. */
  readonly incarnation: number
  /** Undefined where it is down; it comes back in a while, unless it ended in good order. */
  readonly running: RunningPast | undefined
  /** Why it ended in good order, where it did. */
  readonly exitReason?: string | undefined
}

/** How a process stands between two events. Its disk, as far as it is durable, is the disk of the node. */
export interface RunningPast {
  readonly state: unknown
  /** What its clocks show. */
  readonly monotonicMs: Millis
  readonly wallClockMs: Millis
  /** `leftMs`: until it fires; undefined where it is not armed. `draws`: how often it was drawn. */
  readonly timers: readonly { readonly timer: TimerName; readonly leftMs: Millis | undefined; readonly draws: number }[]
  /** Peers it has heard of that the stream to them is up; where that has broken since, it is yet to hear so. */
  readonly streams: readonly { readonly peer: NodeId; readonly isBroken: boolean }[]
  /** What it noted last of what people call it by. */
  readonly role?: { readonly event: string; readonly detail?: PlainData } | undefined
  /** What it said and nobody has heard, or what is not durable, in program order. */
  readonly said: readonly PastSaying[]
}

export type PastSaying =
  | { readonly kind: 'send'; readonly to: NodeId; readonly message: Tagged }
  | { readonly kind: 'append'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'sync' }
  | { readonly kind: 'exit'; readonly reason: string }

/** An operation of before the world began, as far as it is known. */
export interface PastOperation {
  readonly input: PlainData
  /** `ok`: it took effect, with this output. `info`: it may yet take effect, or never. */
  readonly outcome: 'ok' | 'info'
  readonly output?: PlainData
}
