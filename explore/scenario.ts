import type { AnyMachine, Millis, NodeId, PlainData, Random } from '../sim/machine.ts'
import type { FaultKind } from '../sim/faults.ts'
import type { Protocol } from '../sim/protocol.ts'
import type { ClusterView, NodeView, Property } from '../checks/property.ts'
import type { NodePast, PastOperation } from '../sim/past.ts'

export type { NodePast, PastOperation, PastSaying, RunningPast } from '../sim/past.ts'

/** How large a run is, and which code runs: what a person may set, and what a token carries. */
export interface Settings {
  readonly nodes: number
  readonly clients: number
  readonly operations: number
  readonly durationMs: Millis
  /** A planted bug, by id. */
  readonly bug?: string
}

/** One operation of the workload. Its id stays the same when others are taken away. */
export interface PlannedOperation {
  readonly id: number
  /** Which client asks, counted from 0. */
  readonly client: number
  /** Not before this time; later where the client is still busy. */
  readonly atMs: Millis
  readonly input: PlainData
}

export interface NodeSpec {
  readonly id: NodeId
  /** `server`, `client`: what menus of faults and properties call it. */
  readonly role: string
  /** Called anew for each incarnation. */
  readonly machine: () => AnyMachine
  /** The other code of a rolling upgrade, where there is one. */
  readonly upgraded?: () => AnyMachine
  /** What is on its disk before its first start. */
  readonly disk?: ReadonlyMap<string, Uint8Array>
  /** What it goes on from, in place of a first start; made anew for each run. */
  readonly past?: () => NodePast
}

export interface Topology {
  readonly protocol: Protocol
  readonly nodes: readonly NodeSpec[]
  /** What a `spawn` fault brings up: a node that was not there before. */
  readonly spawn?: (index: number) => NodeSpec
  /** Where this run survives less than the scenario's menu says, or more. */
  readonly faults?: Partial<FaultMenu>
  /** What clients had done before the run: it counts for their history. */
  readonly history?: () => readonly PastOperation[]
}

/** How the network is when nothing is wrong with it on purpose. */
export interface Network {
  readonly latencyMs: readonly [min: Millis, max: Millis]
  /** Probabilities, for datagrams. */
  readonly loss: number
  readonly duplication: number
  /** True where each message's latency is multiplied by a factor of its own, from a tenth to tenfold. */
  readonly anyOrder?: boolean
}

/** What the seed may draw for a plan, and what a system does not claim to survive. */
export interface FaultMenu {
  /** All kinds, unless said. */
  readonly kinds?: readonly FaultKind[]
  /** The role whose members hold the state; at most a minority of them is ever lost for good. */
  readonly quorumRole?: string
  /** How many of them may be lost for good, where it is not a minority: 0 where each holds what no other has. */
  readonly lostForGood?: number
  /** False where a system does not live with a cut that nothing heals; those that may be lost for good are lost otherwise. */
  readonly cutsForGood?: boolean
  /**
   * True where those that may be lost for good may also stay connected in part for good, to some servers or in one
   * direction only, as long as the others, a majority, all hear each other.
   */
  readonly partialCutsForGood?: boolean
  /** Roles whose disk may come back as it was at an earlier start, or empty, without breaking a promise. */
  readonly oldDiskRoles?: readonly string[]
  readonly emptyDiskRoles?: readonly string[]
  /**
   * Notes of the machines that tell of rare and fragile steps (an election won, a recovery): faults are drawn near
   * them. None unless given, and then faults fall at any time.
   */
  readonly moments?: readonly string[]
  /** The note by which a node says that it leads from now on, where there is such a role: many faults are aimed at it. */
  readonly leads?: string
}

export interface PlantedBug {
  readonly id: string
  /** What is changed, in a sentence. */
  readonly about: string
  readonly violates: string
  readonly rarity: 'common' | 'rare' | 'very rare'
}

