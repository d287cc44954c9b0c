import { describe, expect, test } from 'vitest'
import { get, PAPER, set, Stage } from './support/stage.ts'

/** Scripts that show the planted bugs of storage, and that the right machine shows nothing. */
const LATE = 5_000
const N1_ALWAYS = [100, LATE, LATE, LATE, LATE]
/** What a power loss keeps and tears is luck: a script is played with that of each seed. */
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed + 1)

/** Which invariants break with the luck of any seed. */
function brokenInSome(script: (seed: number, bug?: string) => Stage, bug?: string): readonly string[] {
  return [...new Set(SEEDS.flatMap((seed) => script(seed, bug).broken))]
}

/** The power of n1 fails so many milliseconds after it has begun to write down a snapshot. */
function powerFailsAfterASnapshot(afterMs: number): (seed: number, bug?: string) => Stage {
  return (seed, bug) => {
    const stage = new Stage({
      bug,
      seed,
      timeoutsMs: N1_ALWAYS,
      options: { ...PAPER, snapshotAfterEntries: 2, snapshotTrailingEntries: 0 },
      operations: [{ client: 'c1', at: 300, server: 'n1', input: set('a') }],
    })
    stage.runUntil(() => stage.server('n1')?.snapshot?.lastIndex === 2)
    stage.world.run(stage.world.nowMs + afterMs)
    stage.world.inject({ kind: 'power-loss', node: 'n1', restartAfterMs: 5 })
    stage.world.run(stage.world.nowMs + 50)
    return stage
  }
}

function powerFailsWhileAFollowerWrites(seed: number, bug?: string): Stage {
  const stage = new Stage({
    bug,
    seed,
    timeoutsMs: N1_ALWAYS,
    operations: [{ client: 'c1', at: 300, server: 'n1', input: set('a') }],
  })
  stage.runUntil(() => stage.server('n3')?.log.entries.length === 2)
  stage.world.inject({ kind: 'power-loss', node: 'n3', restartAfterMs: 5 })
  stage.world.run(400)
  return stage
}

function leadersDiskIsFull(bug?: string): Stage {
  const stage = new Stage({
    bug,
    timeoutsMs: N1_ALWAYS,
    operations: [
      { client: 'c1', at: 300, server: 'n1', input: set('a') },
      { client: 'c2', at: 330, server: 'n1', input: set('b') },
      { client: 'c2', at: 400, server: 'n2', input: get },
      { client: 'c2', at: 440, server: 'n1', input: get },
    ],
  })
  stage.world.run(302)
  stage.world.inject({ kind: 'disk-full', node: 'n1', forMs: 8, restartAfterMs: 5 })
  stage.world.run(2_500)
  return stage
}

function voterLosesItsDisk(bug?: string): Stage {
  const stage = new Stage({ bug, timeoutsMs: [100, 100, LATE, LATE, LATE] })
  // n1 is elected by n3 and n4, and nobody hears of it; n2 has the vote of n5.
  stage.rule(({ message }) => (message.type === 'AppendEntries' ? 'drop' : 'pass'))
  stage.rule(({ from, to, message, atMs }) => {
    if (message.type !== 'RequestVote') return 'pass'
    if (from === 'n1') return to === 'n3' || to === 'n4' ? 'pass' : 'drop'
    return to === 'n5' || (to === 'n3' && atMs > 140) ? 'pass' : 'drop'
  })
  stage.world.run(125)
  expect(stage.leads('n1')).toBe(true)
  stage.world.inject({ kind: 'kill', node: 'n3', restartAfterMs: 5, disk: 'empty' })
  stage.world.run(190)
  return stage
}

describe('each planted bug of storage shows in its script, and the right machine shows nothing', () => {
  test('S01: the power fails when the new snapshot has its name and not its data', () => {
    expect(brokenInSome(powerFailsAfterASnapshot(0), 'S01')).toEqual(['recoverability'])
    expect(brokenInSome(powerFailsAfterASnapshot(0))).toEqual([])
  })

  test('S02: the power fails when the journal was cut and the new snapshot has not its name', () => {
    expect(brokenInSome(powerFailsAfterASnapshot(1.1), 'S02')).toEqual(['recoverability'])
    expect(brokenInSome(powerFailsAfterASnapshot(1.1))).toEqual([])
  })

  test('S05: a record that the power loss tore is taken for whole', () => {
    expect(brokenInSome(powerFailsWhileAFollowerWrites, 'S05')).toContain('recoverability')
    expect(brokenInSome(powerFailsWhileAFollowerWrites)).toEqual([])
  })

  test('S07: a leader gives the index of an entry that followers have to another', () => {
    const stage = leadersDiskIsFull('S07')
    expect(stage.broken).toContain('log matching')
    expect(stage.answers.slice(1)).toEqual([null, 'a', 'b'])
    expect(stage.contradiction).toBeDefined()
    expect(leadersDiskIsFull().broken).toEqual([])
    expect(leadersDiskIsFull().contradiction).toBeUndefined()
  })

  test('S08: a voter whose disk was taken away votes a second time in the term', () => {
    expect(voterLosesItsDisk('S08').broken).toContain('election safety')
    expect(voterLosesItsDisk().broken).toEqual([])
  })
})
