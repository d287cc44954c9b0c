import type {
  Address,
  AnyMachine,
  Context,
  Disk,
  Millis,
  NodeId,
  PlainData,
  Random,
  Tagged,
  TimerName,
} from './machine.ts'
import type { MessageType, Protocol } from './protocol.ts'

/** A part's messages as the whole sends them: `ping` of the part `detector` is `detector/ping`. */
export type EmbeddedMessage<Name extends string, Message extends Tagged> = Message extends Tagged
  ? { readonly type: `${Name}/${Message['type']}`; readonly message: Message }
  : never

/** A part's timers as the whole sets them. */
export type EmbeddedTimer<Name extends string, Timer extends TimerName> = Timer extends string
  ? `${Name}/${Timer}`
  : Timer extends Tagged
    ? { readonly type: `${Name}/${Timer['type']}`; readonly timer: Timer }
    : never

type StateOf<Part extends AnyMachine> = ReturnType<Part['start']>
type MessageOf<Part extends AnyMachine> = Parameters<Part['onMessage']>[3]
type TimerOf<Part extends AnyMachine> = Part extends {
  readonly onTimer: (state: never, ctx: never, timer: infer Timer extends TimerName) => void
}
  ? Timer
  : never

type ContextAround<Name extends string, Part extends AnyMachine> = Context<
  EmbeddedMessage<Name, MessageOf<Part>>,
  EmbeddedTimer<Name, TimerOf<Part>>
>

/** A machine inside another one, which passes on to it what is its. */
export interface Embedded<Name extends string, Part extends AnyMachine> {
  readonly start: (ctx: ContextAround<Name, Part>) => StateOf<Part>
  readonly onMessage: (
    state: StateOf<Part>,
    ctx: ContextAround<Name, Part>,
    from: NodeId,
    message: EmbeddedMessage<Name, MessageOf<Part>>,
  ) => void
  readonly onTimer: (
    state: StateOf<Part>,
    ctx: ContextAround<Name, Part>,
    timer: EmbeddedTimer<Name, TimerOf<Part>>,
  ) => void
  readonly onPeer: (state: StateOf<Part>, ctx: ContextAround<Name, Part>, peer: NodeId, status: 'up' | 'down') => void
  /** True for a message of the part, and the compiler knows it. */
  readonly isMessage: (message: Tagged) => message is EmbeddedMessage<Name, MessageOf<Part>>
  /** True for a timer of the part. */
  readonly isTimer: (timer: TimerName) => timer is EmbeddedTimer<Name, TimerOf<Part>>
  /** The part's own context, for functions of the part that the whole calls: `propose(state.raft, raft.context(ctx), command)`. */
  readonly context: (ctx: ContextAround<Name, Part>) => Context<MessageOf<Part>, TimerOf<Part>>
}

/**
 * A machine as a part of another. The part keeps its own vocabulary: what it says goes out with its name in front, its
 * messages, timers, disk paths, notes and buggify labels, and it draws from a random stream of its own. So parts
 * cannot get into each other's way, and the same machine serves alone and inside. The whole keeps the part's state in
 * its own, and its protocol takes in {@link embedProtocol}.
 *
 * A sync stays a barrier for the whole node, and `exit` ends the whole node.
 */
export function embed<Name extends string, Part extends AnyMachine>(name: Name, part: Part): Embedded<Name, Part> {
  const prefix = `${name}/`
  const inside = (ctx: ContextAround<Name, Part>): PartContext =>
    new PartContext(ctx as Context<unknown, unknown>, prefix)
  return {
    start: (ctx) => part.start(inside(ctx)),
    onMessage: (state, ctx, from, message) => part.onMessage(state, inside(ctx), from, message.message),
    onTimer: (state, ctx, timer) => part.onTimer?.(state, inside(ctx), partTimer(prefix, timer)),
    onPeer: (state, ctx, peer, status) => part.onPeer?.(state, inside(ctx), peer, status),
    isMessage: (message): message is EmbeddedMessage<Name, MessageOf<Part>> => message.type.startsWith(prefix),
    isTimer: (timer): timer is EmbeddedTimer<Name, TimerOf<Part>> =>
      (typeof timer === 'string' ? timer : timer.type).startsWith(prefix),
    context: inside,
  }
}

