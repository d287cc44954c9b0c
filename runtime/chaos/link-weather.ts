import { exponential, longTailed } from '../../sim/delay.ts'
import type { Delay, Fault, Links } from '../../sim/faults.ts'
import type { Millis, NodeId, Random } from '../../sim/machine.ts'
import type { Network } from '../../explore/scenario.ts'
import type { LinkFaults } from '../host/link-faults.ts'

/** A fault that is under way, and how long it still lasts. */
export interface ActiveFault {
  readonly fault: Fault
  readonly leftMs: Millis
}

interface Weather {
  readonly fault: Fault
  /** On this process's monotonic clock. */
  readonly untilMs: Millis
}

type Of<Kind extends Fault['kind']> = Extract<Fault, { readonly kind: Kind }>

/** A stream loses nothing: what a probability loses of it is sent again after so long. */
const SENT_AGAIN_MS = 200
const WHOLE = 2 ** 32

/**
 * The links of one node as a plan has them: the network that it is on, and the faults that are under way. Each end
 * makes those of what it sends.
 */
export class LinkWeather implements LinkFaults {
  private readonly self: NodeId
  private readonly network: Network
  private readonly random: Random
  private readonly present: () => Millis
  private faults: readonly Weather[] = []

  constructor(self: NodeId, network: Network, random: Random, present: () => Millis = () => performance.now()) {
    this.self = self
    this.network = network
    this.random = random
    this.present = present
  }

  /** These are under way from now on, and no others. */
  become(active: readonly ActiveFault[]): void {
    const nowMs = this.present()
    this.faults = active.map(({ fault, leftMs }) => ({ fault, untilMs: nowMs + leftMs }))
  }

  datagram(to: NodeId): readonly Millis[] {
    if (this.isCut(this.self, to) || this.happens('loss', to, this.network.loss)) return []
    const copies = this.happens('duplication', to, this.network.duplication) ? 2 : 1
    return Array.from({ length: copies }, () => this.delayMs(to, true))
  }

  frame(to: NodeId): Millis | 'cut' {
    if (this.isCut(this.self, to)) return 'cut'
    const again = this.happens('loss', to, this.network.loss) ? SENT_AGAIN_MS : 0
    return this.delayMs(to, false) + again
  }

  connects(peer: NodeId): boolean {
    return !this.isCut(this.self, peer) && !this.isCut(peer, this.self)
  }

  private isCut(from: NodeId, to: NodeId): boolean {
    return this.faults.some(({ fault }) => {
      if (fault.kind === 'partition') return areApart(fault.groups, from, to)
      return fault.kind === 'one-way-partition' && fault.from.includes(from) && fault.to.includes(to)
    })
  }

  private happens(kind: 'loss' | 'duplication', to: NodeId, always: number): boolean {
    // Each cause draws by itself, so that one probability that is 1 is enough.
    let happened = this.random.chance(always)
    for (const { fault } of this.on(kind, to)) happened = this.random.chance(fault.probability) || happened
    return happened
  }

  private delayMs(to: NodeId, mayOvertake: boolean): Millis {
    const { random, network } = this
    const [minMs, maxMs] = network.latencyMs
    let delayMs = minMs + random.float() * (maxMs - minMs)
    if (network.anyOrder === true && mayOvertake) delayMs *= 0.1 * 100 ** random.float()
    for (const { fault } of this.on('slow-link', to)) delayMs *= fault.factor
    for (const { fault } of this.on('delay', to))
      if (random.chance(fault.probability)) delayMs += this.drawn(fault.delay)
    for (const { fault } of mayOvertake ? this.on('reordering', to) : [])
      if (random.chance(fault.probability)) delayMs += random.float() * fault.withinMs
    for (const { untilMs } of this.on('clog', to)) delayMs = Math.max(delayMs, untilMs - this.present())
    return delayMs
  }

  private drawn(delay: Delay): Millis {
    const { random } = this
    switch (delay.shape) {
      case 'constant':
        return delay.ms
      case 'uniform':
        return delay.minMs + random.float() * (delay.maxMs - delay.minMs)
      case 'exponential':
        return delay.meanMs * exponential(Math.floor(random.float() * WHOLE))
      case 'long-tailed':
        return Math.min(delay.maxMs, delay.minMs * longTailed(Math.floor(random.float() * WHOLE)))
    }
  }

  /** The faults of a kind on the link to a node. */
  private on<Kind extends 'loss' | 'duplication' | 'delay' | 'reordering' | 'clog' | 'slow-link'>(
    kind: Kind,
    to: NodeId,
  ): readonly { readonly fault: Of<Kind>; readonly untilMs: Millis }[] {
    return this.faults.filter(
      (one): one is { readonly fault: Of<Kind>; readonly untilMs: Millis } =>
        one.fault.kind === kind && touches(one.fault as Links, this.self, to),
    )
  }
}

function touches({ from, to }: Links, sender: NodeId, receiver: NodeId): boolean {
  return (from === undefined || from.includes(sender)) && (to === undefined || to.includes(receiver))
}

/** Whoever is in no group talks to all, and whoever is in two is a bridge. */
function areApart(groups: readonly (readonly NodeId[])[], one: NodeId, other: NodeId): boolean {
  const mine = groups.filter((group) => group.includes(one))
  const theirs = groups.filter((group) => group.includes(other))
  return mine.length > 0 && theirs.length > 0 && !mine.some((group) => theirs.includes(group))
}
