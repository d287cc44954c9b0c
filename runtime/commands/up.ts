import { resolve as resolvePath } from 'node:path'
import { colours } from '../../reports/style.ts'
import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId } from '../../sim/machine.ts'
import { isSetUp, placesOf, readParameters, serversHere } from '../cluster/configuration.ts'
import { defaultDirectory, type Layout, layoutOf } from '../cluster/layout.ts'
import { type LogLine, noteOf } from '../cluster/log-line.ts'
import { openSetUp, refuseOtherSetUp } from '../cluster/open-set-up.ts'
import { planAddresses } from '../cluster/plan-addresses.ts'
import { ProcessCluster } from '../cluster/process-cluster.ts'
import { serverOptions } from '../cluster/server-options.ts'
import { setUp } from '../cluster/set-up.ts'
import { ExitCode } from '../exit-code.ts'
import { DataDirectoryInUse, lockDataDirectory, type Unlock } from '../host/data-lock.ts'
import { aborted, listenForInterruption } from '../interruption.ts'
import { formatAddress } from '../net/address-book.ts'
import { print } from '../output.ts'
import { quoted } from '../quoted.ts'
import type { ProcessChange } from '../supervisor/supervisor.ts'
import { systemOf } from '../systems/index.ts'
import type { AnySystem } from '../systems/system.ts'
import { styleFor } from '../terminal.ts'

export interface UpOptions {
  readonly nodes?: number
  readonly directory?: string
  readonly basePort?: number
  readonly tokens?: number
  readonly replicas?: number
  readonly restart: boolean
  readonly bug?: string
  /** The folder to record all servers in. */
  readonly record?: string
  readonly verbose?: boolean
}

/** A system as processes of this machine, set up where it is not, until it is interrupted. */
export async function upCommand(name: string, options: UpOptions): Promise<number> {
  const system = systemOf(name)
  const layout = layoutOf(options.directory ?? defaultDirectory(name))
  const interruption = listenForInterruption(['SIGINT', 'SIGTERM'])
  const unlock = lockUp(layout, system)
  try {
    const servers = await serversFor(layout, system, options)
    // What is wrong with the configuration is said once and not by each process.
    for (const server of servers) serverOptions(layout, system, server, options)
    return await keepUp(layout, system, servers, options, interruption.signal)
  } finally {
    unlock()
  }
}

function lockUp(layout: Layout, system: AnySystem): Unlock {
  try {
    return lockDataDirectory(layout.up)
  } catch (error) {
    if (!(error instanceof DataDirectoryInUse)) throw error
    throw new UsageError(
      'up-already',
      `${layout.directory} is up already, by another petrel up. ${useOf(system, layout)}, or give another --directory.`,
    )
  }
}

function useOf({ membership, name }: AnySystem, { directory }: Layout): string {
  return membership === 'fixed'
    ? `Use it with petrel client ${name} --directory ${directory}`
    : 'Ask its nodes over HTTP'
}

async function serversFor(layout: Layout, system: AnySystem, options: UpOptions): Promise<readonly NodeId[]> {
  if (!isSetUp(layout)) {
    const addresses = await planAddresses({
      servers: options.nodes ?? system.defaults.servers,
      hosts: ['127.0.0.1'],
      basePort: options.basePort,
    })
    setUp(layout, system, { addresses, clients: system.defaults.clients, ...openSetUp(system, options) })
    print(`${system.name} is set up in ${layout.directory}`)
  }
  readParameters(layout, system)
  const servers = serversHere(layout, system)
  refuseOtherSetUp(layout, system, servers, options)
  refuseOtherPorts(layout, system, servers, options)
  if (options.nodes !== undefined && options.nodes !== servers.length) {
    throw new UsageError(
      'other-nodes',
      `${layout.directory} is set up with ${servers.length} servers, not ${options.nodes}: leave --nodes out, or give another --directory.`,
    )
  }
  return servers
}

