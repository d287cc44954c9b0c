import { UsageError } from '../../explore/usage-error.ts'
import type { PlainData } from '../../sim/machine.ts'
import type { HostOptions } from '../host/host-machine.ts'
import { makeFolder } from '../make-folder.ts'
import { recordTo } from '../recording/record-to.ts'
import { unknownName } from '../suggest.ts'
import type { DeployedSystem } from '../systems/system.ts'

/** What may be asked of a server besides what its configuration says. */
export interface ServerWishes {
  /** A planted bug, by its id. */
  readonly bug?: string | undefined
  /** The folder to record it in. */
  readonly record?: string | undefined
  /** Hears, in a sentence, that a recording cannot go on. */
  readonly onProblem?: ((sentence: string) => void) | undefined
}

export function refuseUnknownBug({ bugs }: DeployedSystem, { bug }: ServerWishes): void {
  if (bug !== undefined && !bugs.includes(bug)) unknownName('planted bug', bug, bugs)
}

/** What records a server that is made from this configuration, where that is wished. */
export function tapFor(
  { name }: DeployedSystem,
  configuration: object,
  { record, onProblem }: ServerWishes,
): Pick<HostOptions, 'tap'> {
  if (record === undefined) return {}
  const recorded = { system: name, configuration: configuration as unknown as PlainData, onProblem }
  return { tap: recordTo(folderFor(record), recorded) }
}

/** Who asks for a recording wants to hear at once that there can be none, and not from the log later. */
function folderFor(record: string): string {
  try {
    makeFolder(record)
  } catch (error) {
    throw new UsageError(
      'no-recording',
      `--record ${record}: no folder can be made there (${(error as Error).message}).`,
    )
  }
  return record
}
