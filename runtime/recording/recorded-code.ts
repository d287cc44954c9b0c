import { UsageError } from '../../explore/usage-error.ts'
import { loadCatalogue, type Catalogue } from '../catalogue.ts'
import { isOfChaos, recordedConfig, recordedServer } from '../chaos/recorded.ts'
import { loadUserModule } from '../load-user-code.ts'
import { findSystem } from '../systems/index.ts'
import type { OpenNodeConfiguration, ServerConfiguration } from '../systems/system.ts'
import type { RecordedCode } from './replay-node.ts'
import type { RecordedMachine, ReplayRecordingOptions } from './replay-recording.ts'

/** How the machines of a recording are made again: by a module of the user's, or as Petrel's own systems are. */
export async function recordedCode(file: string | undefined): Promise<(recorded: RecordedMachine) => RecordedCode> {
  if (file === undefined) return shippedCode
  const { exported } = await loadUserModule(file)
  if (typeof exported === 'function') return exported as (recorded: RecordedMachine) => RecordedCode
  throw new UsageError(
    'no-machines',
    `${file} must export a function by default: ({ self, system, configuration }) => ({ machine, protocol }), as the recorded machines were made.`,
  )
}

/** The same with the file that decides beside Petrel's own code, for a scenario's servers under chaos as well. */
export async function recordedMachines(
  file: string | undefined,
  config: string | undefined,
): Promise<Pick<ReplayRecordingOptions, 'codeOf' | 'codeFile'>> {
  const codeOf = await recordedCode(file)
  if (file !== undefined) return { codeOf, codeFile: file }
  // A configuration that does not load matters only where a scenario is asked for.
  const loaded = await loadCatalogue(config).catch((error: Error) => error)
  const catalogue = (): Catalogue => {
    if (loaded instanceof Error) throw loaded
    return loaded
  }
  return {
    codeOf: (recorded) => (isOfChaos(recorded) ? recordedServer(catalogue(), recorded) : codeOf(recorded)),
    codeFile: (recorded) => (isOfChaos(recorded) ? recordedConfig(catalogue(), recorded) : undefined),
  }
}

function shippedCode({ self, system: name, configuration }: RecordedMachine): RecordedCode {
  const system = findSystem(name)
  if (system === undefined)
    throw new UsageError(
      'unknown-system',
      `${self} is recorded as of the system "${name}", which is not one of ours: --machines FILE names the module that makes its machine.`,
    )
  // What a server of the system was made from, whichever system it is.
  const made = configuration as unknown as ServerConfiguration<unknown> & OpenNodeConfiguration<unknown>
  return { machine: () => system.server({ self, ...made }), protocol: system.protocol }
}
