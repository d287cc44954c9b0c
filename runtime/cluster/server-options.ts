import { existsSync } from 'node:fs'
import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId } from '../../sim/machine.ts'
import { diskFolderOf } from '../host/disk-image.ts'
import type { HostOptions } from '../host/host-machine.ts'
import { unknownName } from '../suggest.ts'
import type { System } from '../systems/system.ts'
import { readParameters, readServer } from './configuration.ts'
import { dataDirectoryOf, type Layout } from './layout.ts'

/** What hosts a server of a system as its configuration says: to be given to `hostMachine`, with more where wanted. */
export function serverOptions(layout: Layout, system: System, self: NodeId, bug?: string): HostOptions {
  const { listen, servers } = readServer(layout, system, self)
  const parameters: unknown = readParameters(layout, system)
  if (bug !== undefined && !system.bugs.includes(bug)) unknownName('planted bug', bug, system.bugs)
  const dataDirectory = dataDirectoryOf(layout, self)
  if (!existsSync(diskFolderOf(dataDirectory))) {
    throw new UsageError(
      'no-disk',
      `${dataDirectory} has no disk of ${self}, which set-up wrote: it was lost, or this is another machine. ` +
        `A server without what it promised must not begin anew. The others go on without it.`,
    )
  }
  return {
    self,
    machine: () => system.server({ self, servers: Object.keys(servers), parameters, bug }),
    protocol: system.protocol,
    peers: servers,
    listen,
    dataDirectory,
  }
}
