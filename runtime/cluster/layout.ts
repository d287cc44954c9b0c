import { join, resolve } from 'node:path'
import type { NodeId } from '../../sim/machine.ts'

/** Where the files of a deployed system are. Configuration and state are apart: one is written by people, one by nodes. */
export interface Layout {
  readonly directory: string
  readonly configuration: string
  readonly parametersFile: string
  /** A folder in it for each server: its disk, and a lock while it runs. */
  readonly data: string
  /** Held by the `petrel up` that runs here. */
  readonly up: string
}

export function layoutOf(directory: string): Layout {
  const root = resolve(directory)
  const configuration = join(root, 'configuration')
  return {
    directory: root,
    configuration,
    parametersFile: join(configuration, 'params.json'),
    data: join(root, 'data'),
    up: join(root, 'up'),
  }
}

/** The configuration of one server or client. */
export function configurationFile({ configuration }: Layout, id: NodeId): string {
  return join(configuration, `${id}.json`)
}

export function dataDirectoryOf({ data }: Layout, id: NodeId): string {
  return join(data, id)
}

/** Where a system is unless someone says otherwise. */
export function defaultDirectory(system: string): string {
  return join('petrel-data', system)
}
