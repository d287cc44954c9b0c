/**
 * The vocabulary: what a node is, and what it may say. This file imports nothing, so that a machine written
 * against it runs in the simulator and on real sockets alike.
 */

/** A node's name, unique in its system: `n1`, `c2`. */
export type NodeId = string

/** A length or a point of time in milliseconds. The clock ticks in whole microseconds: 0.001 is the least step. */
export type Millis = number

/** Where a node that was learned of at run time can be reached; in simulation the name alone is enough. */
export interface Address {
  readonly host: string
  readonly port: number
}

type Primitive = string | number | boolean | bigint | null | undefined
type TypedArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array

/**
 * `T` where it is plain data (objects, arrays, Map, Set, typed arrays); `never` where a function, and so a class
 * with methods, hides in it. `State & Plain<State>` makes the compiler refuse such a state.
 */
export type Plain<T> = T extends Primitive | TypedArray
  ? T
  : T extends (...args: never[]) => unknown
    ? never
    : T extends ReadonlyMap<infer Key, infer Value>
      ? [Key, Value] extends [Plain<Key>, Plain<Value>]
        ? T
        : never
      : T extends ReadonlySet<infer Item>
        ? Item extends Plain<Item>
          ? T
          : never
        : T extends object
          ? { [Field in keyof T]: Plain<T[Field]> }
          : never

/** Any plain data, where its shape does not matter: the detail of a note, a record of a journal. */
export type PlainData =
  | Primitive
  | TypedArray
  | readonly PlainData[]
  | { readonly [field: string]: PlainData }
  | ReadonlyMap<PlainData, PlainData>
  | ReadonlySet<PlainData>

/** Every message says what it is. */
export interface Tagged {
  readonly type: string
}

/** A timer is a name, or a tagged record of plain data where many of a kind run at once. */
export type TimerName = string | Tagged

/** A stream of random numbers that belongs to one node, seeded by the run. */
export interface Random {
  /** A float in [0, 1), of 32 random bits. */
  float(): number
  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  /** One item of a list that is not empty. */
  pick<T>(items: readonly T[]): T
  /** A stream of its own with this name, the same one at every call: what is drawn here moves nothing there. */
  named(name: string): Random
}

/**
 * A node's disk: a flat set of files named by paths. Writes land in a page cache and reads see them at once; they
 * survive a killed process, but only what a completed `sync` covers survives a power loss.
 *
 * Every method may throw a {@link DiskError}. A machine may catch it (a full disk); one that escapes stops the node.
 */
export interface Disk {
  /** The whole file, or undefined where there is none. The bytes are the caller's to keep, not to change. */
  read(path: string): Uint8Array | undefined
  /** The bytes are copied: the caller may use the buffer again at once. */
  append(path: string, bytes: Uint8Array): void
  /** Writes at an offset in bytes, and makes the file longer where needed. */
  write(path: string, offset: number, bytes: Uint8Array): void
  /** Cuts the file to a length in bytes. */
  truncate(path: string, length: number): void
  /** Replaces `to` where it exists, atomically. */
  rename(from: string, to: string): void
  remove(path: string): void
  /** Paths that begin with the prefix, sorted. */
  list(prefix?: string): readonly string[]
  /**
   * A full barrier: what the node says after it, messages and disk operations both, waits until everything written
   * before is durable. Timers and notes do not wait. A sync that fails stops the node.
   */
  sync(): void
  /**
   * How many bytes of a file are durable for certain, by syncs that have ended: on a disk that may make appends which
   * share a sync durable in any order, less than what the node has said to sync. Missing where they are in order, as in
   * simulation.
   */
  durableLength?(path: string): number
}

export type DiskErrorCode = 'ENOSPC' | 'EIO' | 'ENOENT'

/** What a disk operation throws: `ENOSPC` full, `EIO` broken, `ENOENT` rename, truncate or remove of a file that is not there. */
export class DiskError extends Error {
  override readonly name = 'DiskError'
  readonly code: DiskErrorCode
  readonly path: string

  constructor(code: DiskErrorCode, path: string) {
    super(`${code}: ${path}`)
    this.code = code
    this.path = path
  }
}

