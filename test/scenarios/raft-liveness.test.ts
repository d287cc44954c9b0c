import { describe, expect, test } from 'vitest'
import type { RaftOptions } from '../../nodes/raft/raft.ts'
import type { RaftState } from '../../nodes/raft/state.ts'
import { SERVERS, set, Stage, type StagedOperation } from './support/stage.ts'

/**
 * Links that fail for good, while a majority of servers all hear each other: H. Howard and I. Abraham, "Raft does not
 * guarantee liveness in the face of network faults", 2020. The election timeouts of the paper, drawn from a range.
 */
const BOTH = { electionTimeoutMs: [150, 300] } as const
const ONLY_PRE_VOTE = { ...BOTH, checkQuorum: false }
const NEITHER = { ...ONLY_PRE_VOTE, preVote: false }

const operations: readonly StagedOperation[] = SERVERS.map((server, place) => ({
  client: 'c1',
  at: 4_000 + 300 * place,
  server,
  input: set(`${place}`),
}))

function begin(options: Partial<RaftOptions>): { stage: Stage; leader: string; others: readonly string[] } {
  const stage = new Stage({ timeoutsMs: [], options, operations })
  stage.world.run(1_000)
  const leader = SERVERS.find((id) => stage.leads(id))!
  return { stage, leader, others: SERVERS.filter((id) => id !== leader) }
}

function cut(stage: Stage, left: readonly string[], right: readonly string[]): void {
  stage.world.inject({ kind: 'partition', groups: [left, right], forMs: Infinity })
}

/** One follower hears nobody, and is heard by all. */
function deafFollower(options: Partial<RaftOptions>): Stage {
  const { stage, others } = begin(options)
  const deaf = others[0]!
  stage.world.inject({
    kind: 'one-way-partition',
    from: SERVERS.filter((id) => id !== deaf),
    to: [deaf],
    forMs: Infinity,
  })
  stage.world.run(9_000)
  return stage
}

/** The leader keeps one follower; that one is connected with all, and no others with each other. */
function onlyOneIsConnected(options: Partial<RaftOptions>): Stage {
  const { stage, leader, others } = begin(options)
  const [hub, ...rest] = others
  for (const id of rest)
    cut(
      stage,
      [id],
      SERVERS.filter((other) => other !== id && other !== hub),
    )
  expect(stage.leads(leader)).toBe(true)
  expect(hub).toBeDefined()
  stage.world.run(9_000)
  return stage
}

function terms(stage: Stage): number {
  return Math.max(...SERVERS.map((id) => stage.world.state<RaftState>(id)!.term))
}

function served(stage: Stage): number {
  return stage.answers.filter((answer) => answer !== 'info' && answer !== 'fail').length
}

describe('links that fail for good (RK-22)', () => {
  test('a server that hears no leader deposes every one, unless it must ask first', () => {
    expect(terms(deafFollower(NEITHER))).toBeGreaterThan(20)
    const stage = deafFollower(BOTH)
    expect(terms(stage)).toBeLessThanOrEqual(2)
    // All but the client that asks nobody else.
    expect(served(stage)).toBe(SERVERS.length - 1)
  })

  test('a leader without a majority keeps the only server that could lead from it, unless it steps down', () => {
    expect(served(onlyOneIsConnected(ONLY_PRE_VOTE))).toBe(0)
    expect(served(onlyOneIsConnected(BOTH))).toBeGreaterThan(0)
  })
})
