import type { Millis, NodeId } from '../../../sim/machine.ts'
import type { Cut } from './cut.ts'
import type { NodeLog } from './follow.ts'
import { numbered, Passages, type Survey } from './survey.ts'

/** A datagram that was said earlier than this before the cut and not heard is taken for lost. */
const DATAGRAM_MS = 1_000
/** A node of which nothing more is recorded, while others go on for so long, is down. */
const SILENCE_MS = 1_000

/** How the network stood at a cut, as one node saw it. */
export interface NodeTraffic {
  /** Which of the messages that left it, counted from 0, are under way. */
  readonly underWay: ReadonlySet<number>
  /** Peers it believes the stream to is up; broken where the other end does not, or is not there any more. */
  readonly streams: readonly { readonly peer: NodeId; readonly isBroken: boolean }[]
}

/** What one end knows of a stream. */
interface StreamEnd {
  readonly status: 'connecting' | 'up' | 'down'
  /** From this event on what it says goes over the connection that there is, or is to be. */
  readonly from: number
  /** When it heard of that, by its wall clock. */
  readonly sinceMs: Millis
}

/** The messages and connections between nodes at a cut. */
export class Traffic {
  private readonly survey: Survey
  private readonly cut: Cut
  private readonly heard: ReadonlyMap<NodeId, Passages>

  constructor(survey: Survey, cut: Cut) {
    this.survey = survey
    this.cut = cut
    this.heard = new Map(
      [...survey.logs].map(([self, { heard }]) => [
        self,
        new Passages(heard.filter(({ place }) => place < this.placeOf(self))),
      ]),
    )
  }

  /** Whether its process was there, as far as that can be told. */
  isRunning(self: NodeId): boolean {
    const log = this.survey.logs.get(self)!
    const count = this.placeOf(self)
    const incarnation = this.incarnationOf(log)
    if (incarnation < 0) return false
    const isOver = count === (log.starts[incarnation + 1] ?? log.wallClocks.length)
    if (log.ends.has(count - 1)) return false
    return !isOver || log.wallClocks[count - 1]! + SILENCE_MS >= this.cut.wallClock
  }

  /** Which of its incarnations was the last to begin, from 0; −1 where none had. */
  incarnationOf(log: NodeLog): number {
    return log.starts.filter((start) => start < this.placeOf(log.self)).length - 1
  }

  of(self: NodeId): NodeTraffic {
    const log = this.survey.logs.get(self)!
    const peers = [...new Set(log.streams.map(({ peer }) => peer))].filter((peer) => this.survey.logs.has(peer))
    const streams = peers.flatMap((peer) => {
      const end = this.endOf(log, peer)
      return end.status === 'up' ? [{ peer, isBroken: peer !== self && this.isBroken(end, self, peer) }] : []
    })
    return { streams, underWay: this.underWay(log, new Set(streams.flatMap((one) => (one.isBroken ? one.peer : [])))) }
  }

  private underWay(log: NodeLog, broken: ReadonlySet<NodeId>): ReadonlySet<number> {
    const { self } = log
    const start = log.starts[this.incarnationOf(log)]!
    const wallClock = log.wallClocks[this.placeOf(self) - 1]!
    const ends = new Map<NodeId, StreamEnd>()
    const onStreams = new Map<NodeId, number[]>()
    const others: number[] = []
    for (const [nth, { passage, nth: nthOfContent }] of numbered(log.sent).entries()) {
      const { peer, place, key, transport } = passage
      if (place >= this.placeOf(self)) break
      const heard = this.heard.get(peer)
      if (heard === undefined || !this.isRunning(peer)) continue
      const isHeard = nthOfContent < heard.places(self, key).length
      if (peer === self || transport !== 'stream') {
        const isRecent = peer === self ? place >= start : log.wallClocks[place]! >= wallClock - DATAGRAM_MS
        if (!isHeard && isRecent) others.push(nth)
        continue
      }
      const end = ends.get(peer) ?? this.endOf(log, peer)
      const ofPeer = onStreams.get(peer) ?? []
      ends.set(peer, end)
      onStreams.set(peer, ofPeer)
      // A stream keeps its order: what was said before something that was heard is not under way.
      if (isHeard) ofPeer.length = 0
      else if (end.status !== 'down' && place >= end.from && !broken.has(peer)) ofPeer.push(nth)
    }
    return new Set([...others, ...[...onStreams.values()].flat()])
  }

  private endOf(log: NodeLog, peer: NodeId): StreamEnd {
    const start = log.starts[this.incarnationOf(log)]!
    let end: StreamEnd = { status: 'connecting', from: start, sinceMs: 0 }
    for (const { place, peer: other, status } of log.streams) {
      if (place >= this.placeOf(log.self)) break
      if (place < start || other !== peer) continue
      // What was said before the first connection was up is kept for it; after a break it is gone.
      const from = status === 'up' && end.status === 'connecting' ? end.from : place
      end = { status, from, sinceMs: log.wallClocks[place]! }
    }
    return end
  }

  /** Whether a stream that one end believes is up is gone: the other has heard so, or is another process since. */
  private isBroken(end: StreamEnd, self: NodeId, peer: NodeId): boolean {
    if (!this.isRunning(peer)) return true
    const log = this.survey.logs.get(peer)!
    const other = this.endOf(log, self)
    if (other.status === 'down') return true
    return other.status === 'connecting' && log.wallClocks[other.from]! > end.sinceMs
  }

  private placeOf(self: NodeId): number {
    return this.cut.places.get(self)!
  }
}
