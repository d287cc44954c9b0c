import { describe, expect, test } from 'vitest'
import { get, set, Stage } from './support/stage.ts'

/**
 * For each planted bug a script that shows it, and the same script on the right machine, which shows nothing: so that
 * no search looks for what the workload cannot contain.
 */
const LATE = 5_000

/** n1 leads first; n2 after it. */
const N1_THEN_N2 = [100, 200, LATE, LATE, LATE]

function voteForgotten(bug?: string): Stage {
  // With this seed, of what was not synced nothing is left.
  const stage = new Stage({ bug, seed: 3, timeoutsMs: [100, 100, LATE, LATE, LATE] })
  // n1 is elected by n3 and n4, and nobody hears of it; n2 has the vote of n5.
  stage.rule(({ message }) => (message.type === 'AppendEntries' ? 'drop' : 'pass'))
  stage.rule(({ from, to, message, atMs }) => {
    if (message.type !== 'RequestVote') return 'pass'
    if (from === 'n1') return to === 'n3' || to === 'n4' ? 'pass' : 'drop'
    return to === 'n5' || (to === 'n3' && atMs > 140) ? 'pass' : 'drop'
  })
  stage.world.run(125)
  expect(stage.leads('n1')).toBe(true)
  // n3 comes back before n2 asks again.
  stage.world.inject({ kind: 'power-loss', node: 'n3', restartAfterMs: 5 })
  stage.world.run(190)
  return stage
}

function longStaleLog(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_THEN_N2,
    operations: [
      ...['a', 'b', 'c', 'd'].map((value) => ({ client: 'c1' as const, at: 320, server: 'n1', input: set(value) })),
      { client: 'c2', at: 650, server: 'n2', input: set('kept') },
    ],
  })
  stage.world.run(300)
  stage.world.inject({
    kind: 'partition',
    groups: [
      ['n1', 'c1.1', 'c1.2', 'c1.3', 'c1.4'],
      ['n2', 'n3', 'n4', 'n5', 'c2.5'],
    ],
    forMs: 600,
  })
  stage.world.run(800)
  expect(stage.leads('n2')).toBe(true)
  stage.world.inject({ kind: 'kill', node: 'n2' })
  // Now n1 hears of the later term, and asks for votes with the longest log.
  stage.world.run(2_500)
  return stage
}

function twoHalves(bug?: string): Stage {
  const stage = new Stage({ bug, timeoutsMs: [100, LATE, 100, LATE, LATE] })
  stage.world.inject({
    kind: 'partition',
    groups: [
      ['n1', 'n2'],
      ['n3', 'n4', 'n5'],
    ],
    forMs: 1_000,
  })
  stage.world.run(180)
  return stage
}

function powerFailsAfterTheAnswer(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: [100, LATE, LATE, 400, LATE],
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('a') },
      { client: 'c2', at: 1_500, server: 'n4', input: get },
    ],
  })
  stage.world.run(290)
  // n4 and n5 miss the entry; n1, n2 and n3 commit it, and c1 is answered.
  stage.rule(({ from, to, atMs }) => (atMs < 400 && from === 'n1' && (to === 'n4' || to === 'n5') ? 'drop' : 'pass'))
  for (const node of ['n2', 'n3']) stage.world.inject({ kind: 'slow-sync', node, byMs: 200, forMs: 40 })
  stage.world.run(325)
  if (bug !== undefined) expect(stage.answers[0]).toBeNull()
  stage.world.inject({ kind: 'power-loss', node: 'n1' })
  stage.world.inject({ kind: 'power-loss', node: 'n2', restartAfterMs: 10 })
  stage.world.inject({ kind: 'power-loss', node: 'n3', restartAfterMs: 10 })
  stage.world.run(3_000)
  return stage
}

function commandTwiceInTheLog(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: [100, LATE, LATE, LATE, LATE],
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('a') },
      { client: 'c2', at: 350, server: 'n1', input: set('b') },
      { client: 'c2', at: 900, server: 'n1', input: get },
    ],
  })
  // Nothing is acknowledged until c1 has asked a second time, at 450.
  stage.rule(({ message, atMs }) =>
    message.type === 'AppendEntriesReply' && atMs > 290 && atMs < 458 ? 'drop' : 'pass',
  )
  stage.world.run(1_500)
  return stage
}

