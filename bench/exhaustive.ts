import { exploreAll } from '../explore/exhaustive/search.ts'
import { smallSystem } from '../explore/exhaustive/small-scenario.ts'
import type { Figure } from '../reports/json.ts'
import { raftKv } from '../scenarios/raft-kv.ts'
import { median } from './measure.ts'

const ROUNDS = 3
const DEPTH = 7

/**
 * Every behaviour of an election among three Raft servers, each of which times out at most once: different states a
 * second, with all properties asked after every step. The first round only warms up.
 */
export function exhaustive(): readonly Figure[] {
  const settings = { nodes: 3, clients: 1, operations: 0, durationMs: 1_000 }
  const round = (): { readonly states: number; readonly steps: number } => {
    const startedMs = performance.now()
    const { states, steps } = exploreAll(smallSystem(raftKv, settings), {
      depth: DEPTH,
      timeouts: 1,
      timers: ['election'],
    })
    const seconds = (performance.now() - startedMs) / 1_000
    return { states: states / seconds, steps: steps / seconds }
  }
  round()
  const rounds = Array.from({ length: ROUNDS }, round)
  return [
    { name: 'exhaustive', value: median(rounds.map(({ states }) => states)), unit: 'states/s' },
    { name: 'exhaustive-steps', value: median(rounds.map(({ steps }) => steps)), unit: 'steps/s' },
  ]
}
