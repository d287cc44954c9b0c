import { FAULT_KINDS, type Delay, type Fault, type FaultKind } from '../sim/faults.ts'
import type { Millis, NodeId, Random } from '../sim/machine.ts'
import { randomStream } from '../sim/random.ts'
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

type Unnumbered = Fault extends infer Each ? (Each extends Fault ? Omit<Each, 'id'> : never) : never

/** A run with no fault at all, now and then, shows what is wrong without any. */
const NO_FAULTS = 0.03
/** The share of kinds a run draws: few kinds show what many would mask, many show what none does alone. */
const KIND_SHARES = [0.1, 0.25, 0.5, 0.8] as const
/** Faults gather around a few moments of the storm and a few nodes, as it takes several at once to break anything. */
const GATHERED = 0.6
const GATHER_WITHIN_MS = 400

/** What one plan is being drawn from; each kind of fault adds its entries. */
class Draft {
  readonly random: Random
  readonly subject: PlanSubject
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

  constructor(random: Random, subject: PlanSubject, kinds: ReadonlySet<FaultKind>) {
    this.random = random
    this.subject = subject
    const role = subject.menu.quorumRole ?? subject.nodes[0]?.role
    this.servers = subject.nodes.filter((node) => node.role === role).map(({ id }) => id)
    this.others = subject.nodes.filter((node) => node.role !== role).map(({ id }) => id)
    const mostLost = subject.menu.lostForGood ?? (this.servers.length - 1) >> 1
    this.expendable = sample(random, this.servers, random.integer(0, mostLost))
    this.untrusted = new Set(kinds.has('lost-sync') || kinds.has('misdirected-write') ? this.expendable : [])
    this.intensity = random.pick([2, 4, 8, 12])
    this.moments = [
      ...Array.from({ length: random.integer(1, 3) }, () => this.anyMoment()),
      ...(random.chance(0.5) ? [0] : []),
    ]
    this.favourites = random.chance(0.5) ? sample(random, this.servers, random.integer(1, 2)) : this.servers
  }

  /** A moment of the storm, often near others. */
  at(): Millis {
    if (!this.random.chance(GATHERED)) return this.anyMoment()
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

/** Each kind adds one entry, or a burst of them. */
const DRAW: { readonly [Kind in (typeof FAULT_KINDS)[number]]: (draft: Draft) => void } = {
  loss: (d) =>
    d.entries.push({
      kind: 'loss',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.05, 0.2, 0.5, 0.9]),
      ...d.links(),
    }),
  duplication: (d) =>
    d.entries.push({
      kind: 'duplication',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.05, 0.3, 0.8]),
      ...d.links(),
    }),
  delay: (d) =>
    d.entries.push({
      kind: 'delay',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.05, 0.3, 1]),
      delay: d.delay(),
      ...d.links(),
    }),
  reordering: (d) =>
    d.entries.push({
      kind: 'reordering',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.1, 0.5]),
      withinMs: d.random.pick([10, 50, 250]),
      ...d.links(),
    }),
  partition: (d) => drawPartition(d),
  'one-way-partition': (d) => {
    const [from, to] = d.sides()
    d.entries.push({ kind: 'one-way-partition', atMs: d.at(), forMs: d.lasting(), from, to })
  },
  clog: (d) => d.entries.push({ kind: 'clog', atMs: d.at(), forMs: d.lasting(1000), ...d.links() }),
  'slow-link': (d) =>
    d.entries.push({
      kind: 'slow-link',
      atMs: d.at(),
      forMs: d.lasting(),
      factor: d.random.pick([3, 10, 40]),
      ...d.links(),
    }),
  bandwidth: (d) =>
    d.entries.push({
      kind: 'bandwidth',
      atMs: d.at(),
      forMs: d.lasting(),
      bytesPerSecond: d.random.pick([10_000, 50_000, 200_000]),
      ...d.links(),
    }),
  'stream-reset': (d) => d.entries.push({ kind: 'stream-reset', atMs: d.at(), ...d.links() }),
  corruption: (d) =>
    d.entries.push({
      kind: 'corruption',
      atMs: d.at(),
      forMs: d.lasting(),
      probability: d.random.pick([0.01, 0.1]),
      ...d.links(),
    }),
  kill: (d) => burst(d, (node, atMs) => ({ kind: 'kill', node, atMs, ...d.comeback(node) })),
  'power-loss': (d) => burst(d, (node, atMs) => ({ kind: 'power-loss', node, atMs, ...d.comeback(node) })),
  'crash-in-output': (d) =>
    burst(d, (node, atMs) => ({
      kind: 'crash-in-output',
      node,
      atMs,
      power: d.random.chance(0.5),
      writing: d.random.chance(0.5),
      ...d.comeback(node),
    })),
  'crash-in-recovery': (d) =>
    burst(d, (node, atMs) => ({
      kind: 'crash-in-recovery',
      node,
      atMs,
      power: d.random.chance(0.5),
      times: d.random.integer(1, 3),
      ...d.comeback(node),
    })),
  pause: (d) => burst(d, (node, atMs) => ({ kind: 'pause', node, atMs, forMs: d.lasting() })),
  'slow-process': (d) =>
    d.entries.push({
      kind: 'slow-process',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(),
      byMs: d.random.pick([1, 10, 60]),
    }),
  spawn: (d) =>
    d.entries.push({ kind: 'spawn', atMs: d.at(), index: d.entries.filter(({ kind }) => kind === 'spawn').length }),
  'slow-sync': (d) =>
    burst(d, (node, atMs) => ({
      kind: 'slow-sync',
      node,
      atMs,
      forMs: d.lasting(),
      byMs: d.random.pick([5, 30, 150]),
    })),
  'disk-error': (d) =>
    d.entries.push({
      kind: 'disk-error',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(500),
      probability: d.random.pick([0.05, 0.5]),
    }),
  'disk-full': (d) => d.entries.push({ kind: 'disk-full', node: d.anyone(), atMs: d.at(), forMs: d.lasting(500) }),
  'bit-rot': (d) =>
    onBadDisk(d, (node, atMs) => [
      { kind: 'bit-rot', node, atMs },
      {
        kind: 'kill',
        node,
        atMs: d.within(atMs + 1),
        ...(d.untrusted.has(node) ? { forGood: true } : { restartAfterMs: 50 }),
      },
    ]),
  'lost-sync': (d) => onBadDisk(d, (node, atMs) => [{ kind: 'lost-sync', node, atMs, forMs: d.lasting() }]),
  'misdirected-write': (d) => onBadDisk(d, (node, atMs) => [{ kind: 'misdirected-write', node, atMs }]),
  'clock-skew': (d) =>
    d.entries.push({
      kind: 'clock-skew',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(),
      byMs: d.random.pick([-60_000, -500, 500, 60_000]),
    }),
  'clock-drift': (d) =>
    d.entries.push({
      kind: 'clock-drift',
      node: d.anyone(),
      atMs: d.at(),
      forMs: d.lasting(),
      rate: d.random.pick([0.5, 0.9, 1.1, 2]),
    }),
  'clock-jump': (d) =>
    d.entries.push({
      kind: 'clock-jump',
      node: d.anyone(),
      atMs: d.at(),
      byMs: d.random.pick([-3_600_000, -1000, 1000, 3_600_000]),
    }),
}

