import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Scenario } from '../../../explore/scenario.ts'
import { sweepSeeds, type SweepPart } from '../../../explore/sweep.ts'
import { executeRun } from '../../../explore/run.ts'
import { planRun } from '../../../explore/plan-run.ts'
import {
  branchRecording,
  type BranchRecordingOptions,
  type RecordingBranch,
} from '../../../runtime/recording/branch/branch-recording.ts'
import { readOwnRecording } from '../../../runtime/recording/replay-recording.ts'
import { consistentCut } from '../../../runtime/recording/branch/cut.ts'
import { surveyOf } from '../../../runtime/recording/branch/survey.ts'
import { recordedCode } from '../../../runtime/recording/recorded-code.ts'
import { chord } from '../../../scenarios/chord.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'
import { sharedFolder } from '../../support/temp-folder.ts'
import { recordedCluster } from './support/raft-cluster.ts'

const SEEDS = 20
const shared = sharedFolder()
let codeOf: Awaited<ReturnType<typeof recordedCode>>
let recording: string
let events: number

beforeAll(async () => {
  codeOf = await recordedCode(undefined)
  recording = await recordedCluster(join(shared, 'healthy'), {}, async (cluster) => {
    await cluster.answers(40)
    const { leader } = cluster
    await cluster.kill(leader)
    await cluster.answers(40)
    await cluster.start(leader)
    await cluster.answers(40)
  })
  events = branch({ at: 'end' }).events
})

function branch(options: Partial<BranchRecordingOptions>): RecordingBranch {
  return branchRecording(recording, { codeOf, scenario: raftKv, at: 'end', ...options })
}

function sweep({ scenario, settings }: RecordingBranch, runs = SEEDS): SweepPart {
  return sweepSeeds(scenario, { settings }, 1, runs)
}

describe('five recorded servers of Raft, one of them killed and started again, go on in simulation', () => {
  test.each([0, 0.1, 0.35, 0.5, 0.65, 0.9, 1])('from %f of the recording on, with all properties held', (share) => {
    const from = branch({ at: { event: Math.max(1, Math.round(share * events)) } })
    expect(from.cast.map(({ id }) => id)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5'])
    expect(from).toMatchObject({ missing: [], replaced: [], notJudged: [] })
    expect(from.cut.withoutSend).toBe(0)
    const { failures, operations, runs, unknown } = sweep(from)
    expect({ failures, runs, unknown }).toEqual({ failures: [], runs: SEEDS, unknown: 0 })
    expect(operations.ok).toBeGreaterThan(0.6 * SEEDS * from.settings.operations)
  })

  test('the same way each time', () => {
    const [one, other] = [0, 1].map(() => sweep(branch({ at: { event: events >> 1 } }), 5))
    expect(one!.traceHash).toBe(other!.traceHash)
    expect(sweep(branch({ at: { event: (events >> 1) + 40 } }), 5).traceHash).not.toBe(one!.traceHash)
  })

  test('with what the recorded client wrote: the new ones find it, and no other account of it holds', () => {
    const from = branch({ at: 'end' })
    const { history } = executeRun(from.scenario, planRun(from.scenario, 3, from.settings))
    const before = history.filter(({ id }) => id < 0)
    expect(before.map(({ input }) => (input as { readonly key: string }).key)).toEqual(
      expect.arrayContaining(['x', 'y', 'z']),
    )
    const found = history.filter(({ id, output }) => id >= 0 && /^v\d+$/.test(String(output)))
    expect(found.length).toBeGreaterThan(0)

    const forgetful: Scenario = { ...raftKv, goingOn: { ...raftKv.goingOn!, history: () => [] } }
    expect(sweep(branch({ scenario: forgetful }), 3).failures.map(({ violation }) => violation.property)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^linearizable/)]),
    )
  })

  test('and where the scenario cannot say what clients find, only the nodes are judged', () => {
    const { goingOn: _goingOn, ...without } = raftKv
    const from = branch({ scenario: without })
    expect(from.notJudged).toEqual(['linearizable'])
    expect(sweep(from, 3).failures).toEqual([])
  })

  test('whatever the place, no message has come that nobody has said by then', () => {
    const survey = surveyOf(readOwnRecording(recording, undefined), codeOf)
    for (let count = 1; count <= events; count += 37) {
      const { places, withoutSend } = consistentCut(survey, count)
      expect(withoutSend).toBe(0)
      for (const [self, log] of survey.logs) {
        const said = new Set(
          log.sent.filter(({ place }) => place < places.get(self)!).map(({ peer, key }) => `${peer} ${key}`),
        )
        for (const [other, { heard }] of survey.logs) {
          const heardOfIt = heard.filter(({ peer, place }) => peer === self && place < places.get(other)!)
          expect(heardOfIt.filter(({ key }) => !said.has(`${other} ${key}`))).toEqual([])
        }
      }
    }
  })
})

