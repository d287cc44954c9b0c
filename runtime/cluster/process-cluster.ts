import { fileURLToPath } from 'node:url'
import type { Millis, NodeId } from '../../sim/machine.ts'
import { Supervisor, type ProcessChange } from '../supervisor/supervisor.ts'
import type { AnySystem } from '../systems/system.ts'
import { type LogLine, readLogLine } from './log-line.ts'
import type { Layout } from './layout.ts'

export interface ClusterOptions {
  readonly layout: Layout
  readonly system: AnySystem
  readonly servers: readonly NodeId[]
  /** Starts a server again that ends by itself. */
  readonly restarts: boolean
  /** More words on the command line of each server's process. */
  readonly more?: (server: NodeId) => readonly string[]
  readonly backoffMs?: readonly [first: Millis, longest: Millis]
  readonly onChange?: (change: ProcessChange) => void
  /** Hears what a server's log says. */
  readonly onLog?: (server: NodeId, line: LogLine) => void
}

const COMMAND = fileURLToPath(new URL('../../cli.js', import.meta.url))
/** Ends that trying again does not mend: a wrong configuration, a port that is taken, a journal that is refused. */
const FINAL = new Set(['exit code 64', 'exit code 69'])
const MANY_RESTARTS = { restarts: 20, withinMs: 60_000 }

/** The servers of a system, a process each, as `petrel node` starts one. They end with this process, however it ends. */
export class ProcessCluster {
  readonly supervisor: Supervisor
  private readonly options: ClusterOptions

  constructor(options: ClusterOptions) {
    this.options = options
    this.supervisor = new Supervisor({
      backoffMs: options.backoffMs ?? [200, 5_000],
      most: options.restarts ? MANY_RESTARTS : { restarts: 0, withinMs: 1 },
      onChange: (change) => this.changed(change),
    })
  }

  start(): void {
    for (const server of this.options.servers) this.startServer(server)
  }

  startServer(server: NodeId): void {
    const { layout, more, onLog, system } = this.options
    const words = ['node', system.name, server, '--directory', layout.directory, ...(more?.(server) ?? [])]
    this.supervisor.start({
      name: server,
      command: process.execPath,
      args: [COMMAND, ...words],
      onLine: (line) => onLog?.(server, readLogLine(line)),
    })
  }

  /** Ends all; nothing of them is left when this resolves. */
  close(): Promise<void> {
    return this.supervisor.close()
  }

  /** A node that has left the ring must not come back by itself. */
  private isFinal(reason: string | null): boolean {
    return FINAL.has(reason ?? '') || (this.options.system.membership === 'open' && reason === 'exit code 0')
  }

  private changed(change: ProcessChange): void {
    if (change.status === 'restarting' && this.isFinal(change.reason)) {
      void this.supervisor.stop(change.name)
      this.options.onChange?.({ ...change, status: 'given up' })
    } else this.options.onChange?.(change)
  }
}
