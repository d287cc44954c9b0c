import type { AnyMachine, NodeId, PlainData, Random } from '../sim/machine.ts'
import type { Protocol } from '../sim/protocol.ts'
import type { Property } from '../checks/property.ts'
import type {
  Control,
  FaultMenu,
  GoingOn,
  Network,
  NodeSpec,
  PlannedOperation,
  PlantedBug,
  Scenario,
  ScenarioInput,
  Settings,
} from './scenario.ts'

/** What a server is made from. */
export interface ServerSetup {
  readonly id: NodeId
  /** All servers, itself included. */
  readonly servers: readonly NodeId[]
  readonly settings: Settings
  /** A planted bug, by id. */
  readonly bug: string | undefined
  readonly choose: ScenarioInput['choose']
  /** 1 in simulation; on real computers timeouts are so many times longer. */
  readonly timeoutFactor: number
}

/** What a client is made from. */
export interface ClientSetup extends ServerSetup {
  /** Its share of the workload. */
  readonly operations: readonly PlannedOperation[]
}

/** A scenario of servers that are all alike, and clients that ask them. */
export interface ScenarioDefinition {
  /** In tokens and on the command line: letters, digits, `-`. */
  readonly name: string
  /** One line for `petrel list`. */
  readonly about: string
  readonly protocol: Protocol
  /** Called anew for each incarnation of each server; they are named n1, n2 … */
  readonly server: (setup: ServerSetup) => AnyMachine
  /** The servers' other code in a rolling upgrade. */
  readonly upgradedServer?: (setup: ServerSetup) => AnyMachine
  /** Called anew for each incarnation of each client; they are named c1, c2 … */
  readonly client: (setup: ClientSetup) => AnyMachine
  /** Draws the input of one operation. `index` counts the client's operations from 0. */
  readonly operation: (random: Random, index: number) => PlainData
  readonly properties: readonly Property[] | ((settings: Settings) => readonly Property[])
  /** 3 servers, 2 clients, 60 operations, 5 virtual seconds, unless given. */
  readonly defaults?: Partial<Settings>
  /** Unless given: 1 to 10 ms, and one datagram in a hundred lost, another doubled. */
  readonly network?: Partial<Network>
  /** Which faults may be drawn; all, unless given. The servers are the ones that hold the state. */
  readonly faults?: FaultMenu
  readonly bugs?: readonly PlantedBug[]
  /** Variants that look like bugs and are none. */
  readonly controls?: readonly Control[]
  /** How a run may go on from recorded nodes. */
  readonly goingOn?: GoingOn
  /** What planted bugs are listed under: the scenario's own name unless given. */
  readonly system?: string
  /** The calm begins at this share of the run: 0.6 unless given. */
  readonly calmAt?: number
  /** The share of operations that must end ok in the median run: 0.5 unless given. */
  readonly evidence?: number
}

const DEFAULTS: Settings = { nodes: 3, clients: 2, operations: 60, durationMs: 5000 }
const NETWORK: Network = { latencyMs: [1, 10], loss: 0.01, duplication: 0.01 }
/** The last operation is asked at this share of the run: it still meets the calm, and has time to end. */
const LAST_OPERATION_AT = 0.8

/**
 * A whole scenario out of the few things that only its author can know. What it does not offer (machines of many
 * kinds, nodes that join, a first disk image, operations at chosen times) is written as a {@link Scenario} by hand.
 */
export function defineScenario(definition: ScenarioDefinition): Scenario {
  const { properties } = definition
  return {
    name: definition.name,
    about: definition.about,
    defaults: { ...DEFAULTS, ...definition.defaults },
    network: { ...NETWORK, ...definition.network },
    calmAt: definition.calmAt ?? 0.6,
    evidence: definition.evidence ?? 0.5,
    faults: { quorumRole: 'server', ...definition.faults },
    ...(definition.system === undefined ? {} : { system: definition.system }),
    ...(definition.goingOn === undefined ? {} : { goingOn: definition.goingOn }),
    ...(definition.bugs === undefined ? {} : { bugs: definition.bugs }),
    ...(definition.controls === undefined ? {} : { controls: definition.controls }),
    properties: typeof properties === 'function' ? properties : () => properties,
    workload: (_client, count, random, settings) =>
      Array.from({ length: count }, (_, index) => ({
        atMs: Math.floor(((index + random.float()) / count) * settings.durationMs * LAST_OPERATION_AT),
        input: definition.operation(random, index),
      })),
    topology: (input) => ({ protocol: definition.protocol, nodes: nodesOf(definition, input) }),
  }
}

function nodesOf(
  definition: ScenarioDefinition,
  { settings, operations, choose, timeoutFactor = 1 }: ScenarioInput,
): readonly NodeSpec[] {
  const servers = Array.from({ length: settings.nodes }, (_, index) => `n${index + 1}`)
  const { upgradedServer } = definition
  const setupOf = (id: NodeId): ServerSetup => ({
    id,
    servers,
    settings,
    bug: settings.bug,
    choose,
    timeoutFactor,
  })
  return [
    ...servers.map((id): NodeSpec => ({
      id,
      role: 'server',
      machine: () => definition.server(setupOf(id)),
      ...(upgradedServer === undefined ? {} : { upgraded: () => upgradedServer(setupOf(id)) }),
    })),
    ...Array.from({ length: settings.clients }, (_, client): NodeSpec => {
      const id = `c${client + 1}`
      const own = operations.filter((operation) => operation.client === client)
      return { id, role: 'client', machine: () => definition.client({ ...setupOf(id), operations: own }) }
    }),
  ]
}