test('a bug that a healthy cluster does not show is found by what might have come next (R23)', async () => {
  const healthy = await recordedCluster(join(shared, 'R23'), { bug: 'R23' }, (cluster) => cluster.answers(60))
  const { scenario, settings } = branchOf(healthy)
  let failures: SweepPart['failures'] = []
  for (let seed = 1; seed <= 300 && failures.length === 0; seed++)
    failures = sweepSeeds(scenario, { settings, nemesis: ['partition', 'one-way-partition'] }, seed, 1).failures
  expect(failures.map(({ violation }) => violation.property)).toEqual([expect.stringMatching(/^linearizable/)])
})

test('a server that had ended before stays away, is blamed for nothing, and is one of those that may be lost', async () => {
  const ended = await recordedCluster(join(shared, 'ended'), {}, async (cluster) => {
    await cluster.answers(20)
    const lost = cluster.servers.find((id) => id !== cluster.leader)!
    await cluster.kill(lost)
    await cluster.startEmpty(lost)
    await cluster.answers(40)
  })
  const from = branchOf(ended)
  expect(from.cast.flatMap(({ exitReason }) => exitReason ?? [])).toEqual([expect.stringContaining('was lost')])
  expect(sweep(from).failures).toEqual([])
  const shape = { settings: from.settings, operations: [], choose: <T>(_name: string, all: readonly T[]) => all[0]! }
  expect(from.scenario.topology(shape).faults).toMatchObject({ lostForGood: 1 })
})

function branchOf(folder: string): RecordingBranch {
  return branchRecording(folder, { codeOf, scenario: raftKv, at: 'end' })
}

describe('a recording that has lost its first segments', () => {
  let rotated: string
  beforeAll(async () => {
    const record = { segmentBytes: 20_000, mostBytes: 60_000 }
    rotated = await recordedCluster(join(shared, 'rotated'), { servers: 3, record }, (cluster) => cluster.answers(500))
  })
  const from = (at: BranchRecordingOptions['at']): RecordingBranch =>
    branchRecording(rotated, { codeOf, scenario: raftKv, at })

  test('goes on where all nodes are in what is left, and holds', () => {
    const { failures, operations, unknown } = sweep(from('end'))
    expect({ failures, unknown }).toEqual({ failures: [], unknown: 0 })
    expect(operations.ok).toBeGreaterThan(0)
  })

  test('names the first event from which it can', () => {
    expect(() => from({ event: 1 })).toThrow(
      /^What is left of the recording of n\d begins at event #\d+: branch there or later\.$/,
    )
  })
})

describe('a branch is refused', () => {
  test.each([
    [
      'at an event that there is not',
      { at: { event: 1e9 } },
      /^There is no event #1000000000: the recording has \d+ events, from/,
    ],
    ['at event 0', { at: { event: 0 } }, /^There is no event #0/],
    ['before anything is recorded', { at: { wallClock: 0 } }, /^Nothing is recorded by 1970/],
    ['when the recording is over', { at: { afterMs: 1e9 } }, /^The recording is over by/],
    [
      'for the scenario of another system',
      { scenario: chord },
      /is recorded as a machine that says \w+, which nobody in chord does/,
    ],
    [
      'where the scenario has no such node',
      { settings: { nodes: 3 } },
      /^n4 is recorded, and raft-kv with 3 servers has only n1/,
    ],
  ] as const)('%s', (_what, options, sentence) => {
    expect(() => branch(options)).toThrow(sentence)
  })

  test('where the replay diverges before it, and not where it does behind it', () => {
    let calls = 0
    const impure: typeof codeOf = (recorded) => {
      const code = codeOf(recorded)
      const machine: typeof code.machine = () => {
        const real = code.machine()
        const onMessage: typeof real.onMessage = (state, ctx, from, message) => {
          if (++calls === 200) ctx.note('what it never noted')
          real.onMessage(state, ctx, from, message)
        }
        return { ...real, onMessage }
      }
      return { ...code, machine }
    }
    expect(() => branch({ codeOf: impure })).toThrow(
      /^The recording diverges at event #\d+ \(event \d+ of n\d, the message/,
    )
    calls = 0
    expect(branch({ codeOf: impure, at: { event: 50 } }).event).toBe(50)
  })
})
