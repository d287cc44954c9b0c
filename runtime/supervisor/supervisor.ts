import type { Millis } from '../../sim/machine.ts'
import type { ProcessStatus } from '../../nodes/supervisor/messages.ts'
import { processes, type Launched, type Launcher, type ProcessSpec } from './launcher.ts'

export interface SupervisorOptions {
  readonly launcher?: Launcher
  /** From the first wait before starting again to the longest, doubling. */
  readonly backoffMs?: readonly [first: Millis, longest: Millis]
  /** Who ends so often within the time is given up. */
  readonly most?: { readonly restarts: number; readonly withinMs: Millis }
  /** How long a process may take to end when asked, before it is killed. */
  readonly graceMs?: Millis
  readonly onChange?: (change: ProcessChange) => void
}

export interface ProcessChange {
  readonly name: string
  readonly status: ProcessStatus
  /** Counts its starts. */
  readonly starts: number
  readonly reason: string | null
}

interface Supervised {
  readonly spec: ProcessSpec
  status: ProcessStatus
  starts: number
  running: Launched | undefined
  wanted: boolean
  backoffMs: Millis
  /** When it ended by itself, of late. */
  endedAtMs: Millis[]
  waiting: NodeJS.Timeout | undefined
}

/**
 * Keeps processes running: starts one again that ends by itself, after a wait that grows, and gives up one that ends
 * too often. None of them outlives it: `close` ends them all, and so does the end of this process.
 */
export class Supervisor {
  private readonly supervised = new Map<string, Supervised>()
  private readonly options: Required<SupervisorOptions>
  private readonly onExit = (): void => {
    for (const { running } of this.supervised.values()) running?.signal('SIGKILL')
  }

  constructor(options: SupervisorOptions = {}) {
    this.options = {
      launcher: processes,
      backoffMs: [100, 5_000],
      most: { restarts: 10, withinMs: 60_000 },
      graceMs: 5_000,
      onChange: () => undefined,
      ...options,
    }
    process.on('exit', this.onExit)
  }

  /** Starts it, unless it runs. A name that is known keeps what it was started with first. */
  start(spec: ProcessSpec): void {
    let one = this.supervised.get(spec.name)
    if (one === undefined) {
      const [backoffMs] = this.options.backoffMs
      one = {
        spec,
        status: 'stopped',
        starts: 0,
        running: undefined,
        wanted: false,
        backoffMs,
        endedAtMs: [],
        waiting: undefined,
      }
      this.supervised.set(spec.name, one)
    }
    one.wanted = true
    one.endedAtMs = []
    clearTimeout(one.waiting)
    if (one.running === undefined) this.launch(one)
  }

  /** Asks it to end, and kills it where it takes too long. Resolves once it has ended. */
  async stop(name: string): Promise<void> {
    const one = this.supervised.get(name)
    if (one === undefined) return
    one.wanted = false
    clearTimeout(one.waiting)
    const { running } = one
    if (running === undefined) {
      this.change(one, 'stopped', null)
      return
    }
    running.signal('SIGTERM')
    // Who is halted hears nothing before it goes on.
    running.signal('SIGCONT')
    const killing = setTimeout(() => running.signal('SIGKILL'), this.options.graceMs)
    await running.ended
    clearTimeout(killing)
  }

  /** Sends a signal to a process; false where it does not run. One that dies of it is started again. */
  signal(name: string, signal: NodeJS.Signals): boolean {
    const running = this.supervised.get(name)?.running
    running?.signal(signal)
    return running !== undefined
  }

  /** The process's number; undefined where it does not run. */
  pidOf(name: string): number | undefined {
    return this.supervised.get(name)?.running?.pid
  }

  list(): readonly ProcessChange[] {
    return [...this.supervised.values()].map(({ spec, status, starts }) => ({
      name: spec.name,
      status,
      starts,
      reason: null,
    }))
  }

  /** Ends all processes; nothing of them is left when this resolves. */
  async close(): Promise<void> {
    await Promise.all([...this.supervised.keys()].map((name) => this.stop(name)))
    process.off('exit', this.onExit)
  }

  private launch(one: Supervised): void {
    const running = this.options.launcher.launch(one.spec)
    one.running = running
    one.starts++
    this.change(one, 'running', null)
    void running.ended.then((reason) => this.ended(one, reason))
  }

  private ended(one: Supervised, reason: string): void {
    one.running = undefined
    if (!one.wanted) {
      this.change(one, 'stopped', reason)
      return
    }
    const { backoffMs, most } = this.options
    const nowMs = performance.now()
    one.endedAtMs = [...one.endedAtMs.filter((atMs) => nowMs - atMs < most.withinMs), nowMs]
    if (one.endedAtMs.length > most.restarts) {
      this.change(one, 'given up', reason)
      return
    }
    const waitMs = Math.min(backoffMs[1], backoffMs[0] * 2 ** (one.endedAtMs.length - 1))
    one.waiting = setTimeout(() => this.launch(one), waitMs)
    this.change(one, 'restarting', reason)
  }

  private change(one: Supervised, status: ProcessStatus, reason: string | null): void {
    one.status = status
    this.options.onChange({ name: one.spec.name, status, starts: one.starts, reason })
  }
}
