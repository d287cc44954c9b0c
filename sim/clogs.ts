import type { MessageName } from './faults.ts'
import type { SimulatedNode } from './node.ts'

/** A datagram that a clogged link holds back. */
export interface HeldDatagram {
  readonly from: SimulatedNode
  readonly to: SimulatedNode
  readonly number: number
  readonly cause: number
  readonly body: unknown
  /** When it would have arrived, and when it was said, in microseconds. */
  readonly unhinderedUs: number
  readonly saidUs: number
  readonly name: MessageName
  /** The extra copy of a doubled one. */
  readonly copy: boolean
}

/** What clogged links hold back, in the order it was said. */
export class Clogs {
  private held: HeldDatagram[] = []

  hold(datagram: HeldDatagram): void {
    this.held.push(datagram)
  }

  /** Takes out what no clogged link holds any longer. */
  letGo(isClogged: (from: SimulatedNode, to: SimulatedNode) => boolean): readonly HeldDatagram[] {
    const { held } = this
    this.held = held.filter(({ from, to }) => isClogged(from, to))
    return held.filter(({ from, to }) => !isClogged(from, to))
  }
}
