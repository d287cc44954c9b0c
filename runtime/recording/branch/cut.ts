import type { Millis, NodeId } from '../../../sim/machine.ts'
import type { NodeLog } from './follow.ts'
import { numbered, Passages, type Survey } from './survey.ts'

/** How far each node has come: a moment of all of them that may have been, as far as anyone among them can tell. */
export interface Cut {
  /** How many events of a node are before it. */
  readonly places: ReadonlyMap<NodeId, number>
  /** How many events of all nodes come before it only because something before it came of them. */
  readonly added: number
  /** Messages before it that a recorded node is named as the sender of, and that its recording does not have. */
  readonly withoutSend: number
  /** The latest wall clock of an event before it, in milliseconds since the epoch. */
  readonly wallClock: Millis
}

/** A message that was heard: where its sender must have come to. */
interface Source {
  readonly place: number
  readonly sender: NodeId
  /** Undefined where the recording has no such message. */
  readonly senderPlace: number | undefined
}

/**
 * The first events of a replay, and all they came of: a cut that is consistent, so that no message is heard before it
 * and said behind it (K. M. Chandy and L. Lamport, "Distributed snapshots", 1985). The order of a replay is that of wall
 * clocks, which differ from machine to machine.
 */
export function consistentCut(survey: Survey, firstEvents: number): Cut {
  const places = new Map<NodeId, number>([...survey.logs.keys()].map((self) => [self, 0]))
  for (const self of survey.order.slice(0, firstEvents)) places.set(self, places.get(self)! + 1)
  const sources = sourcesOf(survey)
  const looked = new Map<NodeId, number>()
  let withoutSend = 0
  const open = [...places.keys()]
  for (let self = open.pop(); self !== undefined; self = open.pop()) {
    const ofNode = sources.get(self)!
    let next = looked.get(self) ?? 0
    for (; next < ofNode.length && ofNode[next]!.place < places.get(self)!; next++) {
      const { sender, senderPlace } = ofNode[next]!
      if (senderPlace === undefined) withoutSend++
      else if (senderPlace >= places.get(sender)!) {
        places.set(sender, senderPlace + 1)
        open.push(sender)
      }
    }
    looked.set(self, next)
  }
  const before = [...places].map(([self, count]) => survey.logs.get(self)!.wallClocks[count - 1] ?? 0)
  const total = [...places.values()].reduce((sum, count) => sum + count, 0)
  return { places, added: total - firstEvents, withoutSend, wallClock: Math.max(...before) }
}

/** Of each node what it heard from recorded ones, in order. */
function sourcesOf({ logs }: Survey): ReadonlyMap<NodeId, readonly Source[]> {
  const sent = new Map([...logs].map(([self, log]) => [self, new Passages(log.sent)]))
  const sourcesOfNode = (self: NodeId, { heard }: NodeLog): readonly Source[] =>
    numbered(heard).flatMap(({ passage: { place, peer, key, transport }, nth }) => {
      const said = sent.get(peer)?.places(self, key)
      if (said === undefined) return []
      // A datagram may come twice, so that the first of its content is all that must have been said.
      const senderPlace = transport === 'datagram' && peer !== self ? said[0] : said[nth]
      return [{ place, sender: peer, senderPlace }]
    })
  return new Map([...logs].map(([self, log]) => [self, sourcesOfNode(self, log)]))
}
