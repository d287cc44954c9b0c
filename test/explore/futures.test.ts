import { describe, expect, test } from 'vitest'
import { bakedIn } from '../../explore/baked-in.ts'
import { confidence, forkPlan, reroll, runFork } from '../../explore/futures.ts'
import type { BakedIn, RunResult } from '../../explore/result.ts'
import { executeRun, fingerprintOf } from '../../explore/run.ts'
import { planRun } from '../../explore/plan-run.ts'
import { readToken, thinCheckpoints, writeToken } from '../../explore/token.ts'
import { raftKv } from '../../scenarios/raft-kv.ts'

const SMALL = { ...raftKv.defaults, nodes: 3, clients: 2, operations: 30, durationMs: 2000, bug: 'R14' }

/** The first seed at which half of the servers count as a majority and it shows. */
const plan = failingPlan()
const result = executeRun(raftKv, plan, { trace: true })
const fingerprint = fingerprintOf(raftKv.name, result.violations[0]!)

/** The first failing seed whose failure was neither certain nor open all the way. */
function decidedOnTheWay(): {
  readonly plan: ReturnType<typeof planRun>
  readonly result: RunResult
  readonly odds: BakedIn
} {
  for (let seed = 1; ; seed++) {
    const candidate = planRun(raftKv, seed, SMALL)
    const ran = executeRun(raftKv, candidate, { trace: true })
    if (ran.verdict !== 'violated') continue
    const odds = bakedIn(raftKv, { plan: candidate, result: ran }, fingerprintOf(raftKv.name, ran.violations[0]!))!
    if (odds.steepest !== undefined) return { plan: candidate, result: ran, odds }
  }
}

function failingPlan(): ReturnType<typeof planRun> {
  for (let seed = 1; ; seed++) {
    const candidate = planRun(raftKv, seed, SMALL)
    if (executeRun(raftKv, candidate).verdict === 'violated') return candidate
  }
}

describe('the futures of a run', () => {
  test('are the same whenever they are asked for', () => {
    const [one, again] = [0, 1].map(() => reroll(raftKv, plan, 20, 10, fingerprint))
    expect(again!.groups.map(({ result: { traceHash } }) => traceHash)).toEqual(
      one!.groups.map(({ result: { traceHash } }) => traceHash),
    )
  })

  test('are counted by how they end, the failure that is looked for first', () => {
    const { futures, failing, groups } = reroll(raftKv, plan, 2, 12, fingerprint)
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(futures)
    expect(failing).toBe(groups.find(({ outcome }) => outcome === 'same failure')?.count ?? 0)
    for (const { outcome, result: ended } of groups) expect(outcome === 'passes').toBe(ended.verdict === 'ok')
  })

  test('all fail that begin at the violation itself', () => {
    const atEvent = result.violations[0]!.atEvent! + 1
    expect(reroll(raftKv, plan, atEvent, 5, fingerprint).failing).toBe(5)
  })

  test('go into a token and come out of it as they were', () => {
    const first = runFork(raftKv, plan, { atEvent: 30, kind: 'drop' }, fingerprint)
    const again = forkPlan(forkPlan(first.plan, { atEvent: 50, kind: 'new-luck', luck: 9 }), {
      atEvent: 60,
      kind: 'kill',
      node: 'n1',
      atMs: 120,
      restartAfterMs: 200,
    })
    const ended = executeRun(raftKv, again)
    const token = writeToken(raftKv, {
      scenario: raftKv.name,
      seed: again.seed,
      plan: again,
      code: '0000000',
      traceHash: ended.traceHash,
      checkpoints: thinCheckpoints(ended.checkpoints),
    })
    expect(readToken(raftKv, token).plan).toEqual(again)
  })

  test('lose what an earlier fork did at the same event or later', () => {
    const late = forkPlan(plan, { atEvent: 50, kind: 'drop' })
    expect(forkPlan(late, { atEvent: 50, kind: 'new-luck', luck: 1 }).forks).toHaveLength(1)
    expect(forkPlan(late, { atEvent: 51, kind: 'new-luck', luck: 1 }).forks).toHaveLength(2)
  })
})

describe('when a failure was decided', () => {
  const decided = decidedOnTheWay()
  const { odds } = decided

  test('is told at six instants at most, in order, each within the failing part of the run', () => {
    expect(odds.instants.length).toBeGreaterThan(1)
    expect(odds.instants.length).toBeLessThanOrEqual(6)
    const numbers = odds.instants.map(({ atEvent }) => atEvent)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(numbers.at(-1)).toBeLessThanOrEqual(decided.result.violations[0]!.atEvent!)
  })

  test('marks the instant at which the share rises most', () => {
    const rises = odds.instants.map(({ failing }, index) => failing - (odds.instants[index - 1]?.failing ?? failing))
    expect(rises[odds.steepest!.instant]).toBe(Math.max(...rises))
  })

  test('is the same each time, and unknown without a trace', () => {
    expect(bakedIn(raftKv, decided, fingerprintOf(raftKv.name, decided.result.violations[0]!))).toEqual(odds)
    expect(bakedIn(raftKv, { plan, result: { ...result, trace: undefined } }, fingerprint)).toBeUndefined()
  })
})

test('the confidence of a share is that of the score interval', () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
  expect(confidence(81, 263).map((share) => Number(share.toFixed(4)))).toEqual([0.2553, 0.3662])
  expect(confidence(15, 148).map((share) => Number(share.toFixed(4)))).toEqual([0.0624, 0.1605])
  expect(confidence(0, 20).map((share) => Number(share.toFixed(4)))).toEqual([0, 0.1611])
  expect(confidence(1, 29).map((share) => Number(share.toFixed(4)))).toEqual([0.0061, 0.1718])
  expect(confidence(0, 0)).toEqual([0, 1])
})
