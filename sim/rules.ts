import type { Millis, NodeId, Tagged } from './machine.ts'

/** A packet under the eyes of a rule. */
export interface Packet<Message extends Tagged = Tagged> {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: Message
  readonly atMs: Millis
}

/**
 * What a rule says of a packet: the first rule that does not pass decides. A delay on a stream holds up all that is
 * said after it; a held message of a stream is said anew when it is let go, behind what was said meanwhile.
 */
export type RuleVerdict = 'pass' | 'drop' | 'hold' | { readonly delayMs: Millis }

/** Faults staged by rule, and what they hold. */
export class Rules {
  private readonly rules: ((packet: Packet) => RuleVerdict)[] = []
  private held: { readonly packet: Packet; readonly letGo: () => void }[] = []

  get length(): number {
    return this.rules.length
  }

  add(decide: (packet: Packet) => RuleVerdict): void {
    this.rules.push(decide)
  }

  judge(packet: Packet): RuleVerdict {
    for (const decide of this.rules) {
      const verdict = decide(packet)
      if (verdict !== 'pass') return verdict
    }
    return 'pass'
  }

  hold(packet: Packet, letGo: () => void): void {
    this.held.push({ packet, letGo })
  }

  /** Lets go what is held and chosen, in the order it was said. */
  release(choose: (packet: Packet) => boolean): void {
    const chosen = new Set(this.held.filter(({ packet }) => choose(packet)))
    this.held = this.held.filter((one) => !chosen.has(one))
    for (const { letGo } of chosen) letGo()
  }
}
