import { describe, expect, test } from 'vitest'
import { followersCatchUp } from '../../nodes/raft/liveness.ts'
import { get, PAPER, set, Stage } from './support/stage.ts'

/** Scripts that show the planted bugs of snapshots and sessions, and that the right machine shows nothing. */
const LATE = 5_000
const N1_THEN_N2 = [100, 200, LATE, LATE, LATE]
const N1_ALWAYS = [100, LATE, LATE, LATE, LATE]

function snapshotAfter(entries: number): typeof PAPER {
  return { ...PAPER, snapshotAfterEntries: entries, snapshotTrailingEntries: 0 }
}

function answerLostAndLeaderRestarted(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_ALWAYS,
    options: snapshotAfter(3),
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('a') },
      { client: 'c2', at: 350, server: 'n1', input: set('b') },
    ],
  })
  // c1 never hears that its command was executed, and asks again when n1 is back and has been elected anew.
  stage.rule(({ to, message, atMs }) =>
    message.type === 'ClientReply' && to.startsWith('c1') && atMs < 400 ? 'drop' : 'pass',
  )
  stage.world.run(400)
  expect(stage.server('n1')!.snapshot!.lastIndex).toBe(3)
  stage.world.inject({ kind: 'kill', node: 'n1', restartAfterMs: 5 })
  stage.world.run(2_000)
  return stage
}

function clockJumpsBetweenOpeningAndUse(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_THEN_N2,
    options: { ...PAPER, sessionTtlMs: 5_000 },
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('a') },
      { client: 'c2', at: 1_200, server: 'n2', input: get },
    ],
  })
  // n2 has applied that the session was opened, and not yet the command in it.
  stage.runUntil(() => stage.server('n2')?.sessions.size === 1)
  stage.world.inject({ kind: 'clock-jump', node: 'n2', byMs: 3_600_000 })
  stage.world.run(500)
  expect(stage.answers[0]).toBeNull()
  stage.world.inject({ kind: 'kill', node: 'n1' })
  stage.world.run(3_000)
  return stage
}

function divergentLogSpansTheSnapshot(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_THEN_N2,
    options: snapshotAfter(4),
    operations: [
      ...['a', 'b', 'c', 'd'].map((value) => ({ client: 'c1' as const, at: 320, server: 'n1', input: set(value) })),
      ...['e', 'f'].map((value) => ({ client: 'c2' as const, at: 800, server: 'n2', input: set(value) })),
      { client: 'c2', at: 1_500, server: 'n2', input: set('g') },
    ],
  })
  stage.world.run(300)
  // n1 goes on appending what nobody else hears of; n2 commits other entries, and takes a snapshot of them.
  stage.world.inject({
    kind: 'partition',
    groups: [
      ['n1', 'c1.1', 'c1.2', 'c1.3', 'c1.4'],
      ['n2', 'n3', 'n4', 'n5', 'c2.5', 'c2.6', 'c2.7'],
    ],
    forMs: 700,
  })
  stage.world.run(900)
  const { entries } = stage.server('n1')!.log
  expect(entries.length).toBeGreaterThan(4)
  expect(entries.every(({ term }) => term === 1)).toBe(true)
  expect(stage.server('n2')!.log).toMatchObject({ baseIndex: 4, baseTerm: 2 })
  stage.world.run(2_500)
  return stage
}

function snapshotOfAnEarlierTerm(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_THEN_N2,
    options: snapshotAfter(3),
    operations: ['a', 'b'].map((value) => ({ client: 'c1' as const, at: 300, server: 'n1', input: set(value) })),
  })
  stage.rule(({ from, to, atMs }) => (atMs < 900 && (from === 'n5' || to === 'n5') ? 'drop' : 'pass'))
  stage.world.run(500)
  stage.world.inject({ kind: 'kill', node: 'n1' })
  stage.world.run(1_500)
  expect(stage.server('n2')!.term).toBeGreaterThan(stage.server('n2')!.snapshot!.lastTerm)
  expect(stage.server('n5')!.restoredIndex).toBe(3)
  return stage
}

function keyDeletedBehindAFollowersBack(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_ALWAYS,
    options: snapshotAfter(3),
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('a') },
      { client: 'c1', at: 450, server: 'n1', input: { action: 'delete', key: 'x' } },
      { client: 'c2', at: 900, server: 'n5', input: get },
    ],
  })
  stage.rule(({ to, atMs }) => (atMs > 400 && atMs < 700 && to === 'n5' ? 'drop' : 'pass'))
  stage.world.run(440)
  expect(stage.server('n5')!.data.get('x')).toBe('a')
  stage.world.run(1_500)
  expect(stage.server('n5')!.restoredIndex).toBe(3)
  return stage
}

describe('each planted bug of snapshots and sessions shows in its script, and the right machine shows nothing', () => {
  test('R17: a leader that restored a snapshot without sessions executes a repeated command again', () => {
    const stage = answerLostAndLeaderRestarted('R17')
    expect(stage.answers).toEqual(['b', 'a'])
    expect(stage.contradiction).toBeDefined()
    expect(stage.broken).toContain('snapshot safety')
    expect(answerLostAndLeaderRestarted().answers).toEqual([null, 'a'])
    expect(answerLostAndLeaderRestarted().broken).toEqual([])
  })

  test('R18: a server whose clock has jumped drops a session alone, and does not execute what the others do', () => {
    const stage = clockJumpsBetweenOpeningAndUse('R18')
    expect(stage.answers).toEqual([null, null])
    expect(stage.contradiction).toBe('stale read')
    expect(clockJumpsBetweenOpeningAndUse().answers).toEqual([null, 'a'])
    expect(clockJumpsBetweenOpeningAndUse().broken).toEqual([])
  })

  test('R26: a follower that keeps a divergent log refuses for ever what follows the snapshot', () => {
    const stage = divergentLogSpansTheSnapshot('R26')
    expect(followersCatchUp.check(stage.view, [], new Map())).toContain('n1 has come to entry')
    const right = divergentLogSpansTheSnapshot()
    expect(followersCatchUp.check(right.view, [], new Map())).toBeUndefined()
    expect(right.broken).toEqual([])
  })

  test('R28: a follower goes back to the term of the last entry of the snapshot', () => {
    expect(snapshotOfAnEarlierTerm('R28').broken).toContain('term monotonicity')
    expect(snapshotOfAnEarlierTerm().broken).toEqual([])
  })

  test('R30: a key that was deleted comes back on the follower that restores a snapshot', () => {
    const stage = keyDeletedBehindAFollowersBack('R30')
    expect(stage.answers).toEqual([null, 'a', 'a'])
    expect(stage.contradiction).toBeDefined()
    expect(stage.broken).toContain('snapshot safety')
    expect(keyDeletedBehindAFollowersBack().answers).toEqual([null, 'a', null])
    expect(keyDeletedBehindAFollowersBack().broken).toEqual([])
  })
})