/** A variant that looks like a bug and is none: nothing may be reported on it. */
export interface Control {
  readonly id: string
  /** What is different, and why it does no harm, in a sentence. */
  readonly about: string
  /** What it runs under beside `bug: id`: a bug that needs five servers is none in a cluster of three. */
  readonly settings?: Partial<Settings>
}

/** What a scenario's parts are made from: the settings, and the run's own stream for choices of shape. */
export interface ScenarioInput {
  readonly settings: Settings
  /** The operations of this run, by client; shrinking takes some away. */
  readonly operations: readonly PlannedOperation[]
  /** A choice of this run with a name, the same whatever else is drawn: `choose('transport', ['datagram', 'stream'])`. */
  readonly choose: <T>(name: string, options: readonly T[]) => T
  /**
   * True where time stands still, as all behaviours of a small world are explored: there any timer may fire at any
   * moment, and no clock moves, so what decides by the time that has passed is to be left off.
   */
  readonly timeless?: boolean
  /**
   * Timeouts and periods of the machines are so many times longer than in simulation, as they are where the machines
   * run on a real computer, which may leave a process out for a tenth of a second. 1 in simulation.
   */
  readonly timeoutFactor?: number
}

/** What is to be known of a scenario for runs against real processes, beside what simulation needs. */
export interface RealRuns {
  /** The model by which `petrel check --model` judges a history that was kept. */
  readonly model?: string
  /** True for inputs that the model knows; other operations are left out of the file. All are in it unless given. */
  readonly concerns?: (input: PlainData) => boolean
  /**
   * True where the nodes' states, as plain data, are looked at once a run is over: then what must hold in the end is judged
   * as well, and not only what clients see.
   */
  readonly looksInside?: boolean
}

/** A node as it was when a run goes on from it, up or down. */
export interface NodeBefore {
  readonly id: NodeId
  readonly role: string
  readonly state: unknown
}

/**
 * How a run may go on from nodes that were not made by the scenario, such as those of a recording. Their clients are
 * not there any more; the scenario's take their place, and must know what they may find.
 */
export interface GoingOn {
  /** Choices of the scenario that those nodes have made already, by name. */
  readonly chosen?: Readonly<Record<string, unknown>>
  /**
   * Operations that tell what clients may find, as far as the planned ones can see: as `ok` what brought about what
   * the nodes hold, as `info` each that may take effect yet.
   */
  readonly history: (nodes: readonly NodeBefore[], planned: readonly PlannedOperation[]) => readonly PastOperation[]
}

/** A topology, a workload, a menu of faults, and properties. */
export interface Scenario {
  readonly name: string
  /** One line for `petrel list`. */
  readonly about: string
  readonly defaults: Settings
  readonly network: Network
  /** The storm ends, and the calm begins, at this share of the duration. */
  readonly calmAt: number
  /** What the scenario exercises, by the name that planted bugs are listed under: `raft`. Its own name unless given. */
  readonly system?: string
  readonly bugs?: readonly PlantedBug[]
  readonly controls?: readonly Control[]
  /** The operations of one client; each client has a stream of its own. */
  readonly workload: (
    client: number,
    count: number,
    random: Random,
    settings: Settings,
    choose: ScenarioInput['choose'],
  ) => readonly Omit<PlannedOperation, 'id' | 'client'>[]
  readonly topology: (input: ScenarioInput) => Topology
  readonly faults: FaultMenu
  readonly properties: (settings: Settings) => readonly Property[]
  /** Without it, what clients see is not judged in a run that goes on from nodes with a past. */
  readonly goingOn?: GoingOn
  /** The number of the first operation: 0 unless the nodes may know smaller ones from before. */
  readonly firstOperation?: number
  /** True where the nodes are given, so that none can be left out to make a failure smaller. */
  readonly nodesAreGiven?: boolean
  /** What of the cluster's state tells one situation from another: a guided search looks for new ones. */
  readonly abstraction?: (view: ClusterView, node: NodeView) => readonly number[]
  /** The median run of a sweep must end at least this share of its operations `ok`, or the sweep is no evidence. */
  readonly evidence: number
  readonly real?: RealRuns
}
