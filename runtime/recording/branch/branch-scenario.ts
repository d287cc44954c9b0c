import type { NodeSpec, PastOperation, Scenario, ScenarioInput, Settings, Topology } from '../../../explore/scenario.ts'
import { UsageError } from '../../../explore/usage-error.ts'
import type { NodeId } from '../../../sim/machine.ts'
import type { NodeMoment } from './moment.ts'

/** What a scenario makes of recorded nodes. */
export interface Casting {
  readonly settings: Settings
  /** Recorded nodes that play a part. */
  readonly cast: readonly NodeMoment[]
  /** Recorded nodes in whose place the scenario has its own: clients. */
  readonly replaced: readonly NodeId[]
  /** Nodes of the scenario that nothing is recorded of: they stay away. */
  readonly missing: readonly NodeId[]
  /** Properties that cannot be judged. */
  readonly notJudged: readonly string[]
}

/** Servers may remember the numbers of operations that they have done: new ones are far from those. */
const FIRST_OPERATION = 1_000_000_000

/** Which part of a scenario each recorded node plays. */
export function castingOf(scenario: Scenario, moments: readonly NodeMoment[], wanted: Partial<Settings>): Casting {
  const rolesFor = (nodes: number): ReadonlyMap<NodeId, string> => {
    const { nodes: specs } = scenario.topology(shapeOf({ ...scenario.defaults, ...wanted, nodes }))
    return new Map(specs.map(({ id, role }) => [id, role]))
  }
  const isServer = (roles: ReadonlyMap<NodeId, string>, id: NodeId): boolean =>
    roles.get(id) === (scenario.faults.quorumRole ?? [...roles.values()][0])
  const byDefault = rolesFor(scenario.defaults.nodes)
  const isClient = (id: NodeId): boolean => byDefault.has(id) && !isServer(byDefault, id)
  const nodes = wanted.nodes ?? Math.max(1, moments.filter(({ id }) => !isClient(id)).length)
  const roles = rolesFor(nodes)
  refuseStrangers(scenario, nodes, moments, roles)
  const cast = [...roles.keys()].flatMap(
    (id) => moments.find((moment) => moment.id === id && isServer(roles, id)) ?? [],
  )
  if (cast.length === 0)
    throw new UsageError(
      'no-servers',
      `No server of ${scenario.name} is recorded, only ${moments.map(({ id }) => id).join(', ')}.`,
    )
  const settings = { ...scenario.defaults, ...wanted, nodes }
  const judgesHistory = scenario.goingOn !== undefined
  return {
    settings,
    cast,
    replaced: moments.filter((moment) => !cast.includes(moment)).map(({ id }) => id),
    missing: [...roles.keys()].filter((id) => isServer(roles, id) && !cast.some((moment) => moment.id === id)),
    notJudged: judgesHistory
      ? []
      : scenario.properties(settings).flatMap(({ kind, name }) => (kind === 'history' ? [name] : [])),
  }
}

function refuseStrangers(
  scenario: Scenario,
  nodes: number,
  moments: readonly NodeMoment[],
  roles: ReadonlyMap<NodeId, string>,
): void {
  const stranger = moments.find(({ id }) => !roles.has(id))
  if (stranger !== undefined)
    throw new UsageError(
      'unknown-node',
      `${stranger.id} is recorded, and ${scenario.name} with ${nodes} servers has only ${[...roles.keys()].join(', ')}: another scenario may fit.`,
    )
  const { protocol } = scenario.topology(shapeOf({ ...scenario.defaults, nodes }))
  for (const { id, code } of moments) {
    const unknown = Object.keys(code.protocol).find((type) => !Object.hasOwn(protocol, type))
    if (unknown !== undefined)
      throw new UsageError(
        'other-protocol',
        `${id} is recorded as a machine that says ${unknown}, which nobody in ${scenario.name} does: another scenario may fit.`,
      )
  }
}

function shapeOf(settings: Settings): ScenarioInput {
  return { settings, operations: [], choose: (_name, options) => options[0]! }
}

/**
 * The scenario that goes on from recorded nodes: they stand where the scenario's servers would start, its clients come
 * anew, and its workload, faults and properties are what they are.
 */
export function branchScenario(
  scenario: Scenario,
  { settings, cast, missing }: Casting,
  heardOf: ReadonlySet<NodeId>,
): Scenario {
  const { goingOn } = scenario
  const chosen = goingOn?.chosen ?? {}
  const gone = cast.filter(({ exitReason }) => exitReason !== undefined)
  const decided = (choose: ScenarioInput['choose']): ScenarioInput['choose'] => {
    return <T>(name: string, options: readonly T[]) =>
      Object.hasOwn(chosen, name) ? (chosen[name] as T) : choose(name, options)
  }
  const topology = (input: ScenarioInput): Topology => {
    const made = scenario.topology({ ...input, choose: decided(input.choose) })
    const { spawn } = made
    const newcomers = made.nodes.filter(({ id }) => !missing.includes(id) && !cast.some((one) => one.id === id))
    const mostLost = made.faults?.lostForGood ?? scenario.faults.lostForGood ?? (cast.length + missing.length - 1) >> 1
    return {
      ...made,
      protocol: { ...made.protocol, ...cast[0]!.code.protocol },
      nodes: [
        ...cast.map((moment) => specOf(moment, made.nodes.find(({ id }) => id === moment.id)!.role)),
        ...newcomers.map((spec) => renamed(spec, heardOf)),
      ],
      ...(spawn === undefined ? {} : { spawn: (index: number) => renamed(spawn(index), heardOf) }),
      // Who is missing, or had ended in good order, is lost for good already.
      faults: { ...made.faults, lostForGood: Math.max(0, mostLost - missing.length - gone.length) },
      ...(goingOn === undefined ? {} : { history: () => historyOf(goingOn, cast, made, input) }),
    }
  }
  return {
    ...scenario,
    defaults: settings,
    nodesAreGiven: true,
    firstOperation: FIRST_OPERATION,
    topology,
    workload: (client, count, random, own, choose) => scenario.workload(client, count, random, own, decided(choose)),
    properties: (own) => scenario.properties(own).filter(({ kind }) => kind !== 'history' || goingOn !== undefined),
  }
}

function specOf({ id, code, disk, past }: NodeMoment, role: string): NodeSpec {
  return { id, role, machine: code.machine, disk, ...(past === undefined ? {} : { past }) }
}

/** What servers still owe to a client that was not recorded must not reach one that is new. */
function renamed(spec: NodeSpec, heardOf: ReadonlySet<NodeId>): NodeSpec {
  return heardOf.has(spec.id) ? { ...spec, id: `new-${spec.id}` } : spec
}

function historyOf(
  goingOn: NonNullable<Scenario['goingOn']>,
  cast: readonly NodeMoment[],
  { nodes }: Topology,
  { operations }: ScenarioInput,
): readonly PastOperation[] {
  const before = cast.map(({ id, state }) => ({ id, role: nodes.find((spec) => spec.id === id)!.role, state }))
  return goingOn.history(before, operations)
}
