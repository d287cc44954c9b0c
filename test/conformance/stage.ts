import type { AnyMachine, Context, DiskError, NodeId } from '../../sim/machine.ts'
import { protocol, type Schema } from '../../sim/protocol.ts'

export type Word =
  | { readonly type: 'datagram'; readonly n: number }
  | { readonly type: 'stream'; readonly n: number }
  | { readonly type: 'local'; readonly n: number }

export type Timer = string | { readonly type: 'numbered'; readonly n: number; readonly of: string }

/** What a machine of these tests says aloud: it is kept by the test, over all its incarnations. */
export type Say = (words: string) => void

export type StageContext = Context<Word, Timer>

/** A machine's handlers. `incarnation` counts its starts, from 1, for the test's own use. */
export interface Handlers {
  readonly start?: (ctx: StageContext, say: Say, incarnation: number) => void
  readonly onMessage?: (ctx: StageContext, message: Word, from: NodeId, say: Say) => void
  readonly onTimer?: (ctx: StageContext, timer: Timer, say: Say) => void
}

/** One of the worlds, with what a test may do in either. */
export interface Stage {
  begin(nodes: Readonly<Record<NodeId, Handlers>>): Promise<void>
  /** All that a node heard and said, in order: `start 1`, `stream 3 from a`, `up a`, `timer tick`. */
  heard(id: NodeId): readonly string[]
  /** Goes on until something is so; fails where it does not come about. */
  until(isSo: () => boolean): Promise<void>
  /** Goes on for a while in which much might happen. */
  pass(): Promise<void>
  /** Kills a node's process, and starts it again with its disk. */
  killAndRestart(id: NodeId): Promise<void>
  /** Breaks the stream between two nodes. */
  resetStream(a: NodeId, b: NodeId): void
  /** Why a node's process ended by itself; undefined while it has not. */
  ended(id: NodeId): string | undefined
}

function numbered<Type extends Word['type']>(type: Type): Schema<Extract<Word, { readonly type: Type }>> {
  return {
    safeParse: (value) =>
      typeof (value as Partial<Word>).n === 'number'
        ? { success: true, data: value as Extract<Word, { readonly type: Type }> }
        : { success: false, error: { message: `${type} without a number` } },
  }
}

export const words = protocol<Word>({
  datagram: { transport: 'datagram', schema: numbered('datagram') },
  stream: { transport: 'stream', schema: numbered('stream') },
  local: { transport: 'local' },
})

/** The machine of a node: says what it hears, then does what its handlers do. */
export function machineOf(handlers: Handlers, say: Say, incarnation: number): AnyMachine {
  return {
    start: (ctx: StageContext) => {
      say(`start ${incarnation}`)
      handlers.start?.(ctx, say, incarnation)
      return {}
    },
    onMessage: (_state, ctx: StageContext, from: NodeId, message: Word) => {
      say(`${message.type} ${message.n} from ${from}`)
      handlers.onMessage?.(ctx, message, from, say)
    },
    onTimer: (_state, ctx: StageContext, timer: Timer) => {
      say(`timer ${typeof timer === 'string' ? timer : `${timer.of} ${timer.n}`}`)
      handlers.onTimer?.(ctx, timer, say)
    },
    onPeer: (_state, _ctx, peer: NodeId, status: 'up' | 'down') => say(`${status} ${peer}`),
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export function textOf(ctx: StageContext, path: string): string | undefined {
  const found = ctx.disk.read(path)
  return found === undefined ? undefined : new TextDecoder().decode(found)
}

/** The code of the error that an operation of the disk throws. */
export function codeOf(act: () => void): string {
  try {
    act()
    return 'no error'
  } catch (error) {
    return (error as DiskError).code
  }
}
