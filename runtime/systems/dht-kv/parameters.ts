import { z } from 'zod'
import type { DhtOptions } from '../../../nodes/dht/dht.ts'
import type { Millis } from '../../../sim/machine.ts'
import { durationSchema } from '../duration.ts'
import { sizeSchema } from '../size.ts'

/** The file of parameters, in milliseconds and bytes. The same for all nodes of a ring. */
export interface DhtParameters {
  /** On so many nodes each key is kept. */
  readonly REPLICAS: number
  readonly WRITE_QUORUM: number
  readonly READ_QUORUM: number
  /** So many of WRITE_QUORUM must be nodes that the key belongs to; the others may stand in for such. */
  readonly OWN_WRITES: number
  readonly GOSSIP_INTERVAL: Millis
  readonly SUSPECT_AFTER: Millis
  readonly REQUEST_TIMEOUT: Millis
  /** Of a key, and of a value. */
  readonly MAX_BYTES: number
  /** A deletion is remembered for at least so long. */
  readonly COLLECT_AFTER: Millis
}

export const defaultDhtParameters = {
  REPLICAS: 3,
  WRITE_QUORUM: 2,
  READ_QUORUM: 2,
  OWN_WRITES: 2,
  GOSSIP_INTERVAL: '1s',
  SUSPECT_AFTER: '5s',
  REQUEST_TIMEOUT: '5s',
  MAX_BYTES: '2MiB',
  COLLECT_AFTER: '10m',
}

const count = z.int().min(1).max(16)

export const dhtParametersSchema: z.ZodType<DhtParameters, unknown> = z
  .strictObject({
    REPLICAS: count,
    WRITE_QUORUM: count,
    READ_QUORUM: count,
    OWN_WRITES: count,
    GOSSIP_INTERVAL: durationSchema,
    SUSPECT_AFTER: durationSchema,
    REQUEST_TIMEOUT: durationSchema,
    MAX_BYTES: sizeSchema,
    COLLECT_AFTER: durationSchema,
  })
  .refine(({ REPLICAS, WRITE_QUORUM }) => WRITE_QUORUM <= REPLICAS, {
    path: ['WRITE_QUORUM'],
    message: 'there are only so many replicas as REPLICAS says',
  })
  .refine(({ REPLICAS, READ_QUORUM }) => READ_QUORUM <= REPLICAS, {
    path: ['READ_QUORUM'],
    message: 'there are only so many replicas as REPLICAS says',
  })
  .refine(({ OWN_WRITES, WRITE_QUORUM }) => OWN_WRITES <= WRITE_QUORUM, {
    path: ['OWN_WRITES'],
    message: 'it is a part of WRITE_QUORUM',
  })
  .refine(({ SUSPECT_AFTER, GOSSIP_INTERVAL }) => 3 * GOSSIP_INTERVAL <= SUSPECT_AFTER, {
    path: ['SUSPECT_AFTER'],
    message: 'three rounds of gossip must fit into it, or live nodes are suspected',
  })

/** So many copies of each key, and quorums that are majorities of them: as parameters are written. */
export function replicasAsParameters(replicas: number): Readonly<Record<string, unknown>> {
  const majority = Math.floor(replicas / 2) + 1
  return { REPLICAS: replicas, WRITE_QUORUM: majority, READ_QUORUM: majority, OWN_WRITES: majority }
}

/** How much longer than a key or a value all concurrent values of one key may be. */
const SIBLINGS_TIMES = 8

export function optionsOf(parameters: DhtParameters): Partial<DhtOptions> {
  return {
    replicas: parameters.REPLICAS,
    writeQuorum: parameters.WRITE_QUORUM,
    readQuorum: parameters.READ_QUORUM,
    ownWrites: parameters.OWN_WRITES,
    gossipEveryMs: parameters.GOSSIP_INTERVAL,
    suspectAfterMs: parameters.SUSPECT_AFTER,
    requestTimeoutMs: parameters.REQUEST_TIMEOUT,
    maxBytes: parameters.MAX_BYTES,
    maxItemBytes: SIBLINGS_TIMES * parameters.MAX_BYTES,
    collectAfterMs: parameters.COLLECT_AFTER,
  }
}
