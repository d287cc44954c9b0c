import type { HostEnd } from './host.ts'
import type { HostedMachine } from './host-machine.ts'

/**
 * Stops a node in good order when this process is asked to end (SIGTERM, SIGINT); asked once more, at once. Resolves
 * with how the node ended, whatever the cause; the signals are the process's own again by then.
 */
export async function stopOnSignals(node: HostedMachine): Promise<HostEnd> {
  let asked = false
  const onSignal = (): void => {
    void (asked ? node.kill() : node.stop())
    asked = true
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  try {
    return await node.ended
  } finally {
    process.off('SIGTERM', onSignal)
    process.off('SIGINT', onSignal)
  }
}
