import { describe, expect, test } from 'vitest'
import { consistentCut } from '../../../runtime/recording/branch/cut.ts'
import type { NodeLog, Passage } from '../../../runtime/recording/branch/follow.ts'
import type { Survey } from '../../../runtime/recording/branch/survey.ts'
import { Traffic } from '../../../runtime/recording/branch/under-way.ts'
import type { Transport } from '../../../sim/protocol.ts'

/** An event of a node: when by its own clock, what it heard, what it said. Contents are numbers. */
interface Told {
  readonly at: number
  readonly hears?: readonly [content: number, from: string]
  readonly says?: readonly [content: number, to: string]
  readonly peer?: readonly [peer: string, status: 'up' | 'down']
  readonly starts?: true
}

/** What a replay of these nodes shows: by the order of their clocks. */
function survey(nodes: Readonly<Record<string, readonly Told[]>>, transport: Transport = 'stream'): Survey {
  const logs = new Map(Object.entries(nodes).map(([self, told]) => [self, logOf(self, told, transport)]))
  const order = Object.entries(nodes)
    .flatMap(([self, told]) => told.map(({ at }) => ({ self, at })))
    .sort((one, other) => one.at - other.at)
    .map(({ self }) => self)
  return { logs, order, divergence: undefined }
}

function logOf(self: string, told: readonly Told[], transport: Transport): NodeLog {
  const passages = (which: 'hears' | 'says'): Passage[] =>
    told.flatMap((event, place) => {
      const passage = event[which]
      return passage === undefined ? [] : [{ place, key: passage[0], peer: passage[1], transport }]
    })
  return {
    self,
    wallClocks: told.map(({ at }) => at),
    starts: told.flatMap(({ starts }, place) => (place === 0 || starts === true ? [place] : [])),
    incarnations: [],
    ends: new Set(),
    sent: passages('says'),
    heard: passages('hears'),
    streams: told.flatMap(({ peer }, place) => (peer === undefined ? [] : [{ place, peer: peer[0], status: peer[1] }])),
  }
}

function placesAt(all: Survey, firstEvents: number): Record<string, number> {
  return Object.fromEntries(consistentCut(all, firstEvents).places)
}

describe('a consistent cut', () => {
  // The clock of b is far behind: by the order of clocks all that b does comes first.
  const skewed = survey({
    a: [{ at: 1_000 }, { at: 1_001, says: [1, 'b'] }, { at: 1_010, hears: [2, 'b'] }],
    b: [{ at: 1 }, { at: 5, hears: [1, 'a'], says: [2, 'a'] }, { at: 6 }],
  })

  test('takes a sender as far as saying what was heard, whatever the clocks say', () => {
    expect(placesAt(skewed, 1)).toEqual({ a: 0, b: 1 })
    expect(placesAt(skewed, 2)).toEqual({ a: 2, b: 2 })
    expect(consistentCut(skewed, 2)).toMatchObject({ added: 2, withoutSend: 0 })
    expect(placesAt(skewed, 6)).toEqual({ a: 3, b: 3 })
  })

  test('follows causes from node to node', () => {
    const chain = survey({
      a: [{ at: 1_000 }, { at: 1_001, says: [1, 'b'] }],
      b: [{ at: 500 }, { at: 501, hears: [1, 'a'], says: [2, 'c'] }],
      c: [{ at: 1 }, { at: 2, hears: [2, 'b'] }],
    })
    expect(placesAt(chain, 2)).toEqual({ a: 2, b: 2, c: 2 })
  })

  test('counts on a stream how often the same was said, and takes a second datagram for a copy', () => {
    const told = {
      a: [
        { at: 1, says: [7, 'b'] },
        { at: 9, says: [7, 'b'] },
      ],
      b: [
        { at: 2, hears: [7, 'a'] },
        { at: 3, hears: [7, 'a'] },
      ],
    } as const
    expect(placesAt(survey(told), 3)).toEqual({ a: 2, b: 2 })
    expect(placesAt(survey(told, 'datagram'), 3)).toEqual({ a: 1, b: 2 })
  })

  test('says of how many messages it knows no sender, and leaves those of nodes that are not recorded alone', () => {
    const partial = survey({
      a: [{ at: 1 }],
      b: [
        { at: 2, hears: [1, 'a'] },
        { at: 3, hears: [1, 'someone'] },
      ],
    })
    expect(consistentCut(partial, 3)).toMatchObject({ withoutSend: 1, added: 0 })
  })
})

describe('what is under way at a cut', () => {
  const underWay = (all: Survey, firstEvents: number, self: string): readonly number[] => [
    ...new Traffic(all, consistentCut(all, firstEvents)).of(self).underWay,
  ]
  const streams = (all: Survey, firstEvents: number, self: string): unknown =>
    new Traffic(all, consistentCut(all, firstEvents)).of(self).streams

  test('is what was said and not heard; on a stream nothing that lies before what was heard', () => {
    const told = {
      a: [
        { at: 1, says: [1, 'b'] },
        { at: 2, says: [2, 'b'] },
        { at: 3, says: [3, 'b'] },
      ],
      b: [{ at: 1 }, { at: 4, hears: [2, 'a'] }],
    } as const
    expect(underWay(survey(told), 5, 'a')).toEqual([2])
    expect(underWay(survey(told, 'datagram'), 5, 'a')).toEqual([0, 2])
  })

  test('is no datagram of long ago, and nothing to a node that is down', () => {
    const long = survey(
      {
        a: [
          { at: 1, says: [1, 'b'] },
          { at: 5_000, says: [2, 'b'] },
        ],
        b: [{ at: 5_000 }],
      },
      'datagram',
    )
    expect(underWay(long, 3, 'a')).toEqual([1])
    const gone = survey(
      {
        a: [
          { at: 1, says: [1, 'b'] },
          { at: 5_000, says: [2, 'b'] },
        ],
        b: [{ at: 1 }],
      },
      'datagram',
    )
    expect(underWay(gone, 3, 'a')).toEqual([])
    expect(new Traffic(gone, consistentCut(gone, 3)).isRunning('b')).toBe(false)
  })

  test('is nothing on a stream of which one end has heard that it broke, and that end knows, and the other is told', () => {
    const broken = survey({
      a: [
        { at: 1, peer: ['b', 'up'] },
        { at: 4, says: [1, 'b'] },
      ],
      b: [
        { at: 2, peer: ['a', 'up'] },
        { at: 3, peer: ['a', 'down'] },
      ],
    })
    expect([underWay(broken, 4, 'a'), streams(broken, 4, 'a'), streams(broken, 4, 'b')]).toEqual([
      [],
      [{ peer: 'b', isBroken: true }],
      [],
    ])
    expect(streams(broken, 2, 'a')).toEqual([{ peer: 'b', isBroken: false }])
  })

  test('is nothing for the next process of a node that was killed', () => {
    const again = survey({
      a: [{ at: 1, peer: ['b', 'up'] }, { at: 2, says: [1, 'b'] }, { at: 12 }],
      b: [
        { at: 1, peer: ['a', 'up'] },
        { at: 10, starts: true },
      ],
    })
    expect([underWay(again, 5, 'a'), streams(again, 5, 'a')]).toEqual([[], [{ peer: 'b', isBroken: true }]])
  })
})
