import { expect, test } from 'vitest'
import { recordedCode } from '../../../runtime/recording/recorded-code.ts'
import { replayRecording } from '../../../runtime/recording/replay-recording.ts'
import type { NodeId } from '../../../sim/machine.ts'
import { temporaryFolder } from '../../support/temp-folder.ts'
import { recordedCluster, type RecordedCluster } from './support/raft-cluster.ts'

test('five servers of Raft under load, killed and started again, replay without divergence', async () => {
  let recorded!: RecordedCluster
  const recording = await recordedCluster(temporaryFolder(), { record: { segmentBytes: 60_000 } }, async (cluster) => {
    recorded = cluster
    await cluster.answers(60)
    for (let kills = 0; kills < 2; kills++) {
      const { leader } = cluster
      await cluster.kill(leader)
      await cluster.answers(40)
      await cluster.start(leader)
      await cluster.answers(40)
    }
    await cluster.stop()
  })
  const states = new Map<NodeId, unknown>()
  const { divergence, events, incarnations } = replayRecording(recording, {
    codeOf: await recordedCode(undefined),
    onEvent: ({ self }, _number, node) => void states.set(self, node.state),
  })
  expect(divergence).toBeUndefined()
  expect(incarnations).toHaveLength(recorded.servers.length + 2)
  expect(events).toBeGreaterThan(2_000)
  expect(incarnations.some(({ segments }) => segments.length > 1)).toBe(true)
  for (const self of recorded.servers) expect(states.get(self)).toEqual(recorded.nodes.get(self)!.state())
})
