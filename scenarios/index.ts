import type { Scenario } from '../explore/scenario.ts'
import { chord } from './chord.ts'
import { dhtKv } from './dht-kv.ts'
import { raftKv } from './raft-kv.ts'

/** All scenarios that come with Petrel. */
export const scenarios: readonly Scenario[] = [raftKv, dhtKv, chord]
