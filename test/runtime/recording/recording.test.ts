import { describe, expect, test } from 'vitest'
import { recordedWalk, replayWalk, walker, type WalkState } from './support/recorded.ts'

describe('a recording of two machines on the loopback interface', () => {
  test('replays without divergence, and ends in the state that they had', async () => {
    const recording = await recordedWalk(40)
    const sums = new Map<string, WalkState>()
    const { divergence, events, incarnations } = replayWalk(recording, {
      onEvent: ({ self }, _number, node) => void sums.set(self, node.state as WalkState),
    })
    expect(divergence).toBeUndefined()
    expect(events).toBeGreaterThan(100)
    expect(incarnations.map(({ self, ended }) => `${self}: ${ended}`).sort()).toEqual([
      'a: it was asked to stop',
      'b: it was asked to stop',
    ])
    expect(sums.get('a')!.twice.inner).toBe(sums.get('a')!.twice.same)
  })

  test('replays over all its segments, and from any of them, so that earlier ones may go', async () => {
    const all = replayWalk(await recordedWalk(80, { segmentBytes: 800 }))
    expect(all.divergence).toBeUndefined()
    expect(all.incarnations.every(({ segments }) => segments.length > 1)).toBe(true)
    const bounded = replayWalk(await recordedWalk(80, { segmentBytes: 800, mostBytes: 1 }))
    expect(bounded.divergence).toBeUndefined()
    expect(bounded.incarnations.every(({ segments }) => segments[0]!.head.firstEvent > 1)).toBe(true)
  })
})

describe('a machine that asks what a machine must not', () => {
  test('is found at the first event that came of it', async () => {
    let calls = 0
    const impure = (): number => calls++ % 200
    const recording = await recordedWalk(40, {}, () => walker(40, impure))
    const { divergence } = replayWalk(recording, {}, () => walker(40, impure))
    expect(divergence).toMatchObject({
      self: 'b',
      handler: 'the message step of a',
      difference: 'it writes 2 bytes to log; recorded was another content',
    })
  })
})
