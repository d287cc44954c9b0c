import type { Millis, NodeId } from './machine.ts'

/**
 * What can go wrong, as data. A plan is a list of these, made from the seed or written by hand; reports show it,
 * shrinking takes entries away, and either world carries it out. Times are virtual milliseconds since the run began.
 */

/** Which links an entry touches: from each of `from` to each of `to`; every node where a side is left out. */
export interface Links {
  readonly from?: readonly NodeId[]
  readonly to?: readonly NodeId[]
}

interface Lasting {
  readonly atMs: Millis
  readonly forMs: Millis
}

/** How extra delay is drawn. Long-tailed is a Pareto distribution of shape 2 with the given minimum. */
export type Delay =
  | { readonly shape: 'constant'; readonly ms: Millis }
  | { readonly shape: 'uniform'; readonly minMs: Millis; readonly maxMs: Millis }
  | { readonly shape: 'exponential'; readonly meanMs: Millis }
  | { readonly shape: 'long-tailed'; readonly minMs: Millis; readonly maxMs: Millis }

export type LinkFault =
  | ({ readonly kind: 'loss'; readonly probability: number } & Links & Lasting)
  | ({ readonly kind: 'duplication'; readonly probability: number } & Links & Lasting)
  | ({ readonly kind: 'delay'; readonly probability: number; readonly delay: Delay } & Links & Lasting)
  /** Each message is held up for a while of its own, so that later ones overtake it. */
  | ({ readonly kind: 'reordering'; readonly probability: number; readonly withinMs: Millis } & Links & Lasting)
  /** Nothing passes between different groups; a node in no group talks to all, a node in two is a bridge. */
  | ({ readonly kind: 'partition'; readonly groups: readonly (readonly NodeId[])[] } & Lasting)
  /** Nothing passes from `from` to `to`; the other way is open. */
  | ({ readonly kind: 'one-way-partition'; readonly from: readonly NodeId[]; readonly to: readonly NodeId[] } & Lasting)
  /** Messages are held while it lasts and let go, in order, at its end. */
  | ({ readonly kind: 'clog' } & Links & Lasting)
  /** Latency is multiplied. */
  | ({ readonly kind: 'slow-link'; readonly factor: number } & Links & Lasting)
  | ({ readonly kind: 'bandwidth'; readonly bytesPerSecond: number } & Links & Lasting)
  /** Breaks the streams between the two sides once. */
  | {
      readonly kind: 'stream-reset'
      readonly atMs: Millis
      readonly from?: readonly NodeId[]
      readonly to?: readonly NodeId[]
    }
  /** Flips a bit of the encoded message, which then goes through its codec; `wire` sends every message through it. */
  | ({ readonly kind: 'corruption'; readonly probability: number } & Links & Lasting)

/** What a node finds on its disk when it comes back; `old`: as it was at its last start. */
export type DiskOnRestart = 'kept' | 'old' | 'empty'

interface Restart {
  /** Left out: it stays down until the calm. With `forGood` it stays down after that as well. */
  readonly restartAfterMs?: Millis
  readonly disk?: DiskOnRestart
  /** Comes back with the scenario's other code: a rolling upgrade. */
  readonly upgrade?: boolean
}

export type ProcessFault =
  /** The process dies, the page cache stays. */
  | ({ readonly kind: 'kill'; readonly node: NodeId; readonly atMs: Millis } & Restart)
  /** What was not synced is lost, in any order, with torn writes. */
  | ({ readonly kind: 'power-loss'; readonly node: NodeId; readonly atMs: Millis } & Restart)
  /**
   * At the first handler from then on that says anything (or, `writing`, that writes to its disk), only a prefix of
   * what it says is carried out, be it nothing or all; then it crashes.
   */
  | ({
      readonly kind: 'crash-in-output'
      readonly node: NodeId
      readonly atMs: Millis
      readonly power: boolean
      readonly writing?: boolean
    } & Restart)
  /** Crashes, and while it recovers crashes again, `times` times. */
  | ({
      readonly kind: 'crash-in-recovery'
      readonly node: NodeId
      readonly atMs: Millis
      readonly power: boolean
      readonly times: number
    } & Restart)
  | ({ readonly kind: 'pause'; readonly node: NodeId } & Lasting)
  /** Each event takes this much longer to be handled. */
  | ({ readonly kind: 'slow-process'; readonly node: NodeId; readonly byMs: Millis } & Lasting)
  /** A node that was not there before; the scenario says what it is. */
  | { readonly kind: 'spawn'; readonly atMs: Millis; readonly index: number }

