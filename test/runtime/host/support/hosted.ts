import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { hostMachine, type HostedMachine, type HostOptions } from '../../../../runtime/host/host-machine.ts'
import type { AnyMachine, Context, NodeId } from '../../../../sim/machine.ts'
import { protocol, type Schema } from '../../../../sim/protocol.ts'
import { temporaryFolder } from '../../../support/temp-folder.ts'

export type Word =
  | { readonly type: 'datagram'; readonly n: number }
  | { readonly type: 'stream'; readonly n: number }
  | { readonly type: 'local'; readonly n: number }

function numbered<Type extends Word['type']>(type: Type): Schema<Extract<Word, { readonly type: Type }>> {
  return {
    safeParse: (value) =>
      typeof (value as Partial<Word>).n === 'number'
        ? { success: true, data: value as Extract<Word, { readonly type: Type }> }
        : { success: false, error: { message: `${type} without a number` } },
  }
}

export const words = protocol<Word>({
  datagram: { transport: 'datagram', schema: numbered('datagram'), open: true },
  stream: { transport: 'stream', schema: numbered('stream'), open: true },
  local: { transport: 'local' },
})

export type WordContext = Context<Word, string>

/** What a test's machine does; its state is the list of what it heard. */
export interface Handlers {
  readonly start?: (ctx: WordContext) => void
  readonly onMessage?: (ctx: WordContext, message: Word, from: NodeId) => void
  readonly onTimer?: (ctx: WordContext, timer: string) => void
}

/** A machine that keeps what it heard, as words: `datagram 3 from a`, `up b`, `timer tick`. */
export function listener(handlers: Handlers = {}): AnyMachine {
  return {
    start: (ctx: WordContext): string[] => {
      handlers.start?.(ctx)
      return []
    },
    onMessage: (state: string[], ctx: WordContext, from: NodeId, message: Word) => {
      state.push(`${message.type} ${message.n} from ${from}`)
      handlers.onMessage?.(ctx, message, from)
    },
    onTimer: (state: string[], ctx: WordContext, timer: string) => {
      state.push(`timer ${timer}`)
      handlers.onTimer?.(ctx, timer)
    },
    onPeer: (state: string[], _ctx: WordContext, peer: NodeId, status: 'up' | 'down') => {
      state.push(`${status} ${peer}`)
    },
  }
}

/** Hosts a machine for the length of a test; nothing of it is left afterwards, however the test ends. */
export async function hosted(
  self: NodeId,
  handlers: Handlers = {},
  options: Partial<HostOptions> = {},
): Promise<HostedMachine> {
  const node = await hostMachine({
    self,
    machine: () => listener(handlers),
    protocol: words,
    dataDirectory: join(temporaryFolder(), self),
    ...options,
  })
  onTestFinished(async () => {
    await node.kill()
  })
  return node
}

export function heard(node: HostedMachine): readonly string[] {
  return node.state() as readonly string[]
}

/** Waits until something is so; how long it takes is no matter, and a test that waits in vain says what it saw. */
export async function until(isSo: () => boolean, saw: () => unknown = () => undefined): Promise<void> {
  const startedMs = performance.now()
  while (!isSo()) {
    if (performance.now() - startedMs > 15_000) throw new Error(`it did not come about; saw ${JSON.stringify(saw())}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Two machines that know each other. */
export async function pair(
  a: Handlers,
  b: Handlers,
  options: { readonly a?: Partial<HostOptions>; readonly b?: Partial<HostOptions> } = {},
): Promise<readonly [HostedMachine, HostedMachine]> {
  const second = await hosted('b', b, options.b)
  const address = second.listening.streams[0]!
  const first = await hosted('a', a, { peers: { b: address }, ...options.a })
  return [first, second]
}
