import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId } from '../../sim/machine.ts'
import { writeDisk } from '../host/disk-image.ts'
import { makeFolder } from '../make-folder.ts'
import { formatAddress } from '../net/address-book.ts'
import type { AnySystem, DeployedSystem, System } from '../systems/system.ts'
import { configurationFile, dataDirectoryOf, type Layout } from './layout.ts'
import type { Addresses } from './plan-addresses.ts'

export interface SetUpOptions {
  readonly addresses: Addresses
  readonly clients: number
  /** Of each node of an open system. */
  readonly tokens?: number | undefined
  /** In place of default parameters. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
  /** Writes the configuration anew where there is one. State is left as it is in any case. */
  readonly force?: boolean
}

export interface SetUp {
  readonly servers: readonly NodeId[]
  readonly clients: readonly NodeId[]
  /** Servers that have no disk: theirs was lost, or they are new, and only people know which. */
  readonly withoutDisk: readonly NodeId[]
}

/**
 * Writes the configuration of a system and the disks that its servers begin with. Disks are written once, all
 * together, where there is none yet, and never again: a server whose disk was lost must not begin as if it were new,
 * for it has forgotten what it promised.
 */
export function setUp(layout: Layout, system: AnySystem, options: SetUpOptions): SetUp {
  const { addresses, clients, force = false } = options
  const servers = Object.keys(addresses)
  const clientNames = Array.from({ length: clients }, (_, place) => `c${place + 1}`)
  refuseRepeats(layout, addresses, clientNames)
  if (!force) refuseExisting(layout, system)
  try {
    if (system.membership === 'fixed' && !hasFiles(layout.data)) writeDisks(layout, system, servers)
    writeConfiguration(layout, system, options, clientNames)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new UsageError('not-writable', `${layout.directory} can't be set up (${message}).`)
  }
  const withoutDisk = servers.filter((id) => system.membership === 'fixed' && !hasFiles(dataDirectoryOf(layout, id)))
  return { servers, clients: clientNames, withoutDisk }
}

function refuseRepeats(layout: Layout, addresses: Addresses, clients: readonly NodeId[]): void {
  const taken = new Map<string, NodeId>()
  for (const [id, address] of Object.entries(addresses)) {
    const place = formatAddress(address)
    const other = taken.get(place)
    if (other !== undefined) {
      throw new UsageError('same-address', `${other} and ${id} can't both be at ${place}: give each its own port.`)
    }
    if (configurationFile(layout, id) === layout.parametersFile)
      throw new UsageError('same-name', `${id}.json is the file of parameters: name the server ${id} otherwise.`)
    if (clients.includes(id)) throw new UsageError('same-name', `${id} is a client's name: name the server otherwise.`)
    taken.set(place, id)
  }
}

function refuseExisting({ directory, configuration, data }: Layout, system: DeployedSystem): void {
  const own = `petrel setup ${system.name} --directory ${directory}`
  if (hasFiles(configuration)) {
    throw new UsageError(
      'already-set-up',
      `${directory} is set up already. Give another --directory; or write its configuration anew, and leave its data as it is, with ${own} --force.`,
    )
  }
  if (hasFiles(data)) {
    throw new UsageError(
      'has-data',
      `${data} holds the data of servers without their configuration. Give another --directory; or write a configuration for this data with ${own} --force.`,
    )
  }
}

/** In a folder beside, so that there are all of them or none. */
function writeDisks({ data, directory }: Layout, system: System, servers: readonly NodeId[]): void {
  const aside = join(directory, 'data.new')
  rmSync(aside, { recursive: true, force: true })
  for (const id of servers) {
    makeFolder(join(aside, id))
    writeDisk(join(aside, id), system.disk(id))
  }
  // An empty folder in the way is no one's.
  rmSync(data, { recursive: true, force: true })
  renameSync(aside, data)
}

/** The parameters come last: with them the system is set up. */
function writeConfiguration(
  layout: Layout,
  system: AnySystem,
  { addresses, parameters, tokens = DEFAULT_TOKENS }: SetUpOptions,
  clients: readonly NodeId[],
): void {
  makeFolder(layout.configuration)
  const servers = Object.fromEntries(Object.entries(addresses).map(([id, at]) => [id, formatAddress(at)]))
  // The first is known to all, and the ring begins with it.
  const seeds = Object.values(servers)
    .slice(0, 1)
    .map((at) => `http://${at}`)
  for (const [node, at] of Object.entries(servers)) {
    const own = system.membership === 'fixed' ? { servers } : { url: `http://${at}`, seeds, tokens }
    writeJson(configurationFile(layout, node), { system: system.name, node, listen: [at], ...own })
  }
  for (const node of clients) writeJson(configurationFile(layout, node), { system: system.name, node, servers })
  if (!existsSync(layout.parametersFile)) {
    writeJson(layout.parametersFile, { ...system.defaultParameters, ...parameters })
  }
}

/** As the published design has it. */
export const DEFAULT_TOKENS = 2

function writeJson(path: string, document: object): void {
  writeFileSync(path, `${JSON.stringify(document, undefined, 2)}\n`)
}

function hasFiles(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length > 0
}
