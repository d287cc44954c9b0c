import { existsSync } from 'node:fs'
import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId } from '../../sim/machine.ts'
import { diskFolderOf } from '../host/disk-image.ts'
import type { HostOptions } from '../host/host-machine.ts'
import type { AnySystem, ServerConfiguration } from '../systems/system.ts'
import { readOpenNode, readParameters, readServer } from './configuration.ts'
import { dataDirectoryOf, type Layout } from './layout.ts'
import { openNodeOptions } from './open-node.ts'
import { refuseUnknownBug, type ServerWishes, tapFor } from './server-wishes.ts'

/** What hosts a server of a system as its configuration says: to be given to `hostMachine`, with more where wanted. */
export function serverOptions(layout: Layout, system: AnySystem, self: NodeId, wishes: ServerWishes = {}): HostOptions {
  const dataDirectory = dataDirectoryOf(layout, self)
  if (system.membership === 'open') {
    const node = readOpenNode(layout, system, self)
    return openNodeOptions(system, { ...node, parameters: readParameters(layout, system), dataDirectory }, wishes)
  }
  const { listen, servers } = readServer(layout, system, self)
  const configuration: ServerConfiguration<unknown> = {
    servers: Object.keys(servers),
    parameters: readParameters(layout, system),
    ...(wishes.bug === undefined ? {} : { bug: wishes.bug }),
  }
  refuseUnknownBug(system, wishes)
  if (!existsSync(diskFolderOf(dataDirectory))) {
    throw new UsageError(
      'no-disk',
      `${dataDirectory} has no disk of ${self}, which set-up wrote: it was lost, or this is another machine. ` +
        `A server without what it promised must not begin anew. The others go on without it.`,
    )
  }
  return {
    self,
    machine: () => system.server({ self, ...configuration }),
    protocol: system.protocol,
    peers: servers,
    listen,
    dataDirectory,
    ...tapFor(system, configuration, wishes),
  }
}
