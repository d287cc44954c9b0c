import { NodeContext, type ContextHost } from './context.ts'
import type { AnyMachine, ClientContext, Millis, NodeId, Tagged, TimerName } from './machine.ts'
import { draw, mix, within } from './mix.ts'
import type { SimulatedNode } from './node.ts'
import type { NodePast, PastSaying, RunningPast } from './past.ts'
import type { Streams } from './streams.ts'
import type { Timers } from './timers.ts'
import { Kind } from './trace.ts'

/** What going on needs of the world. */
export interface GoOnHost extends ContextHost {
  readonly seed: number
  readonly timers: Timers
  readonly streams: Streams
  readonly observe: ((node: SimulatedNode) => void) | undefined
  find(id: NodeId): SimulatedNode | undefined
  record(
    kind: number,
    node: SimulatedNode,
    peer: undefined,
    label: string,
    labelNumber: number,
    number: number,
    cause: number,
  ): number
  handle(node: SimulatedNode, handler: (machine: AnyMachine, context: unknown) => void): void
}

/** What its luck is drawn from, as others' is from the cause of their start. */
const PAST = 0x51000000
/** A node that is down comes back after this long. */
const BACK_AFTER_US = [50_000, 2_000_000] as const

/** A node goes on from its past: what it had said is carried out now, with new luck. `startIn` starts one that is down. */
export function goOn(
  host: GoOnHost,
  node: SimulatedNode,
  past: NodePast,
  startIn: (afterMs: Millis, cause: number) => void,
): void {
  node.incarnation = past.incarnation
  node.luck = mix(mix(host.seed, node.key), PAST)
  if (past.running !== undefined) goOnRunning(host, node, past.running)
  else if (past.exitReason === undefined) {
    const afterUs = within(draw(node.luck, PAST), ...BACK_AFTER_US)
    startIn(afterUs / 1000, PAST)
  } else {
    node.ended = true
    node.exitReason = past.exitReason
    // Why is over and done with: whether its disk had kept every promise by then, nobody knows.
    node.diskHarmed = true
    host.observe?.(node)
  }
}

function goOnRunning(host: GoOnHost, node: SimulatedNode, past: RunningPast): void {
  node.disk.keepImage()
  node.up = true
  node.machine = node.spec.machine()
  node.context = new NodeContext(host, node)
  node.state = past.state
  node.clock.goOn(host.nowUs, past.monotonicMs, past.wallClockMs)
  host.record(Kind.start, node, undefined, 'goes on', 0, node.incarnation, 0)
  for (const timer of past.timers) host.timers.goOn(node, timer)
  for (const { peer, isBroken } of past.streams) {
    const other = host.find(peer)
    if (other !== undefined) host.streams.goOn(node, other, isBroken)
  }
  host.handle(node, (_machine, context) => {
    const ctx = context as ClientContext<Tagged, TimerName>
    if (past.role !== undefined) ctx.note(past.role.event, past.role.detail)
    for (const saying of past.said) sayAgain(ctx, saying)
  })
}

function sayAgain(ctx: ClientContext<Tagged, TimerName>, saying: PastSaying): void {
  const { disk } = ctx
  switch (saying.kind) {
    case 'send':
      ctx.send(saying.to, saying.message)
      break
    case 'append':
      disk.append(saying.path, saying.bytes)
      break
    case 'write':
      disk.write(saying.path, saying.offset, saying.bytes)
      break
    case 'truncate':
      disk.truncate(saying.path, saying.length)
      break
    case 'rename':
      disk.rename(saying.path, saying.to)
      break
    case 'remove':
      disk.remove(saying.path)
      break
    case 'sync':
      disk.sync()
      break
    case 'exit':
      ctx.exit(saying.reason)
      break
  }
}
