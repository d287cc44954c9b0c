import type { AnyMachine, Millis, NodeId, PlainData, Tagged } from '../../sim/machine.ts'
import type { Protocol, Schema } from '../../sim/protocol.ts'
import type { HostLimits } from '../host/limits.ts'
import type { HttpEdgeOptions } from '../http/http-edge.ts'
import type { HttpMethod, HttpPage, HttpQuestion, HttpRoute } from '../http/routes.ts'

/** What all servers of a deployed system are made from: plain data, and what a recording keeps of it. */
export interface ServerConfiguration<Parameters> {
  /** The servers that set-up named, this one among them, whether or not they are up. */
  readonly servers: readonly NodeId[]
  readonly parameters: Parameters
  /** A planted bug, by its id. */
  readonly bug?: string | undefined
}

export interface ServerInput<Parameters> extends ServerConfiguration<Parameters> {
  readonly self: NodeId
}

/** A system as it is deployed: what its configuration says, and what its nodes say to each other. */
// oxlint-disable-next-line typescript/no-explicit-any -- who holds a system need not know its parameters
export interface DeployedSystem<Parameters = any> {
  readonly name: string
  readonly about: string
  readonly protocol: Protocol
  /** How many of each, unless set-up is told otherwise. */
  readonly defaults: { readonly servers: number; readonly clients: number }
  /** The file of parameters as it is written, with the values that they have unless someone changes them. */
  readonly defaultParameters: Readonly<Record<string, unknown>>
  readonly parameters: Schema<Parameters>
  /** Ids of the bugs that may be planted in a server. */
  readonly bugs: readonly string[]
  /** What `petrel up` tells people of a note: `leads in term 3`; undefined where it is of no interest to them. */
  readonly headline: (event: string, detail: PlainData) => string | undefined
}

/** Set-up names all servers of it, and puts on their disks what they begin with. */
// oxlint-disable-next-line typescript/no-explicit-any -- who holds a system need not know its parameters
export interface System<Parameters = any> extends DeployedSystem<Parameters> {
  readonly membership: 'fixed'
  readonly server: (input: ServerInput<Parameters>) => AnyMachine
  /** What set-up writes on the disk of a new server. */
  readonly disk: (self: NodeId) => ReadonlyMap<string, Uint8Array>
  readonly client: SystemClient<Parameters>
}

/** What a node of an open system is made from: plain data, and what a recording keeps of it. */
export interface OpenNodeConfiguration<Parameters> {
  /** Nodes that are known to all, by their URLs. */
  readonly seeds: readonly NodeId[]
  /** How many virtual nodes it is, when it first runs on its disk. */
  readonly tokens: number
  readonly parameters: Parameters
  readonly bug?: string | undefined
}

export interface OpenNodeInput<Parameters> extends OpenNodeConfiguration<Parameters> {
  /** The URL at which others reach it. */
  readonly self: NodeId
}

/** Its nodes come and go while it runs, each under the URL at which people and other nodes reach it. */
// oxlint-disable-next-line typescript/no-explicit-any -- who holds a system need not know its parameters
export interface OpenSystem<Parameters = any> extends DeployedSystem<Parameters> {
  readonly membership: 'open'
  readonly server: (input: OpenNodeInput<Parameters>) => AnyMachine
  /** What people and programs ask a node, over HTTP. */
  readonly http: (parameters: Parameters) => Omit<HttpEdgeOptions, 'listen'>
  readonly limits: Partial<HostLimits>
  /** Parameters for so many copies of everything, as they are written; and how many these have. */
  readonly replicated: (replicas: number) => Readonly<Record<string, unknown>>
  readonly replicasOf: (parameters: Parameters) => number
  /** What a node's log says of a note, where its own name does not say it. */
  readonly sentence: (event: string, detail: PlainData) => string | undefined
  /** True where a note says that the node is part of a ring. */
  readonly hasJoined: (event: string) => boolean
  /** True where a machine that ended for this reason did what it was asked to. */
  readonly hasLeft: (reason: string) => boolean
}

export type AnySystem = System | OpenSystem

/** What one asks of a system, in words that a person types, and what of it is shown. */
export interface ClientRequest {
  readonly message: (id: number) => Tagged
  /** What an answer means; undefined where the message is none. */
  readonly read: (answer: Tagged) => Shown
}

export interface Shown {
  /** `yes`: done. `no`: done, and the answer is no. `failed`: certainly not done. `unknown`: nobody knows. */
  readonly outcome: 'yes' | 'no' | 'failed' | 'unknown'
  readonly text: string
  /** The same for programs. */
  readonly document: Readonly<Record<string, unknown>>
}

/** The client of a system: a machine that is asked by peers in its own process. */
export interface SystemClient<Parameters> {
  readonly machine: (input: {
    readonly servers: readonly NodeId[]
    readonly parameters: Parameters
    /** How long a request may take, where that is not as the parameters say. */
    readonly timeoutMs?: Millis | undefined
  }) => AnyMachine
  /** A line a command. */
  readonly help: readonly string[]
  /** The request in these words, or a sentence that says what is wrong with them. */
  readonly parse: (words: readonly string[]) => ClientRequest | string
  /** The number that the answer brings back; undefined where a message is no answer. */
  readonly idOf: (message: Tagged) => number | undefined
  /** The same for browsers and programs; left out where a system's own nodes serve that. */
  readonly web?: SystemWeb
}

/** A page, and the client's words as HTTP requests. */
export interface SystemWeb {
  readonly page: HttpPage
  readonly routes: readonly WebRoute[]
}

/** An HTTP request that says what words say; or a sentence on what it lacks. `failed` is 503, `unknown` 504. */
export interface WebRoute {
  readonly method: HttpMethod
  readonly path: string
  readonly body?: Exclude<HttpRoute['body'], undefined>
  readonly words: (question: HttpQuestion) => readonly string[] | string
  /** Where the answer is no. */
  readonly statusOfNo: number
}
