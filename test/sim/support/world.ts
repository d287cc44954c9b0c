import type { ClientContext, Disk } from '../../../sim/machine.ts'
import { DiskError } from '../../../sim/machine.ts'
import type { WorldNode } from '../../../sim/node.ts'
import { protocol } from '../../../sim/protocol.ts'
import type { TraceKind } from '../../../sim/trace.ts'
import { World, type WorldOptions } from '../../../sim/world.ts'

/** What the nodes of these tests say to each other: a number, by each of the ways to travel. */
export type Message =
  | { readonly type: 'datagram'; readonly n: number }
  | { readonly type: 'stream'; readonly n: number }
  | { readonly type: 'local'; readonly n: number }

export type Timer = string | { readonly type: 'retry'; readonly n: number }
export type TestContext = ClientContext<Message, Timer>

export const messages = protocol<Message>({
  datagram: { transport: 'datagram', identity: ({ n }) => n },
  stream: { transport: 'stream', identity: ({ n }) => n },
  local: { transport: 'local' },
})

/** What a node saw, in order: `start`, `datagram 3 from n1`, `timer tick`, `up n2`. */
export interface TestState {
  readonly log: string[]
}

export interface Script {
  readonly start?: (ctx: TestContext, log: string[]) => void
  readonly onMessage?: (ctx: TestContext, message: Message, from: string, log: string[]) => void
  readonly onTimer?: (ctx: TestContext, timer: Timer, log: string[]) => void
  readonly onPeer?: (ctx: TestContext, peer: string, status: 'up' | 'down', log: string[]) => void
}

/** A node that does what a test wants, and keeps a log of what it saw. */
export function node(id: string, script: Script = {}, more: Partial<WorldNode> = {}): WorldNode {
  return {
    id,
    role: 'server',
    machine: () => ({
      start: (ctx: TestContext): TestState => {
        const state = { log: ['start'] }
        script.start?.(ctx, state.log)
        return state
      },
      onMessage: ({ log }: TestState, ctx: TestContext, from, message: Message) => {
        log.push(`${message.type} ${message.n} from ${from}`)
        script.onMessage?.(ctx, message, from, log)
      },
      onTimer: ({ log }: TestState, ctx: TestContext, timer: Timer) => {
        log.push(`timer ${typeof timer === 'string' ? timer : `${timer.type} ${timer.n}`}`)
        script.onTimer?.(ctx, timer, log)
      },
      onPeer: ({ log }: TestState, ctx: TestContext, peer, status) => {
        log.push(`${status} ${peer}`)
        script.onPeer?.(ctx, peer, status, log)
      },
    }),
    ...more,
  }
}

/** A world of these nodes; every message takes 1 ms and every sync 10 ms unless said. */
export function worldOf(nodes: readonly WorldNode[], options: Partial<WorldOptions> = {}): World {
  return new World({
    seed: 1,
    protocol: messages,
    nodes,
    network: { latencyMs: [1, 1], loss: 0, duplication: 0 },
    syncMs: [10, 10],
    trace: true,
    ...options,
  })
}

export function logOf(world: World, id: string): readonly string[] {
  return world.state<TestState>(id)?.log ?? []
}

/** The node's log without its first entry, `start`. */
export function heard(world: World, id: string): readonly string[] {
  return logOf(world, id).filter((entry) => entry !== 'start')
}

export function events(world: World, kind: TraceKind): readonly string[] {
  return world
    .trace!.events.filter((event) => event.kind === kind)
    .map(({ node: at, label, atUs }) => `${atUs / 1000} ${at} ${label}`)
}

/** Why messages were dropped, with how many each. */
export function drops(world: World): { readonly [reason: string]: number } {
  const counts: Record<string, number> = {}
  for (const { kind, reason } of world.trace!.events) if (kind === 'drop') counts[reason!] = (counts[reason!] ?? 0) + 1
  return counts
}

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

export function textOf(read: Uint8Array | undefined): string | undefined {
  return read === undefined ? undefined : String.fromCharCode(...read)
}

/** Everything on a node's disk, as reads see it. */
export function filesOf(disk: Disk): { readonly [path: string]: string } {
  return Object.fromEntries(disk.list().map((path) => [path, textOf(disk.read(path))!]))
}

/** The code of the disk error that the action throws. */
export function diskErrorOf(action: () => void): string | undefined {
  try {
    action()
  } catch (error) {
    if (error instanceof DiskError) return error.code
    throw error
  }
  return undefined
}