/** The protocol of a part, under the names that {@link embed} gives its messages. */
export function embedProtocol<Name extends string, Message extends Tagged>(
  name: Name,
  part: Protocol<Message>,
): Protocol<EmbeddedMessage<Name, Message>> {
  const types: Record<string, MessageType<Wrapped<Message>>> = {}
  for (const [type, declared] of Object.entries(part) as [string, MessageType<Message>][]) {
    types[`${name}/${type}`] = embedType(`${name}/${type}`, declared)
  }
  return types as unknown as Protocol<EmbeddedMessage<Name, Message>>
}

interface Wrapped<Message> extends Tagged {
  readonly message: Message
}

interface WrappedTimer extends Tagged {
  readonly timer: Tagged
}

function embedType<Message>(type: string, declared: MessageType<Message>): MessageType<Wrapped<Message>> {
  const { transport, schema, identity, sizeBytes } = declared
  return {
    transport,
    ...(identity === undefined ? {} : { identity: ({ message }) => identity(message) }),
    ...(sizeBytes === undefined ? {} : { sizeBytes: ({ message }) => sizeBytes(message) }),
    ...(schema === undefined
      ? {}
      : {
          schema: {
            safeParse: (value: unknown) => {
              const parsed = schema.safeParse((value as Partial<Wrapped<unknown>>).message)
              return parsed.success ? { success: true, data: { type, message: parsed.data } } : parsed
            },
          },
        }),
  }
}

/** A named timer stays a name, so that it keeps count of its draws as it would outside. */
function outerTimer(prefix: string, timer: TimerName): TimerName {
  if (typeof timer === 'string') return prefix + timer
  const wrapped: WrappedTimer = { type: prefix + timer.type, timer }
  return wrapped
}

function partTimer(prefix: string, timer: TimerName): TimerName {
  return typeof timer === 'string' ? timer.slice(prefix.length) : (timer as WrappedTimer).timer
}

/** The context of a part: each call goes to the context of the whole with the part's name in front. */
class PartContext implements Context<Tagged, TimerName> {
  readonly self: NodeId
  private readonly outer: Context<unknown, unknown>
  private readonly prefix: string

  constructor(outer: Context<unknown, unknown>, prefix: string) {
    this.outer = outer
    this.prefix = prefix
    this.self = outer.self
  }

  get now(): Millis {
    return this.outer.now
  }

  get wallClock(): Millis {
    return this.outer.wallClock
  }

  get random(): Random {
    return this.outer.random.named(this.prefix)
  }

  get disk(): Disk {
    return partDisk(this.outer.disk, this.prefix)
  }

  send(to: NodeId, message: Tagged): void {
    this.outer.send(to, { type: this.prefix + message.type, message })
  }

  setTimer(timer: TimerName, after: Millis | readonly [min: Millis, max: Millis]): void {
    this.outer.setTimer(outerTimer(this.prefix, timer), after)
  }

  cancelTimer(timer: TimerName): void {
    this.outer.cancelTimer(outerTimer(this.prefix, timer))
  }

  introduce(peer: NodeId, address?: Address): void {
    this.outer.introduce(peer, address)
  }

  note(event: string, detail?: PlainData): void {
    this.outer.note(this.prefix + event, detail)
  }

  buggify(label: string): boolean {
    return this.outer.buggify(this.prefix + label)
  }

  outboxLength(peer: NodeId): number {
    return this.outer.outboxLength(peer)
  }

  exit(reason: string): void {
    this.outer.exit(reason)
  }
}

/** The part of a disk whose paths begin with the prefix. */
function partDisk(disk: Disk, prefix: string): Disk {
  return {
    read: (path) => disk.read(prefix + path),
    append: (path, bytes) => disk.append(prefix + path, bytes),
    write: (path, offset, bytes) => disk.write(prefix + path, offset, bytes),
    truncate: (path, length) => disk.truncate(prefix + path, length),
    rename: (from, to) => disk.rename(prefix + from, prefix + to),
    remove: (path) => disk.remove(prefix + path),
    list: (more = '') => disk.list(prefix + more).map((path) => path.slice(prefix.length)),
    sync: () => disk.sync(),
    ...(disk.durableLength === undefined ? {} : { durableLength: (path) => disk.durableLength!(prefix + path) }),
  }
}
