import type { NodeId, PlainData } from '../../sim/machine.ts'
import type { Scenario } from '../../explore/scenario.ts'
import { configOf, findScenario, type Catalogue } from '../catalogue.ts'
import type { RecordOptions } from '../recording/record-to.ts'
import type { RecordedCode } from '../recording/replay-node.ts'
import type { RecordedMachine } from '../recording/replay-recording.ts'
import type { ServerOrder } from './order.ts'
import { machineOf, specsOf, subjectOf } from './subject.ts'

/** What a server's process makes its machine from, beside the scenario. */
type Made = Pick<ServerOrder, 'seed' | 'settings' | 'nemesis' | 'strategy' | 'upgraded'>

/** How a server under chaos is recorded: as of its scenario, so that it can go on in that one. */
export function recordOptions(catalogue: Catalogue, scenario: Scenario, order: ServerOrder): RecordOptions {
  const { seed, settings, nemesis, strategy, upgraded } = order
  const made: Made = { seed, settings, strategy, upgraded, ...(nemesis === undefined ? {} : { nemesis }) }
  const codeFile = configOf(catalogue, scenario)
  return {
    system: scenario.name,
    configuration: { chaos: made as unknown as PlainData },
    ...(codeFile === undefined ? {} : { codeFile }),
  }
}

export function isOfChaos({ configuration }: RecordedMachine): boolean {
  return typeof configuration === 'object' && configuration !== null && 'chaos' in configuration
}

/** The machine of a recorded server, made again as its process made it. */
export function recordedServer(catalogue: Catalogue, { self, system, configuration }: RecordedMachine): RecordedCode {
  const made = (configuration as unknown as { readonly chaos: Made }).chaos
  const subject = subjectOf({ ...made, scenario: findScenario(catalogue, system) })
  return { machine: machineOf(specOf(subject, self), made.upgraded), protocol: subject.protocol }
}

function specOf(subject: ReturnType<typeof subjectOf>, self: NodeId): ReturnType<typeof specsOf>[number] {
  return specsOf(subject).find(({ id }) => id === self)!
}

/** The module that the machine depends on beside Petrel's own code. */
export function recordedConfig(catalogue: Catalogue, { system }: RecordedMachine): string | undefined {
  return configOf(catalogue, findScenario(catalogue, system))
}