/** Ports are decided once, too, as every server's file has those of all. */
function refuseOtherPorts(
  layout: Layout,
  system: AnySystem,
  servers: readonly NodeId[],
  { basePort }: UpOptions,
): void {
  const ports = servers.flatMap((id) => placesOf(layout, system, id).map(({ port }) => port))
  const first = Math.min(...ports)
  if (basePort === undefined || basePort === first) return
  const anew = `petrel setup ${system.name} --servers ${servers.length} --base-port ${basePort} --directory ${quoted(layout.directory)} --force`
  throw new UsageError(
    'other-ports',
    `${layout.directory} is set up with ports from ${first} on, not ${basePort}: leave --base-port out${
      system.membership === 'fixed' ? `, or move the servers with ${anew}` : ', or give another --directory'
    }.`,
  )
}

async function keepUp(
  layout: Layout,
  system: AnySystem,
  servers: readonly NodeId[],
  options: UpOptions,
  signal: AbortSignal,
): Promise<number> {
  const down = new Set<NodeId>()
  let isEnding = false
  let allDown!: () => void
  const nothingLeft = new Promise<void>((resolve) => {
    allDown = resolve
  })
  const cluster = new ProcessCluster({
    layout,
    system,
    servers,
    restarts: options.restart,
    more: () => wordsFor(options),
    onChange: (change) => {
      const words = isEnding ? undefined : changeWords(change)
      if (words !== undefined) tell(servers, change.name, words)
      if (change.status === 'given up') down.add(change.name)
      if (down.size === servers.length) allDown()
    },
    onLog: (server, line) => {
      const words = isEnding && line.kind === 'entry' ? undefined : logWords(system, server, line)
      if (words !== undefined) tell(servers, server, words)
      if (options.verbose === true) process.stderr.write(`${server} ${JSON.stringify(line)}\n`)
    },
  })
  try {
    cluster.start()
    await Promise.race([aborted(signal), nothingLeft])
  } finally {
    isEnding = true
    await cluster.close()
  }
  print(signal.aborted ? 'All servers have ended.' : 'No server is left.')
  return signal.aborted ? ExitCode.pass : ExitCode.unavailable
}

/** What each server's process is told besides its name. */
function wordsFor({ bug, record }: UpOptions): readonly string[] {
  return [
    ...(bug === undefined ? [] : ['--bug', bug]),
    ...(record === undefined ? [] : ['--record', resolvePath(record)]),
  ]
}

interface Words {
  readonly colour: 'green' | 'red' | 'yellow' | 'cyan'
  readonly text: string
}

function changeWords({ status, reason }: ProcessChange): Words | undefined {
  const how = reason === null ? '' : howEnded(reason)
  if (status === 'restarting') return { colour: 'red', text: `${how}; starts again` }
  return status === 'given up' ? { colour: 'red', text: `${how}; stays down` } : undefined
}

function howEnded(reason: string): string {
  if (reason.startsWith('signal ')) return `was killed (${reason.slice('signal '.length)})`
  return reason === 'exit code 0' ? 'ended' : `ended (${reason})`
}

function logWords(system: AnySystem, server: NodeId, line: LogLine): Words | undefined {
  if (line.kind === 'words') {
    // Its name stands in front of the line already.
    const text = line.text.startsWith(`${server} `) ? line.text.slice(server.length + 1) : line.text
    return text === '' ? undefined : { colour: 'yellow', text }
  }
  if (line.message === 'started') return { colour: 'green', text: `is up${placeOf(line.fields)}` }
  if ('recording' in line.fields) return { colour: 'yellow', text: line.message }
  const note = noteOf(line)
  const headline = note === undefined ? undefined : system.headline(note.event, note.detail)
  return headline === undefined ? undefined : { colour: 'cyan', text: headline }
}

function placeOf({ listening, pid }: Readonly<Record<string, unknown>>): string {
  const [address] = listening as readonly { readonly host: string; readonly port: number }[]
  return `${address === undefined ? '' : ` at ${formatAddress(address)}`}, process ${String(pid)}`
}

function tell(servers: readonly NodeId[], server: NodeId, { colour, text }: Words): void {
  const width = Math.max(...servers.map((id) => id.length))
  print(`${server.padEnd(width)}  ${colours(styleFor(process.stdout))[colour](text)}`)
}
