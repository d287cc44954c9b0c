import type { PlainData } from '../../sim/machine.ts'
import { UnavailableError } from '../unavailable-error.ts'
import { DataDirectoryInUse } from '../host/data-lock.ts'
import { hostMachine, type HostedMachine, type HostOptions } from '../host/host-machine.ts'
import { jsonLog } from '../host/json-log.ts'
import { heedSignals } from '../host/signals.ts'
import { serveStatus, type StatusServer } from '../host/status-server.ts'
import { formatAddress } from '../net/address-book.ts'
import { ExitCode } from '../exit-code.ts'
import { warn } from '../output.ts'
import { endWithSupervisor } from '../supervisor/leash.ts'
import { defaultDirectory, layoutOf } from '../cluster/layout.ts'
import { serverOptions } from '../cluster/server-options.ts'
import { nodeByItself, type OwnWords, refuseOwnWords } from '../cluster/node-by-itself.ts'
import type { ServerWishes } from '../cluster/server-wishes.ts'
import { type Log, silentLog } from '../host/log.ts'
import { systemOf } from '../systems/index.ts'
import type { AnySystem } from '../systems/system.ts'

/** After so long a node that is to join says that nobody has answered. */
const ALONE_MS = 5_000

export interface NodeOptions extends OwnWords {
  readonly directory?: string
  /** The port of `/metrics` and `/healthz` on the loopback interface. */
  readonly metrics?: number
  readonly bug?: string
  /** The folder to record it in. */
  readonly record?: string
}

/** One server of a system in this process, until it is asked to end. Its log is on standard error, an object a line. */
export async function nodeCommand(name: string, id: string | undefined, options: NodeOptions): Promise<number> {
  const system = systemOf(name)
  let log = silentLog
  const wishes = {
    ...options,
    onProblem: (sentence: string) => log.error({ recording: options.record }, sentence),
  }
  const server = id === undefined ? nodeByItself(system, wishes) : configured(system, id, wishes)
  const self = id ?? server.self
  log = await jsonLog(self)
  const seeds = Object.keys((id === undefined ? server.peers : undefined) ?? {})
  const alone = warnIfAlone(seeds, log)
  const signals = heedSignals()
  const node = await begin({
    ...server,
    log,
    onNote: (event, detail) => {
      log.info({ note: event, detail }, sentenceFor(system, event, detail))
      if (system.membership === 'open' && system.hasJoined(event)) clearTimeout(alone)
    },
  })
  endWithSupervisor(() => void node.stop())
  if (options.metrics !== undefined) {
    const { address } = await serveFigures(node, options.metrics)
    log.info({ serving: formatAddress(address) }, 'serves /healthz and /metrics')
  }
  const { how, reason } = await signals.stop(node)
  if (how === 'exit' && system.membership === 'open' && system.hasLeft(reason)) return ExitCode.pass
  if (how === 'exit') throw new UnavailableError(`${self} stays away: ${reason}.`)
  if (how === 'failed') warn(`${self} failed: ${reason}`)
  return how === 'failed' ? ExitCode.internal : ExitCode.pass
}

/** A node that is to join says once that it is still alone; it goes on asking, as its seeds may be yet to start. */
function warnIfAlone(seeds: readonly string[], log: Log): NodeJS.Timeout | undefined {
  if (seeds.length === 0) return undefined
  const names = seeds.join(', ')
  const sentence = `is in no ring yet: no seed has answered under the name ${names}, which must be the URL that it gives itself; it goes on asking`
  return setTimeout(() => log.warn({ seeds }, sentence), ALONE_MS).unref()
}

function configured(system: AnySystem, id: string, options: NodeOptions & ServerWishes): HostOptions {
  refuseOwnWords(options)
  return serverOptions(layoutOf(options.directory ?? defaultDirectory(system.name)), system, id, options)
}

function sentenceFor(system: AnySystem, event: string, detail: PlainData): string {
  return (system.membership === 'open' ? system.sentence(event, detail) : undefined) ?? event
}

async function begin(options: HostOptions): Promise<HostedMachine> {
  try {
    return await hostMachine(options)
  } catch (error) {
    if (error instanceof DataDirectoryInUse) throw new UnavailableError(error.message)
    throw addressTaken(error, `${options.self} can't listen at ${options.listen!.map(formatAddress).join(', ')}`)
  }
}

async function serveFigures(node: HostedMachine, port: number): Promise<StatusServer> {
  try {
    return await serveStatus(node, { host: '127.0.0.1', port })
  } catch (error) {
    await node.stop()
    throw addressTaken(error, `${node.self} can't serve figures at 127.0.0.1:${port}`)
  }
}

/** A sentence for what people meet; anything else as it is. */
export function addressTaken(error: unknown, what: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return new UnavailableError(`${what}: another process does. Stop it, or take another port.`)
  if (code === 'EADDRNOTAVAIL') return new UnavailableError(`${what}: this machine has no such address.`)
  if (code === 'EACCES') return new UnavailableError(`${what}: this user may not. Ports from 1024 on are for everyone.`)
  return error
}