function readBeforeTheNoOp(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_THEN_N2,
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('a') },
      { client: 'c2', at: 522, server: 'n2', input: get },
    ],
  })
  // n4 and n5 miss the entry; n3 hears nothing of n2; n5's first refusal gets lost, so that it refuses once more.
  stage.rule(({ from, to, message, atMs }) => {
    if (from === 'n1' && atMs > 290 && (to === 'n4' || to === 'n5')) return 'drop'
    if ((from === 'n2' && to === 'n3') || (from === 'n3' && to === 'n2')) return 'drop'
    const lost =
      from === 'n5' && message.type === 'AppendEntriesReply' && message.requestTerm === 2 && message.round === 1
    return lost ? 'drop' : 'pass'
  })
  stage.world.run(322)
  expect(stage.answers[0]).toBeNull()
  // Before the next heartbeat could tell anyone that the entry is committed.
  stage.world.inject({ kind: 'kill', node: 'n1' })
  stage.world.run(1_500)
  return stage
}

function deposedLeaderReads(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_THEN_N2,
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('old') },
      { client: 'c2', at: 900, server: 'n2', input: set('new') },
      { client: 'c1', at: 1_000, server: 'n1', input: get },
    ],
  })
  stage.world.run(400)
  stage.world.inject({
    kind: 'partition',
    groups: [
      ['n1', 'c1.3'],
      ['n2', 'n3', 'n4', 'n5', 'c2.2'],
    ],
    forMs: 10_000,
  })
  stage.world.run(4_000)
  return stage
}

describe('each planted bug shows in its script, and the right machine shows nothing', () => {
  test('R01: a voter forgets its vote with the power, and two lead in one term', () => {
    expect(voteForgotten('R01').broken).toContain('election safety')
    expect(voteForgotten().broken).toEqual([])
  })

  test('R05: a long stale log wins the election over what was committed', () => {
    expect(longStaleLog('R05').broken).toContain('leader completeness')
    expect(longStaleLog().broken).toEqual([])
  })

  test('R14: both halves of a partition elect a leader', () => {
    expect(twoHalves('R14').broken).toContain('election safety')
    expect(twoHalves().broken).toEqual([])
  })

  test('R15: an acknowledged write is lost with the power, and a client reads that it never was', () => {
    const stage = powerFailsAfterTheAnswer('R15')
    expect(stage.answers).toEqual([null, null])
    expect(stage.contradiction).toBe('stale read')
    expect(stage.broken).toContain('leader completeness')
    expect(powerFailsAfterTheAnswer().broken).toEqual([])
    expect(powerFailsAfterTheAnswer().contradiction).toBeUndefined()
  })

  test('R19: a command that is in the log twice undoes what came between', () => {
    expect(commandTwiceInTheLog('R19').answers).toEqual([null, 'a', 'a'])
    expect(commandTwiceInTheLog('R19').contradiction).toBeDefined()
    expect(commandTwiceInTheLog().answers).toEqual([null, 'a', 'b'])
    expect(commandTwiceInTheLog().contradiction).toBeUndefined()
  })

  test('R21: a new leader reads before it knows what was committed', () => {
    expect(readBeforeTheNoOp('R21').answers).toEqual([null, null])
    expect(readBeforeTheNoOp('R21').contradiction).toBe('stale read')
    expect(readBeforeTheNoOp().answers).toEqual([null, 'a'])
  })

  test('R23: a leader cut off reads what another has overwritten', () => {
    expect(deposedLeaderReads('R23').answers).toEqual([null, 'old', 'old'])
    expect(deposedLeaderReads('R23').contradiction).toBe('stale read')
    expect(deposedLeaderReads().answers).toEqual([null, 'old', 'fail'])
    expect(deposedLeaderReads().contradiction).toBeUndefined()
  })
})