/**
 * What a machine may ask for and say. What it says in one handler is a list in program order, carried out when the
 * handler returns: a crash keeps a prefix of it; a throw that escapes keeps its disk operations, sends nothing, and
 * stops the node. A context belongs to one incarnation of a node and must not be kept in its state.
 */
export interface Context<Message, Timer = never> {
  readonly self: NodeId
  /** This node's monotonic clock, read once an event; begins at 0 with each incarnation and drifts under clock faults. */
  readonly now: Millis
  /** Its wall clock, in milliseconds since the epoch: skewed, and may jump back. */
  readonly wallClock: Millis
  readonly random: Random
  readonly disk: Disk
  send(to: NodeId, message: Message): void
  /** Arms the timer, or arms it anew. A range draws whole microseconds, both ends included. */
  setTimer(timer: Timer, after: Millis | readonly [min: Millis, max: Millis]): void
  cancelTimer(timer: Timer): void
  /** A node learned of at run time, and where it is reached. */
  introduce(peer: NodeId, address?: Address): void
  /** For people who read the trace; plain data as detail. */
  note(event: string, detail?: PlainData): void
  /** A rare path worth forcing: true now and then in simulation, never in production. */
  buggify(label: string): boolean
  /** Messages said to a peer by stream and not yet taken by it; 0 where no stream is open. */
  outboxLength(peer: NodeId): number
  /** This node is done: its process ends in good order once everything it said before is carried out. */
  exit(reason: string): void
}

interface Handlers<State, Message extends Tagged, MachineContext> {
  /** First start and every restart. Recover from `ctx.disk`. */
  readonly start: (ctx: MachineContext) => State
  readonly onMessage: (state: State, ctx: MachineContext, from: NodeId, message: Message) => void
  /** A stream connection to a peer opened or broke. */
  readonly onPeer?: (state: State, ctx: MachineContext, peer: NodeId, status: 'up' | 'down') => void
}

type MachineOver<State, Message extends Tagged, Timer, MachineContext> = Handlers<
  State & Plain<State>,
  Message,
  MachineContext
> &
  ([Timer] extends [never]
    ? { readonly onTimer?: never }
    : { readonly onTimer: (state: State, ctx: MachineContext, timer: Timer) => void })

/**
 * A node: plain state, and handlers that change it and say what shall happen. A factory makes one from its
 * configuration and is called anew for each incarnation; nothing outside the state may change.
 */
export type Machine<State, Message extends Tagged, Timer extends TimerName = never> = MachineOver<
  State,
  Message,
  Timer,
  Context<Message, Timer>
>

/** A machine that plays a client: it also records what it asked and what it was told. */
export type ClientMachine<State, Message extends Tagged, Timer extends TimerName = never> = MachineOver<
  State,
  Message,
  Timer,
  ClientContext<Message, Timer>
>

/** A machine whose types are of no concern to the one who holds it: the world, the runtime. */
export interface AnyMachine {
  readonly start: (ctx: any) => any
  readonly onMessage: (state: any, ctx: any, from: NodeId, message: any) => void
  readonly onTimer?: ((state: any, ctx: any, timer: any) => void) | undefined
  readonly onPeer?: ((state: any, ctx: any, peer: NodeId, status: 'up' | 'down') => void) | undefined
}

/** What a client's context adds: the record of what it asked and what it was told, for the checkers. */
export interface HistoryRecorder {
  /**
   * True where the operation was begun before, in any incarnation. The workload belongs to the one who runs the
   * experiment, not to the client: it survives what the client's disk does not, so no operation is done twice.
   */
  begun(operation: number): boolean
  /** The client begins an operation; `operation` is its number in the workload. */
  invoke(operation: number, input: PlainData): void
  /** It took effect, with this answer. */
  ok(operation: number, output: PlainData): void
  /** It certainly took no effect. */
  fail(operation: number, reason?: string): void
  /** Nobody knows: it may take effect at any later time, or never. */
  info(operation: number, reason?: string): void
}

/** The context of a machine that plays a client. */
export interface ClientContext<Message, Timer = never> extends Context<Message, Timer> {
  readonly history: HistoryRecorder
}

/** A bug of the machine itself: in simulation a finding with a token; in production the node stops, keeping its disk. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Says what must hold at this place in a machine. */
export function invariant(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new InvariantError(sentence)
}