export type DiskFault =
  | ({ readonly kind: 'slow-sync'; readonly node: NodeId; readonly byMs: Millis } & Lasting)
  /** Operations on the disk fail with EIO, each with the probability; a failed sync stops the node. */
  | ({
      readonly kind: 'disk-error'
      readonly node: NodeId
      readonly probability: number
      readonly restartAfterMs?: Millis
    } & Lasting)
  | ({ readonly kind: 'disk-full'; readonly node: NodeId; readonly restartAfterMs?: Millis } & Lasting)
  /** One bit of what is durable flips, anywhere but in the last synced write of a file. */
  | { readonly kind: 'bit-rot'; readonly node: NodeId; readonly atMs: Millis }
  /** Syncs say that they are done, and are not. */
  | ({ readonly kind: 'lost-sync'; readonly node: NodeId } & Lasting)
  /** The next write goes to another place of the platter; the page cache does not know. */
  | { readonly kind: 'misdirected-write'; readonly node: NodeId; readonly atMs: Millis }

export type ClockFault =
  /** The wall clock is off by this much while it lasts. */
  | ({ readonly kind: 'clock-skew'; readonly node: NodeId; readonly byMs: Millis } & Lasting)
  /** Both clocks run at this rate: 1.05 is five percent fast. */
  | ({ readonly kind: 'clock-drift'; readonly node: NodeId; readonly rate: number } & Lasting)
  /** The wall clock jumps, back where negative, and stays there. */
  | { readonly kind: 'clock-jump'; readonly node: NodeId; readonly byMs: Millis; readonly atMs: Millis }

/** One message out of all, by its identity: how shrinking writes down what a probability did. */
export interface MessageName {
  readonly from: NodeId
  readonly to: NodeId
  readonly type: string
  /** The identity its type declares, or the hash of its content, as 32 bits. */
  readonly identity: number
  /** Which of several with the same identity on this link, counted from 0. */
  readonly occurrence: number
}

export type MessageFault =
  | { readonly kind: 'lost-message'; readonly atMs: Millis; readonly message: MessageName }
  /** The copy arrives this long after the message would have, had nothing delayed it. */
  | { readonly kind: 'doubled-message'; readonly atMs: Millis; readonly message: MessageName; readonly afterMs: Millis }
  | { readonly kind: 'slow-message'; readonly atMs: Millis; readonly message: MessageName; readonly byMs: Millis }
  | { readonly kind: 'corrupted-message'; readonly atMs: Millis; readonly message: MessageName }

/**
 * What only the run itself brings about: the nth note of this name, by whichever node, which the fault waits for; or,
 * without an occurrence, the node that wrote it last when the time of the fault has come.
 */
export interface Moment {
  readonly note: string
  /** Counted from 1. */
  readonly occurrence?: number
  /** Nothing happens where one of these wrote it. */
  readonly spares?: readonly NodeId[]
}

/** Stands, in a fault that waits for a moment, for the node that wrote the note. */
export const NOTED: NodeId = '@noted'

/** A moment that the world itself notes: a file has got another name, while what it holds may not be durable yet. */
export const FILE_RENAMED = 'a file was renamed'

export type Fault = (LinkFault | ProcessFault | DiskFault | ClockFault | MessageFault) & {
  /** Its number in the plan it came from, so that shrinking can name what it kept. */
  readonly id: number
  /** True where nothing heals it, neither its time nor the calm: a node that stays cut off or down for good. */
  readonly forGood?: boolean
  /**
   * With an occurrence, it waits for this moment of the storm, and `atMs` counts from there: it never comes where the
   * moment does not. Without one, it comes at `atMs` and hits whoever wrote the note last; nobody where none has.
   */
  readonly when?: Moment
}

export type FaultKind = Fault['kind']

/** Kinds a plan may draw, in the order of the catalogue. Message faults are only written by shrinking. */
export const FAULT_KINDS = [
  'loss',
  'duplication',
  'delay',
  'reordering',
  'partition',
  'one-way-partition',
  'clog',
  'slow-link',
  'bandwidth',
  'stream-reset',
  'corruption',
  'kill',
  'power-loss',
  'crash-in-output',
  'crash-in-recovery',
  'pause',
  'slow-process',
  'spawn',
  'slow-sync',
  'disk-error',
  'disk-full',
  'bit-rot',
  'lost-sync',
  'misdirected-write',
  'clock-skew',
  'clock-drift',
  'clock-jump',
] as const satisfies readonly FaultKind[]

/** What faults do, by place, as a sweep counts it: a kind that comes in several shapes counts by shape. */
export const FAULT_EFFECTS = {
  link: [
    'loss',
    'duplication',
    'delay-constant',
    'delay-uniform',
    'delay-exponential',
    'delay-long-tailed',
    'reordering',
    'partition',
    'partial-partition',
    'bridge',
    'one-way-partition',
    'clog',
    'slow-link',
    'bandwidth',
    'stream-reset',
    'corruption',
  ],
  process: [
    'kill',
    'power-loss',
    'torn-write',
    'crash-in-output',
    'crash-in-recovery',
    'pause',
    'slow-process',
    'restart-old-disk',
    'restart-empty-disk',
    'upgrade',
    'spawn',
    'buggify',
  ],
  disk: ['slow-sync', 'disk-error', 'disk-full', 'bit-rot', 'lost-sync', 'misdirected-write'],
  clock: ['clock-skew', 'clock-drift', 'clock-jump'],
} as const