/**
 * The faults of one run, drawn from its seed: a subset of kinds (swarm testing: Groce and others, ISSTA 2012, as kinds
 * mask each other), an intensity, and for each kind its entries. What a quorum system does not claim to survive is
 * kept to a minority of servers that may be lost for good.
 */
export function drawFaults(seed: number, subject: PlanSubject): readonly Fault[] {
  const random = randomStream(seed, 'faults')
  const offered = subject.nemesis ?? subject.menu.kinds ?? FAULT_KINDS
  const share = random.pick(KIND_SHARES)
  const drawn = FAULT_KINDS.filter((kind) => random.chance(share) && offered.includes(kind))
  if (random.chance(NO_FAULTS) && subject.nemesis === undefined) return []
  const kinds = drawn.length > 0 ? drawn : [random.pick(offered as typeof FAULT_KINDS)]
  const draft = new Draft(random, subject, new Set(kinds))
  for (const kind of kinds) {
    const count = random.integer(1, draft.intensity)
    for (let entry = 0; entry < count; entry++) DRAW[kind](draft)
  }
  return draft.entries.map((entry, index) => ({ ...entry, id: index + 1 }) as Fault).sort((a, b) => a.atMs - b.atMs)
}

function drawPartition(draft: Draft): void {
  const { random } = draft
  const atMs = draft.at()
  if (draft.expendable.length > 0 && random.chance(0.2)) {
    const left = [...draft.expendable]
    const right = draft.servers.filter((id) => !left.includes(id))
    draft.entries.push({
      kind: 'partition',
      atMs,
      forMs: draft.subject.calmAtMs,
      groups: [left, [...right, ...draft.others]],
      forGood: true,
    })
    return
  }
  const [left, right] = draft.sides()
  const shape = random.float()
  if (shape < 0.2 && right.length > 1) right.shift()
  else if (shape < 0.4) right.push(left[0]!)
  draft.entries.push({ kind: 'partition', atMs, forMs: draft.lasting(), groups: [left, right] })
}

function burst(draft: Draft, entry: (node: NodeId, atMs: Millis) => Unnumbered): void {
  const atMs = draft.at()
  const spreadMs = draft.random.pick([0, 5, 100])
  for (const node of draft.victims())
    draft.entries.push(entry(node, draft.within(atMs + spreadMs * draft.random.float())))
}

function onBadDisk(draft: Draft, entries: (node: NodeId, atMs: Millis) => readonly Unnumbered[]): void {
  if (draft.expendable.length === 0) return
  draft.entries.push(...entries(draft.random.pick(draft.expendable), draft.at()))
}

/** Some of the items, each at most once, in drawn order. */
function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const rest = [...items]
  const chosen: T[] = []
  while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(random.integer(0, rest.length - 1), 1))
  return chosen
}

function toMicros(ms: number): Millis {
  return Math.round(ms * 1000) / 1000
}
