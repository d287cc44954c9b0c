import { dirname, join } from 'node:path'
import { hostMachine, type HostedMachine, type HostOptions } from '../../../../runtime/host/host-machine.ts'
import { recordTo, type RecordOptions } from '../../../../runtime/recording/record-to.ts'
import {
  replayRecording,
  type ReplayOutcome,
  type ReplayRecordingOptions,
} from '../../../../runtime/recording/replay-recording.ts'
import type { AnyMachine, Context } from '../../../../sim/machine.ts'
import { protocol } from '../../../../sim/protocol.ts'
import { temporaryFolder } from '../../../support/temp-folder.ts'
import { until } from '../../host/support/hosted.ts'

export type Step = { readonly type: 'step'; readonly n: number } | { readonly type: 'durable'; readonly n: number }
export type Tick = 'tick' | { readonly type: 'retry'; readonly n: number }

export const steps = protocol<Step>({
  step: { transport: 'stream' },
  durable: { transport: 'local' },
})

export interface WalkState {
  readonly heard: number[]
  readonly twice: { readonly inner: { count: number }; readonly same: { count: number } }
  sum: number
}

type WalkContext = Context<Step, Tick>

/** Uses all that a machine may: luck, timers of both kinds, the disk, syncs, notes, messages to itself and to others. */
export function walker(
  last: number,
  luck: (ctx: WalkContext) => number = (ctx) => ctx.random.integer(0, 9),
): AnyMachine {
  const next = (state: WalkState, ctx: WalkContext, n: number): void => {
    ctx.disk.append('log', Uint8Array.of(n & 255, luck(ctx)))
    ctx.disk.sync()
    ctx.send(ctx.self, { type: 'durable', n })
    ctx.setTimer({ type: 'retry', n }, [50_000, 60_000])
    state.twice.inner.count++
    ctx.note('stepped', { n, count: state.twice.same.count })
  }
  return {
    start: (ctx: WalkContext): WalkState => {
      const shared = { count: (ctx.disk.read('log') ?? []).length }
      const state = { heard: [], twice: { inner: shared, same: shared }, sum: ctx.random.named('sum').integer(0, 99) }
      ctx.disk.list()
      ctx.setTimer('tick', [1, 3])
      return state
    },
    onMessage: (state: WalkState, ctx: WalkContext, from: string, { type, n }: Step) => {
      state.heard.push(n)
      state.sum += ctx.random.named('sum').integer(0, 9)
      if (type === 'step') next(state, ctx, n + 1)
      else if (n < last) ctx.send(ctx.self === 'a' ? 'b' : 'a', { type: 'step', n })
      else if (from === ctx.self) ctx.note('done', ctx.now)
      ctx.cancelTimer({ type: 'retry', n: n - 1 } as never)
    },
    onTimer: (state: WalkState, ctx: WalkContext) => {
      ctx.disk.write('ticks', 0, Uint8Array.of(state.sum & 255))
      if (ctx.self === 'a' && state.heard.length === 0 && ctx.outboxLength('b') === 0)
        ctx.send('b', { type: 'step', n: 0 })
    },
  }
}

/** Two machines walk together, each recorded; the folder of their recording. */
export async function recordedWalk(
  last: number,
  record: Partial<RecordOptions> = {},
  machine: () => AnyMachine = () => walker(last),
  recording = join(temporaryFolder(), 'recording'),
): Promise<string> {
  const folder = dirname(recording)
  const host = (self: string, options: Partial<HostOptions>): Promise<HostedMachine> =>
    hostMachine({
      self,
      machine,
      protocol: steps,
      dataDirectory: join(folder, self),
      seed: 7,
      tap: recordTo(recording, { system: 'walk', configuration: { last }, ...record }),
      ...options,
    })
  const b = await host('b', {})
  let a: HostedMachine | undefined
  try {
    a = await host('a', { peers: { b: b.listening.streams[0]! } })
    b.introduce('a', a.listening.streams[0]!)
    const isDone = (node: HostedMachine): boolean => (node.state() as WalkState).heard.includes(last)
    await until(
      () => [a!, b].some(isDone),
      () => a!.figures,
    )
  } finally {
    await a?.stop()
    await b.stop()
  }
  return recording
}

/** Replays with the machine that the configuration tells of, unless another is given. */
export function replayWalk(
  recording: string,
  options: Partial<ReplayRecordingOptions> = {},
  machine?: () => AnyMachine,
): ReplayOutcome {
  const codeOf: ReplayRecordingOptions['codeOf'] = ({ configuration }) => ({
    machine: machine ?? (() => walker((configuration as { readonly last: number }).last)),
    protocol: steps,
  })
  return replayRecording(recording, { codeOf, ...options })
}
