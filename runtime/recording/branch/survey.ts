import type { NodeId } from '../../../sim/machine.ts'
import type { RecordedIncarnation } from '../read-recording.ts'
import { replayIncarnations, type RecordingDivergence, type ReplayRecordingOptions } from '../replay-recording.ts'
import { Follower, type NodeLog, type Passage } from './follow.ts'

/** All that recorded nodes did and said to each other. */
export interface Survey {
  readonly logs: ReadonlyMap<NodeId, NodeLog>
  /** Which node each event is of, in the order of a replay. */
  readonly order: readonly NodeId[]
  /** Where the replay ended because a node did other than it had done. */
  readonly divergence: RecordingDivergence | undefined
}

export function surveyOf(
  incarnations: readonly RecordedIncarnation[],
  codeOf: ReplayRecordingOptions['codeOf'],
): Survey {
  const followers = new Map(incarnations.map(({ self }) => [self, new Follower(self)]))
  const order: NodeId[] = []
  const { divergence } = replayIncarnations(incarnations, {
    codeOf,
    onEvent: (replayed, _number, node, incarnation) => {
      if (replayed.divergence !== undefined) return
      order.push(replayed.self)
      followers.get(replayed.self)!.follow(replayed, node, incarnation)
    },
  })
  return { logs: new Map([...followers].map(([self, { log }]) => [self, log])), order, divergence }
}

/** Messages of one node to another by content: at which places, in order. */
export class Passages {
  private readonly byPeer = new Map<NodeId, Map<number, number[]>>()

  constructor(passages: readonly Passage[]) {
    for (const { peer, key, place } of passages) {
      const ofPeer = this.byPeer.get(peer) ?? new Map<number, number[]>()
      this.byPeer.set(peer, ofPeer)
      const places = ofPeer.get(key)
      if (places === undefined) ofPeer.set(key, [place])
      else places.push(place)
    }
  }

  places(peer: NodeId, key: number): readonly number[] {
    return this.byPeer.get(peer)?.get(key) ?? []
  }
}

/** Gives each message its number among those of the same content between the same nodes, from 0. */
export function numbered(passages: readonly Passage[]): readonly { readonly passage: Passage; readonly nth: number }[] {
  const seen = new Map<NodeId, Map<number, number>>()
  return passages.map((passage) => {
    const ofPeer = seen.get(passage.peer) ?? new Map<number, number>()
    seen.set(passage.peer, ofPeer)
    const nth = ofPeer.get(passage.key) ?? 0
    ofPeer.set(passage.key, nth + 1)
    return { passage, nth }
  })
}
