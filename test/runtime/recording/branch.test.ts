import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { recordedCode } from '../../../runtime/recording/recorded-code.ts'
import { branchRecording } from '../../../runtime/recording/branch/branch-recording.ts'
import { sweepSeeds } from '../../../explore/sweep.ts'
import { raftKv } from '../../../scenarios/raft-kv.ts'
import { sharedFolder } from '../../support/temp-folder.ts'
import { recordedCluster } from './support/raft-cluster.ts'

const shared = sharedFolder()
let codeOf: Awaited<ReturnType<typeof recordedCode>>
let recording: string

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
})

describe('a recorded cluster goes on in simulation', () => {
  test.each([1, 5, 60, 500, 1000, 1500])(
    '%d',
    (event) => {
      const branch = branchRecording(recording, { codeOf, scenario: raftKv, at: { event } })
      const { cast, cut, events, missing } = branch
      console.log(
        events,
        cut.added,
        cut.withoutSend,
        missing,
        JSON.stringify(
          cast.map(({ id, events, isRunning, underWay, behindSync, isDiskKnown }) => ({
            id,
            events,
            isRunning,
            underWay,
            behindSync,
            isDiskKnown,
          })),
        ),
      )
      const t = process.cpuUsage().user
      const part = sweepSeeds(branch.scenario, { settings: branch.settings }, 1, 20)
      console.log(
        (process.cpuUsage().user - t) / 1e6,
        JSON.stringify([part.operations, part.okCounts, part.failures, part.unknownReason, part.traceHash]),
      )
      expect(sweepSeeds(branch.scenario, { settings: branch.settings }, 1, 20).traceHash).toBe(part.traceHash)
    },
    100_000,
  )
})
