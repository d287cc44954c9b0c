import type { NodeId } from '../../sim/machine.ts'
import type { Answer, Command } from './state-machine.ts'

/** A person, a script or a page asks the client that acts for it: to have a command done, or (null) how the servers are. */
export interface Ask {
  readonly type: 'Ask'
  /** Comes back with the answer; the asker's own. */
  readonly id: number
  readonly command: Command | null
}

/**
 * `ok`: done, with this answer. `failed`: certainly not done. `unknown`: perhaps done, or yet to be. `status`: of each
 * server, null where it did not say in time.
 */
export type AskedOutcome =
  | { readonly outcome: 'ok'; readonly answer: Answer }
  | { readonly outcome: 'failed'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly reason: string }
  | { readonly outcome: 'status'; readonly servers: readonly ServerStatus[] }

export interface ServerStatus {
  readonly server: NodeId
  readonly status: Omit<StatusReply, 'type' | 'serial'> | null
}

export interface Answered {
  readonly type: 'Answered'
  readonly id: number
  readonly result: AskedOutcome
}

/** Anyone asks a server how it is. The number only pairs the reply with the request. */
export interface Status {
  readonly type: 'Status'
  readonly serial: number
}

/** How a server sees itself and the cluster, which need not be how things are. */
export interface StatusReply {
  readonly type: 'StatusReply'
  readonly serial: number
  readonly role: 'follower' | 'pre-candidate' | 'candidate' | 'leader'
  readonly term: number
  readonly leader: NodeId | null
  readonly lastIndex: number
  readonly commitIndex: number
  readonly lastApplied: number
  readonly snapshotIndex: number
  readonly servers: readonly NodeId[]
}
