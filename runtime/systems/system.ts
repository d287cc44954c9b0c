import type { AnyMachine, NodeId, PlainData } from '../../sim/machine.ts'
import type { Protocol, Schema } from '../../sim/protocol.ts'

/** What a server of a deployed system is made from. */
export interface ServerInput<Parameters> {
  readonly self: NodeId
  /** The servers that set-up named, this one among them, whether or not they are up. */
  readonly servers: readonly NodeId[]
  readonly parameters: Parameters
  /** A planted bug, by its id. */
  readonly bug?: string | undefined
}

/** A system as it is deployed: what its configuration says, what its nodes are, what set-up puts on their disks. */
// oxlint-disable-next-line typescript/no-explicit-any -- who holds a system need not know its parameters
export interface System<Parameters = any> {
  readonly name: string
  readonly about: string
  readonly protocol: Protocol
  /** How many of each, unless set-up is told otherwise. */
  readonly defaults: { readonly servers: number; readonly clients: number }
  /** The file of parameters as it is written, with the values that they have unless someone changes them. */
  readonly defaultParameters: Readonly<Record<string, unknown>>
  readonly parameters: Schema<Parameters>
  readonly server: (input: ServerInput<Parameters>) => AnyMachine
  /** What set-up writes on the disk of a new server. */
  readonly disk: (self: NodeId) => ReadonlyMap<string, Uint8Array>
  /** Ids of the bugs that may be planted in a server. */
  readonly bugs: readonly string[]
  /** What `petrel up` tells people of a note: `leads in term 3`; undefined where it is of no interest to them. */
  readonly headline: (event: string, detail: PlainData) => string | undefined
}
