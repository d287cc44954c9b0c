import { formatAddress } from '../net/address-book.ts'
import { ExitCode } from '../exit-code.ts'
import { print, printJson } from '../output.ts'
import { quoted } from '../quoted.ts'
import { defaultDirectory, layoutOf } from '../cluster/layout.ts'
import { planAddresses, readAddresses } from '../cluster/plan-addresses.ts'
import { setUp } from '../cluster/set-up.ts'
import { openSetUp } from '../cluster/open-set-up.ts'
import { systemOf } from '../systems/index.ts'

export interface SetupOptions {
  readonly servers?: number
  readonly clients?: number
  readonly directory?: string
  readonly host?: readonly string[]
  readonly basePort?: number
  readonly addresses?: string
  readonly tokens?: number
  readonly replicas?: number
  readonly force?: boolean
  readonly json?: boolean
}

/** Writes the configuration of each server and client of a system, and the disks that the servers begin with. */
export async function setupCommand(name: string, options: SetupOptions): Promise<number> {
  const system = systemOf(name)
  const layout = layoutOf(options.directory ?? defaultDirectory(name))
  const addresses =
    options.addresses === undefined
      ? await planAddresses({
          servers: options.servers ?? system.defaults.servers,
          hosts: options.host ?? ['127.0.0.1'],
          basePort: options.basePort,
        })
      : readAddresses(options.addresses)
  const { servers, clients, withoutDisk } = setUp(layout, system, {
    addresses,
    clients: options.clients ?? system.defaults.clients,
    ...openSetUp(system, options),
    force: options.force === true,
  })
  if (options.json === true) {
    const places = Object.fromEntries(Object.entries(addresses).map(([id, at]) => [id, formatAddress(at)]))
    printJson({ schema: 1, command: 'setup', directory: layout.directory, servers: places, clients, withoutDisk })
  } else {
    print(
      [
        `${name} is set up in ${layout.directory}`,
        ...servers.map((id) => `  ${id}  ${formatAddress(addresses[id]!)}`),
        `  clients: ${clients.join(', ') || 'none'}; parameters: ${layout.parametersFile}`,
        ...withoutDisk.map((id) => `  ${id} has no disk here, and will not start without one`),
        `Next: petrel up ${name} --directory ${quoted(layout.directory)}`,
      ].join('\n'),
    )
  }
  return ExitCode.pass
}
