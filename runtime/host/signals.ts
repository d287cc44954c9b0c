import type { HostEnd } from './host.ts'
import type { HostedMachine } from './host-machine.ts'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Signals that ask this process to end, heard from before there is a node that they can stop. */
export interface HeededSignals {
  /**
   * Stops the node in good order when asked, or at once where that has happened; asked once more, without more ado.
   * Resolves with how the node ended, whatever the cause; the signals are the process's own again by then.
   */
  readonly stop: (node: HostedMachine) => Promise<HostEnd>
  /** There will be no node: the signals are the process's own again. */
  readonly release: () => void
}

/**
 * Hears SIGTERM and SIGINT from now on. Whoever says that a node is up must have called it before: otherwise who hears
 * that and asks the node to stop may kill it.
 */
export function heedSignals(): HeededSignals {
  let node: HostedMachine | undefined
  let asked = 0
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    asked++
    if (node !== undefined) void (asked > 1 ? node.kill() : node.stop())
    else if (asked > 1) {
      release()
      process.kill(process.pid, signal)
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  const stop = async (started: HostedMachine): Promise<HostEnd> => {
    node = started
    if (asked > 0) void node.stop()
    try {
      return await node.ended
    } finally {
      release()
    }
  }
  return { stop, release }
}

/** The same for a node that is there already. */
export function stopOnSignals(node: HostedMachine): Promise<HostEnd> {
  return heedSignals().stop(node)
}
