import { existsSync, mkdirSync } from 'node:fs'
import { UsageError } from '../../explore/usage-error.ts'
import type { NodeId, PlainData } from '../../sim/machine.ts'
import { diskFolderOf } from '../host/disk-image.ts'
import type { HostOptions } from '../host/host-machine.ts'
import { recordTo } from '../recording/record-to.ts'
import { unknownName } from '../suggest.ts'
import type { ServerConfiguration, System } from '../systems/system.ts'
import { readParameters, readServer } from './configuration.ts'
import { dataDirectoryOf, type Layout } from './layout.ts'

/** What may be asked of a server besides what its configuration says. */
export interface ServerWishes {
  /** A planted bug, by its id. */
  readonly bug?: string | undefined
  /** The folder to record it in. */
  readonly record?: string | undefined
  /** Hears, in a sentence, that a recording cannot go on. */
  readonly onProblem?: ((sentence: string) => void) | undefined
}

/** What hosts a server of a system as its configuration says: to be given to `hostMachine`, with more where wanted. */
export function serverOptions(
  layout: Layout,
  system: System,
  self: NodeId,
  { bug, record, onProblem }: ServerWishes = {},
): HostOptions {
  const { listen, servers } = readServer(layout, system, self)
  const configuration: ServerConfiguration<unknown> = {
    servers: Object.keys(servers),
    parameters: readParameters(layout, system),
    ...(bug === undefined ? {} : { bug }),
  }
  if (bug !== undefined && !system.bugs.includes(bug)) unknownName('planted bug', bug, system.bugs)
  const dataDirectory = dataDirectoryOf(layout, self)
  if (!existsSync(diskFolderOf(dataDirectory))) {
    throw new UsageError(
      'no-disk',
      `${dataDirectory} has no disk of ${self}, which set-up wrote: it was lost, or this is another machine. ` +
        `A server without what it promised must not begin anew. The others go on without it.`,
    )
  }
  const recorded = { system: system.name, configuration: configuration as unknown as PlainData, onProblem }
  return {
    self,
    machine: () => system.server({ self, ...configuration }),
    protocol: system.protocol,
    peers: servers,
    listen,
    dataDirectory,
    ...(record === undefined ? {} : { tap: recordTo(folderFor(record), recorded) }),
  }
}

/** Who asks for a recording wants to hear at once that there can be none, and not from the log later. */
function folderFor(record: string): string {
  try {
    mkdirSync(record, { recursive: true })
  } catch (error) {
    throw new UsageError(
      'no-recording',
      `--record ${record}: no folder can be made there (${(error as Error).message}).`,
    )
  }
  return record
}
