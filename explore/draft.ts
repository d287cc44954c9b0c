import type { Delay, Fault, FaultKind } from '../sim/faults.ts'
import type { Millis, NodeId, Random } from '../sim/machine.ts'
import type { FaultMenu } from './scenario.ts'

/** What a plan is drawn for. */
export interface PlanSubject {
  readonly nodes: readonly { readonly id: NodeId; readonly role: string }[]
  readonly menu: FaultMenu
  /** The storm lasts from the start to here. */
  readonly calmAtMs: Millis
  /** Only these kinds, where given: `--nemesis`. */
  readonly nemesis?: readonly FaultKind[] | undefined
}

/** An entry of a plan that has no number yet. */
export type Unnumbered = Fault extends infer Each ? (Each extends Fault ? Omit<Each, 'id'> : never) : never

const GATHER_WITHIN_MS = 400

/** Where entries fall in time, and whom they hit. */
export interface Aim {
  /** The share of entries that gather around a few moments of the storm, as it takes several at once to break anything. */
  readonly gathered: number
  /** True where one or two servers may be hit more often than the others. */
  readonly favourites: boolean
  /** How many entries a kind gets at most: one of these. */
  readonly intensities: readonly number[]
}

/** What one plan is being drawn from; each kind of fault adds its entries. */
export class Draft {
  readonly random: Random
  readonly subject: PlanSubject
  private readonly aim: Aim
  readonly servers: readonly NodeId[]
  readonly others: readonly NodeId[]
  /** Servers that may be lost for good: at most a minority, as no quorum system claims more, or what the menu says. */
  readonly expendable: readonly NodeId[]
  /** Expendable servers whose disk broke its promise: no crash of theirs is followed by a restart. */
  readonly untrusted: ReadonlySet<NodeId>
  /** Moments around which faults gather, in half of the runs the start one of them; and servers that they prefer. */
  private readonly moments: readonly Millis[]
  private readonly favourites: readonly NodeId[]
  /** How many entries a kind gets at most. */
  readonly intensity: number
  readonly entries: Unnumbered[] = []

  constructor(random: Random, subject: PlanSubject, kinds: ReadonlySet<FaultKind>, aim: Aim) {
    this.random = random
    this.subject = subject
    this.aim = aim
    const role = subject.menu.quorumRole ?? subject.nodes[0]?.role
    this.servers = subject.nodes.filter((node) => node.role === role).map(({ id }) => id)
    this.others = subject.nodes.filter((node) => node.role !== role).map(({ id }) => id)
    const mostLost = subject.menu.lostForGood ?? (this.servers.length - 1) >> 1
    this.expendable = sample(random, this.servers, random.integer(0, mostLost))
    this.untrusted = new Set(kinds.has('lost-sync') || kinds.has('misdirected-write') ? this.expendable : [])
    this.intensity = random.pick(aim.intensities)
    this.moments = [
      ...Array.from({ length: random.integer(1, 3) }, () => this.anyMoment()),
      ...(random.chance(0.5) ? [0] : []),
    ]
    this.favourites =
      aim.favourites && random.chance(0.5) ? sample(random, this.servers, random.integer(1, 2)) : this.servers
  }

  /** A moment of the storm, often near others. */
  at(): Millis {
    if (!this.random.chance(this.aim.gathered)) return this.anyMoment()
    return this.within(this.random.pick(this.moments) + this.random.float() * GATHER_WITHIN_MS)
  }

  private anyMoment(): Millis {
    return toMicros(this.random.float() * this.subject.calmAtMs)
  }

  /** The same moment, or the end of the storm where it lies behind that. */
  within(atMs: Millis): Millis {
    return toMicros(Math.min(atMs, this.subject.calmAtMs))
  }

  /** A duration: short ones are as likely as long ones. */
  lasting(mostMs: Millis = 3000): Millis {
    const most = this.random.pick([0.02, 0.1, 0.3, 1]) * mostMs
    return toMicros(most * (0.3 + 0.7 * this.random.float()))
  }

  server(): NodeId {
    return this.random.pick(this.random.chance(0.7) ? this.favourites : this.servers)
  }

  anyone(): NodeId {
    return this.others.length === 0 || this.random.chance(0.75) ? this.server() : this.random.pick(this.others)
  }

  /** How a crashed node comes back. A server whose disk is not to be trusted does not. */
  comeback(node: NodeId): Partial<Extract<Fault, { readonly kind: 'kill' }>> {
    if (this.untrusted.has(node)) return { forGood: true }
    if (this.expendable.includes(node) && this.random.chance(0.15)) return { forGood: true }
    return {
      restartAfterMs: toMicros(this.random.pick([5, 30, 200, 1500]) * (0.2 + this.random.float())),
      ...this.shape(node),
    }
  }

  /** What a crashed node comes back with: sometimes another disk, sometimes other code. */
  private shape(node: NodeId): Partial<Extract<Fault, { readonly kind: 'kill' }>> {
    const { menu, nodes } = this.subject
    const role = nodes.find(({ id }) => id === node)!.role
    const luck = this.random.float()
    if (luck < 0.1) return { upgrade: true }
    const expendable = !this.servers.includes(node) || this.expendable.includes(node)
    if (luck < 0.25 && expendable && menu.emptyDiskRoles?.includes(role) === true) return { disk: 'empty' }
    if (luck < 0.4 && menu.oldDiskRoles?.includes(role) === true) return { disk: 'old' }
    return {}
  }

  /** One node, or a burst that hits several at about the same time. */
  victims(): readonly NodeId[] {
    if (this.random.chance(0.7)) return [this.anyone()]
    return sample(this.random, this.servers, this.random.integer(2, Math.max(2, this.servers.length)))
  }

  links(): { readonly from?: readonly NodeId[]; readonly to?: readonly NodeId[] } {
    const everyone = [...this.servers, ...this.others]
    const some = (): readonly NodeId[] => sample(this.random, everyone, this.random.integer(1, 3))
    return this.random.pick([
      () => ({}),
      () => ({ from: some() }),
      () => ({ to: some() }),
      () => ({ from: some(), to: some() }),
    ])()
  }

  /** Two sides; clients on either, or in no group and so talking to all. */
  sides(): [NodeId[], NodeId[]] {
    const cut = this.random.pick([
      1,
      this.servers.length >> 1,
      this.random.integer(1, Math.max(1, this.servers.length - 1)),
    ])
    const left = sample(this.random, this.servers, Math.max(1, cut))
    const right = this.servers.filter((id) => !left.includes(id))
    for (const client of this.others) {
      const side = this.random.integer(0, 2)
      if (side < 2) [left, right][side]!.push(client)
    }
    return [left, right]
  }

  delay(): Delay {
    const ms = this.random.pick([5, 20, 80, 300])
    return this.random.pick<() => Delay>([
      () => ({ shape: 'constant', ms }),
      () => ({ shape: 'uniform', minMs: 0, maxMs: ms * 2 }),
      () => ({ shape: 'exponential', meanMs: ms }),
      () => ({ shape: 'long-tailed', minMs: ms / 4, maxMs: 2000 }),
    ])()
  }
}

/** Some of the items, each at most once, in drawn order. */
export function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const rest = [...items]
  const chosen: T[] = []
  while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(random.integer(0, rest.length - 1), 1))
  return chosen
}

export function toMicros(ms: number): Millis {
  return Math.round(ms * 1000) / 1000
}
