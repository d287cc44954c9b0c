import type { AnyMachine, Millis, NodeId, TimerName } from './machine.ts'
import { Clock } from './clock.ts'
import type { SimulatedDisk } from './disk.ts'
import type { DiskOnRestart } from './faults.ts'
import { mixText } from './mix.ts'
import type { Endpoint } from './network.ts'
import type { NodePast } from './past.ts'
import type { NodeRecorder } from './run-record.ts'

/** A node as the world is told of it. */
export interface WorldNode {
  readonly id: NodeId
  readonly role: string
  /** Called anew for each incarnation. */
  readonly machine: () => AnyMachine
  /** The other code of a rolling upgrade. */
  readonly upgraded?: () => AnyMachine
  /** What is on its disk before its first start. */
  readonly disk?: ReadonlyMap<string, Uint8Array>
  /** What it goes on from, in place of a first start; made anew for each world. */
  readonly past?: () => NodePast
}

/** A timer of one incarnation; at most one event waits for it, and finds here whether it is still wanted, and when. */
export interface ArmedTimer {
  readonly key: string
  timer: TimerName
  /** When it fires, in the world's microseconds; −1 where it is not armed. */
  deadlineUs: number
  /** When the event that waits for it comes; Infinity where none waits. */
  eventAtUs: number
  generation: number
  draws: number
  cause: number
}

/** Something a node said that waits behind a sync. */
export interface Said {
  /** See `Saying`. */
  kind: number
  readonly to: number
  readonly body: unknown
  readonly cause: number
}

/** Sends, disk operations and the end of the process: what is carried out in program order. */
export const Saying = { send: 0, write: 1, sync: 2, exit: 3, done: 4 } as const

/** How a crashed node comes back: after a while, in the calm where that is not said, or never. */
export interface Comeback {
  readonly restartAfterMs?: Millis
  readonly disk?: DiskOnRestart
  readonly upgrade?: boolean
  readonly forGood?: boolean
}

/** An armed crash in the middle of what a handler says. */
export interface ArmedCrash {
  readonly power: boolean
  readonly fault: number
  readonly comeback: Comeback
  /** True where it waits for a handler that writes to the disk. */
  readonly writing: boolean
  /** True where it is to hit the recovery from an earlier crash. */
  readonly recovering: boolean
}

/** One node of the simulated world: its process, clocks and disk. */
export class SimulatedNode implements Endpoint {
  readonly index: number
  readonly id: NodeId
  readonly key: number
  readonly role: string
  readonly spec: WorldNode
  readonly clock = new Clock()
  disk!: SimulatedDisk
  recorder!: NodeRecorder

  up = false
  /** Counts its starts, from 1. */
  incarnation = 0
  /** What this incarnation's own luck is drawn from: the run, the node, and what caused the start. */
  luck = 0
  /** Ended in good order, or broke an invariant: no supervisor starts it again. */
  ended = false
  /** A crash took it down for good: nothing starts it again, the calm neither. */
  lost = false
  upgraded = false
  machine: AnyMachine | undefined
  state: unknown
  context: unknown
  timers = new Map<string, ArmedTimer>()
  /** What it said and what waits behind the sync under way. */
  backlog: Said[] = []
  syncing = false
  /** How often this incarnation began a sync, used its disk, asked for a rare path: what their luck is keyed by. */
  syncCount = 0
  diskCount = 0
  buggifyCount = 0

  paused = false
  /** Slots of events that came while it was paused. */
  held: number[] = []
  slowByUs = 0
  slowSyncByUs = 0
  diskErrorRate = 0
  diskFull = false
  /** Its disk once broke a promise: what it had said was durable was lost, changed, or put back to an older state. */
  diskHarmed = false
  /** Why it ended in good order, as it said itself. */
  exitReason: string | undefined
  losesSyncs = false
  armedCrash: ArmedCrash | undefined
  /** Crashes still to come while it recovers. */
  recoveryCrashes = 0
  /** How soon a fault of its disk starts it again after a stop of its own; the supervisor decides where it does not say. */
  restartAfterMs: Millis | undefined
  supervised = 0

  constructor(index: number, spec: WorldNode) {
    this.index = index
    this.spec = spec
    this.id = spec.id
    this.role = spec.role
    this.key = mixText(0, spec.id)
  }
}
