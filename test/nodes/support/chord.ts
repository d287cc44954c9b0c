import type { Peer } from '../../../nodes/chord/identifiers.ts'
import type { ChordMessage, Pair } from '../../../nodes/chord/messages.ts'
import { type ChordConfiguration, chordNode } from '../../../nodes/chord/node.ts'
import { formatNode } from '../../../nodes/chord/persistence.ts'
import type { ChordState } from '../../../nodes/chord/state.ts'
import { HandDriven, type Message } from './hand-driven.ts'

/** `n40` lies at 40 of 256, `n200` at 200, and so does the key `k200`. */
export function placeOf(text: string): number {
  return Number(text.slice(1))
}

export function peer(node: string): Peer {
  return { node, id: placeOf(node) }
}

export function pair(key: string, version: number): Pair {
  return { key, place: placeOf(key), value: `${key} ${version}`, version }
}

type Sent = Extract<ChordMessage, { readonly request: number }> & Message

/** One node of a ring of 256 places; a test plays all the others. */
export class OneNode extends HandDriven<ChordState> {
  constructor(self: string, members: readonly string[], given: Partial<ChordConfiguration> = {}) {
    const configuration = { members, bits: 8, identify: placeOf, redundancy: 2, copies: 2, ...given }
    super(chordNode(configuration), self, formatNode(self, members.includes(self) ? 'first' : 'outside'))
  }

  get successors(): readonly string[] {
    return this.state.successors.map(({ node }) => node)
  }

  /** Every request under way stays unanswered until it is given up. */
  silence(): void {
    const requests = Array.from(this.state.pending.keys())
    for (const request of requests) {
      while (this.state.pending.has(request)) this.fire({ type: 'retry', request } as unknown as string)
    }
  }

  /** Answers the last request of this type that was sent to a node. */
  answer(from: string, type: Sent['type'], reply: Omit<Record<string, unknown>, 'request'>): readonly Message[] {
    let asked: number | undefined
    for (const [request, { to, message }] of this.state.pending) {
      if (to.node === from && message.type === type) asked = request
    }
    if (asked === undefined) throw new Error(`${from} was asked no ${type}`)
    return this.receive(from, { ...reply, request: asked }).map(({ message }) => message)
  }

  /** Answers AskNeighbours as a member with these neighbours. */
  neighbours(from: string, predecessor: string | null, successors: readonly string[]): readonly Message[] {
    return this.answer(from, 'AskNeighbours', {
      type: 'Neighbours',
      member: true,
      predecessor: predecessor === null ? null : peer(predecessor),
      successors: successors.map(peer),
    })
  }
}
