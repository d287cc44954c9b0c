import type { Millis } from '../../sim/machine.ts'

/** The file of parameters, as milliseconds. */
export interface RaftParameters {
  /** How long a client waits for one server, and for its whole request, whoever answers. */
  readonly SERVER_TIMEOUT: Millis
  readonly TIME_TO_RETRY: Millis
  readonly HEARTBEAT_TIMEOUT: Millis
  /** Each election timeout is drawn from this range anew. */
  readonly ELECTION_INTERVAL: readonly [min: Millis, max: Millis]
}
