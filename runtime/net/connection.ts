import type { Socket } from 'node:net'
import type { Millis } from '../../sim/machine.ts'
import type { HostLimits } from '../host/limits.ts'
import { FrameKind, FrameReader, frameOf, type PartialBytes } from './frames.ts'

const HANDSHAKE_FRAME_BYTES = 256
/** Frames are joined into writes of about this size. */
const WRITE_BYTES = 65_536
const ALIVE = frameOf(FrameKind.alive, new Uint8Array(0))

/** Who hears of a connection. */
export interface ConnectionListener {
  /** A frame came; false where nothing more of this connection is wanted. */
  readonly onFrame: (connection: Connection, kind: number, content: Uint8Array) => boolean
  /** It is over, whoever ended it and why. Called once. */
  readonly onClosed: (connection: Connection, reason: string) => void
  readonly isBusy: () => boolean
  /** Called before bytes leave. */
  readonly beforeLeaving: (() => void) | undefined
}

/** One TCP connection: frames in and out, within the limits. */
export class Connection {
  /** Both ends know who the other is. */
  isOpen = false
  /** The latest of the other end's attempts to connect that it has told of. */
  remoteDials = 0
  /** Messages given to it that the operating system has not taken. */
  unsent = 0
  /** Of frames that were not given to the socket yet. */
  private waitingBytes = 0
  private readonly socket: Socket
  private readonly listener: ConnectionListener
  private readonly limits: HostLimits
  private readonly reader: FrameReader
  private from: { readonly host: string | undefined; readonly port: number | undefined }
  private pending: Uint8Array[] = []
  private pendingMessages = 0
  private flushing: NodeJS.Immediate | undefined
  private isClosed = false
  private readonly begunMs = performance.now()
  private readMs = this.begunMs
  private wroteMs = this.begunMs
  /** Since when a frame that has begun has not become whole. */
  private partialSinceMs: Millis | undefined
  private held: { readonly atMs: Millis; readonly frame: Uint8Array }[] = []
  private holding: NodeJS.Timeout | undefined

  constructor(socket: Socket, limits: HostLimits, partial: PartialBytes, listener: ConnectionListener) {
    this.socket = socket
    this.limits = limits
    this.listener = listener
    this.reader = new FrameReader(partial)
    this.from = { host: socket.remoteAddress, port: socket.remotePort }
    socket.once('connect', () => {
      this.from = { host: socket.remoteAddress, port: socket.remotePort }
    })
    socket.on('data', (piece: Uint8Array) => this.read(piece))
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.message))
    socket.on('close', () => this.fail('closed by the other end'))
    socket.on('end', () => this.fail('closed by the other end'))
  }

  /** Where its other end is; known for as long as anyone may ask, also once it is over. */
  get remote(): { readonly host: string | undefined; readonly port: number | undefined } {
    return this.from
  }

  /** Puts a message behind what was given before. `holdMs` holds it, and all behind it, for so long at least. */
  send(frame: Uint8Array, holdMs: Millis): void {
    if (this.isClosed) return
    this.unsent++
    this.waitingBytes += frame.length
    const bytes = this.waitingBytes + this.socket.writableLength
    if (this.unsent > this.limits.outboxMessages || bytes > this.limits.outboxBytes) {
      this.fail('the outbox is full')
    } else if (holdMs > 0 || this.held.length > 0) this.hold(frame, holdMs)
    else this.enqueue(frame)
  }

  /** The same for a frame that is no message, and is not counted. */
  control(frame: Uint8Array): void {
    if (this.isClosed) return
    this.waitingBytes += frame.length
    this.push(frame)
  }

  /** Writes at once what waits for the end of the present round of the event loop. */
  flush(): void {
    clearImmediate(this.flushing)
    this.flushing = undefined
    const { pending, pendingMessages: messages } = this
    this.pending = []
    this.pendingMessages = 0
    for (let from = 0; from < pending.length;) {
      let to = from
      let bytes = 0
      while (to < pending.length && (to === from || bytes + pending[to]!.length <= WRITE_BYTES)) {
        bytes += pending[to++]!.length
      }
      const isLast = to === pending.length
      this.write(
        to - from === 1 ? pending[from]! : Buffer.concat(pending.slice(from, to), bytes),
        isLast ? messages : 0,
      )
      from = to
    }
  }

  /** Looks after what time has brought: called now and then. A sign of life is only sent where `mayLive` allows it. */
  tick(nowMs: Millis, mayLive: () => boolean): void {
    const { limits } = this
    if (!this.isOpen && nowMs - this.begunMs > limits.handshakeMs) this.fail('no handshake in time')
    else if (this.partialSinceMs !== undefined && nowMs - this.partialSinceMs > limits.frameMs) {
      this.fail('too slow a sender')
    } else if (this.isOpen && nowMs - this.readMs > limits.silenceMs && !this.socket.isPaused()) this.fail('silent')
    else if (this.isOpen && nowMs - this.wroteMs >= limits.keepAliveMs && this.unsent === 0 && mayLive()) {
      this.control(ALIVE)
    }
  }

  /** Ends it once what was given to it is on its way. */
  end(): void {
    this.flush()
    this.socket.end()
  }

  /** Ends it now; whoever listens hears why. */
  fail(reason: string): void {
    if (this.isClosed) return
    this.isClosed = true
    this.release()
    this.listener.onClosed(this, reason)
  }

  private release(): void {
    clearImmediate(this.flushing)
    clearTimeout(this.holding)
    this.pending = []
    this.held = []
    this.reader.clear()
    this.socket.destroy()
  }

  private enqueue(frame: Uint8Array): void {
    this.pendingMessages++
    this.push(frame)
  }

  private push(frame: Uint8Array): void {
    this.pending.push(frame)
    this.flushing ??= setImmediate(() => this.flush())
  }

  private write(bytes: Uint8Array, messages: number): void {
    this.wroteMs = performance.now()
    this.waitingBytes -= bytes.length
    this.listener.beforeLeaving?.()
    this.socket.write(bytes, () => {
      this.unsent -= messages
    })
  }

  private hold(frame: Uint8Array, holdMs: Millis): void {
    const atMs = Math.max(performance.now() + holdMs, this.held.at(-1)?.atMs ?? 0)
    this.held.push({ atMs, frame })
    this.holding ??= setTimeout(() => this.letGo(), holdMs)
  }

  private letGo(): void {
    this.holding = undefined
    const nowMs = performance.now()
    while (this.held.length > 0 && this.held[0]!.atMs <= nowMs) this.enqueue(this.held.shift()!.frame)
    if (this.held.length > 0) this.holding = setTimeout(() => this.letGo(), Math.ceil(this.held[0]!.atMs - nowMs))
  }

  private read(piece: Uint8Array): void {
    if (this.isClosed) return
    const nowMs = performance.now()
    this.readMs = nowMs
    const problem = this.reader.take(
      piece,
      () => (this.isOpen ? this.limits.frameBytes : HANDSHAKE_FRAME_BYTES),
      (kind, content) => this.listener.onFrame(this, kind, content) && !this.isClosed,
    )
    if (this.isClosed) this.reader.clear()
    else if (problem !== undefined) this.fail(problem)
    else {
      this.partialSinceMs = this.reader.isWithin ? (this.partialSinceMs ?? nowMs) : undefined
      if (this.listener.isBusy()) this.pause()
    }
  }

  private pause(): void {
    this.socket.pause()
    const resume = (): void => {
      if (this.isClosed) return
      if (this.listener.isBusy()) setTimeout(resume, 5)
      else this.socket.resume()
    }
    setTimeout(resume, 5)
  }
}
