import type { Address, Millis, NodeId, PlainData, Tagged, TimerName } from '../../sim/machine.ts'
import type { DrawCounts } from './counted-random.ts'

/**
 * Everything that a hosted machine was told and everything it said, for whoever records it. A machine is plain state
 * and handlers, so the inputs are enough to do all of it again, event for event, and the outputs tell whether the
 * same came of it.
 */
export interface InputTap {
  /** An incarnation begins. `look` stays good until {@link InputTap.ended}. */
  readonly began: (incarnation: Incarnation, look: Look) => void
  /** The next event, before anything comes of it. `bytes` hold only until this returns; they are a message's encoding. */
  readonly input: (input: Input, now: Millis, wallClock: Millis) => void
  /** What a handler was answered that its state and its luck do not determine. */
  readonly answered: (answer: Answer) => void
  /** What a handler says, as it says it. `encoded` comes with a message: what goes over the wire, or to oneself. */
  readonly said: (output: Output, encoded?: EncodedMessage) => void
  /** The handler returned, or threw the error. */
  readonly handled: (error: Error | undefined) => void
  /** Something is about to leave the process that came of what was told so far. */
  readonly keep: () => void
  /** The incarnation ends: in good order, or not. Nothing comes after it. */
  readonly ended: (reason: string) => void
}

/** Encoded once it is asked for, and then kept: asking costs nothing that sending would not. */
export interface EncodedMessage {
  readonly bytes: Uint8Array
  /** Where its encoding begins in them. */
  readonly offset: number
}

/** What an incarnation is made with, besides its configuration. */
export interface Incarnation {
  readonly self: NodeId
  /** What all its luck is drawn from; `ctx.random` and the ranges of timers. */
  readonly seed: number
  readonly luck: number
  /** When it began: milliseconds since the epoch, by the wall clock. Tells it from others of its node. */
  readonly startedAt: Millis
}

export type Input =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'message'
      readonly from: NodeId
      readonly message: Tagged
      /** Undefined where the message was never on a wire: one to oneself, or of a service of this process. */
      readonly bytes: Uint8Array | undefined
      /** Of one to oneself, as it was encoded when it was said; undefined where nobody asked for that. */
      readonly encoded?: EncodedMessage | undefined
    }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'peer'; readonly peer: NodeId; readonly status: 'up' | 'down' }
  /** A sync ended well, and what waited behind it is carried out. No handler runs. */
  | { readonly kind: 'synced' }

export type Answer =
  /** An operation of the disk threw. */
  | { readonly question: 'disk'; readonly path: string; readonly code: string }
  /** What a read found, undefined where there is no such file. The bytes hold only until the tap returns. */
  | { readonly question: 'read'; readonly path: string; readonly answer: Uint8Array | undefined }
  | { readonly question: 'list'; readonly prefix: string; readonly answer: readonly string[] }
  | { readonly question: 'durable length'; readonly answer: number }
  | { readonly question: 'outbox length'; readonly answer: number }
  | { readonly question: 'begun'; readonly answer: boolean }

export type Output =
  | { readonly kind: 'send'; readonly to: NodeId; readonly message: Tagged }
  | { readonly kind: 'timer'; readonly timer: TimerName; readonly delayMs: Millis }
  | { readonly kind: 'cancel'; readonly timer: TimerName }
  | { readonly kind: 'note'; readonly event: string; readonly detail: PlainData }
  | { readonly kind: 'introduce'; readonly peer: NodeId; readonly address: Address | undefined }
  | { readonly kind: 'exit'; readonly reason: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number | undefined; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly path: string; readonly length: number }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'sync' }
  | {
      readonly kind: 'history'
      readonly step: 'invoke' | 'ok' | 'fail' | 'info'
      readonly operation: number
      readonly detail: PlainData
    }

/** A look at the whole of a node between two of its events: what a recording can begin with. */
export interface Look {
  readonly state: () => unknown
  /** Timers that are armed: what is left until each fires, and how often each was drawn, also of those not armed. */
  readonly timers: () => readonly TimerLook[]
  /** How often each stream of its luck was drawn from. */
  readonly draws: () => DrawCounts
  /** The files as reads see them: all that was said, durable or not. */
  readonly files: () => ReadonlyMap<string, Uint8Array>
  /** How many things that were said wait behind a sync. */
  readonly waiting: () => number
}

export interface TimerLook {
  readonly timer: TimerName
  readonly leftMs: Millis | undefined
  readonly draws: number
}
