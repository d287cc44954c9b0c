import { componentsOf } from './components.ts'
import { INITIAL } from './reads-from.ts'
import type { ReadsFrom, Source } from './reads-from.ts'
import type { Step, Steps } from './steps.ts'

export type Guarantee = 'read your writes' | 'monotonic reads' | 'monotonic writes' | 'writes follow reads'

/** That one version of an object is no newer than another, and why. A version is called by who wrote it. */
export type Relation = { readonly older: Source; readonly newer: Source } &
  /** A process read or wrote the older by its operation `first`, and the newer by `second`. */
  (
    | { readonly kind: Guarantee; readonly first: Step; readonly second: Step }
    /** Nothing is older than what was there at first. */
    | { readonly kind: 'initial' }
    /** `newer` is an update that found `older`. */
    | { readonly kind: 'update' }
  )

/** The operation that a link stands for: where it leaves a version the first of two, where it leads to one the other. */
interface Link {
  readonly to: number
  readonly kind: Relation['kind']
  readonly step: Step | undefined
}

/** A node that stands for all versions that a process has written, or read, so far. */
const SO_FAR = undefined

/**
 * Versions, and what the guarantees say about their order. A process that wrote many versions of an object and read
 * many then, would give a relation for each pair; so there are nodes between: each version written leads to a node, the
 * node to the next of its kind, and to each version that is read while it is the last.
 */
export class VersionGraph {
  private readonly versions: (Source | undefined)[] = []
  private readonly links: Link[][] = []
  private readonly initial: number[]
  private readonly ofStep = new Map<Step, number>()

  constructor({ steps, objects }: Steps, reads: ReadsFrom, guarantees: ReadonlySet<Guarantee>) {
    this.initial = [...objects.keys()].map(() => this.node(INITIAL))
    const certain = new Set(reads.certain)
    const sessions = new Map<string, Session>()
    for (const step of steps) {
      const name = `${step.object} ${step.operation.process}`
      const session = sessions.get(name) ?? new Session(this, guarantees)
      sessions.set(name, session)
      const source = reads.sources[step.number]
      const isWrite = certain.has(step) && reads.views[step.number]!.wrote !== undefined
      if (source !== undefined && step.isCertain) session.read(step, this.versionOf(source, step))
      if (!isWrite) continue
      session.write(step, this.versionOf(step, step))
      if (source !== undefined) this.link(this.versionOf(source, step), this.versionOf(step, step), 'update')
    }
  }

  node(version: Source | typeof SO_FAR): number {
    this.links.push([])
    return this.versions.push(version) - 1
  }

  link(from: number, to: number, kind: Relation['kind'], step?: Step): void {
    if (from !== to) this.links[from]!.push({ to, kind, step })
  }

  private versionOf(source: Source, { object }: Step): number {
    if (source === INITIAL) return this.initial[object]!
    const known = this.ofStep.get(source)
    if (known !== undefined) return known
    const node = this.node(source)
    this.ofStep.set(source, node)
    this.link(this.initial[object]!, node, 'initial')
    return node
  }

  get size(): number {
    return this.links.length
  }

  /** A circle through two versions or more, a short one; undefined where there is none. */
  circle(): readonly Relation[] | undefined {
    const component = componentsOf(this.links.map((links) => links.map(({ to }) => to)))
    const seen = new Map<number, number>()
    for (const [node, version] of this.versions.entries()) {
      if (version === SO_FAR) continue
      const other = seen.get(component[node]!)
      if (other !== undefined) return this.circleThrough(other, component)
      seen.set(component[node]!, node)
    }
    return undefined
  }

  private circleThrough(version: number, component: Int32Array): readonly Relation[] {
    const members = component.map((of) => (of === component[version] ? 1 : 0))
    const there = this.ways(version, members)
    const others = [...there.keys()].filter((node) => node !== version && this.versions[node] !== SO_FAR)
    let shortest: readonly number[] | undefined
    for (const other of others.slice(0, CANDIDATES)) {
      const back = wayTo(version, this.ways(other, members))
      const way = [...wayTo(other, there), ...back.slice(1)]
      if (shortest === undefined || way.length < shortest.length) shortest = way
    }
    return this.relations(shortest!)
  }

  /** For each node that the first leads to, nearest first, the node before it. */
  private ways(from: number, members: Int32Array): ReadonlyMap<number, number> {
    const cameFrom = new Map<number, number>([[from, from]])
    for (const node of cameFrom.keys()) {
      for (const { to } of this.links[node]!) if (members[to] === 1 && !cameFrom.has(to)) cameFrom.set(to, node)
    }
    return cameFrom
  }

  private relations(way: readonly number[]): readonly Relation[] {
    const relations: Relation[] = []
    let first: Step | undefined
    let older: Source | undefined
    for (const [place, node] of way.slice(0, -1).entries()) {
      const { to, kind, step } = this.links[node]!.find((link) => link.to === way[place + 1])!
      older = this.versions[node] ?? older
      first = this.versions[node] === SO_FAR ? first : step
      const newer = this.versions[to]
      if (newer === SO_FAR) continue
      if (kind === 'initial' || kind === 'update') relations.push({ kind, older: older!, newer })
      else relations.push({ kind, older: older!, newer, first: first!, second: step! })
    }
    return relations
  }
}

/** The shortest of the circles through so many versions, the nearest, is good enough. */
const CANDIDATES = 16

function wayTo(to: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const way = [to]
  for (let node = to; cameFrom.get(node) !== node;) {
    node = cameFrom.get(node)!
    way.unshift(node)
  }
  return way
}

/** What one process has read and written of one object. */
class Session {
  private readonly graph: VersionGraph
  private readonly guarantees: ReadonlySet<Guarantee>
  private readonly soFar = new Map<Guarantee, number>()

  constructor(graph: VersionGraph, guarantees: ReadonlySet<Guarantee>) {
    this.graph = graph
    this.guarantees = guarantees
  }

  read(step: Step, version: number): void {
    this.follow('read your writes', step, version)
    this.follow('monotonic reads', step, version)
    this.collect('monotonic reads', step, version)
    this.collect('writes follow reads', step, version)
  }

  write(step: Step, version: number): void {
    this.follow('monotonic writes', step, version)
    this.follow('writes follow reads', step, version)
    // One without an answer may take effect after what its process did next.
    if (!step.isCertain) return
    this.collect('read your writes', step, version)
    this.collect('monotonic writes', step, version)
  }

  private follow(guarantee: Guarantee, step: Step, version: number): void {
    const node = this.soFar.get(guarantee)
    if (node !== undefined) this.graph.link(node, version, guarantee, step)
  }

  private collect(guarantee: Guarantee, step: Step, version: number): void {
    if (!this.guarantees.has(guarantee)) return
    const before = this.soFar.get(guarantee)
    const node = this.graph.node(SO_FAR)
    if (before !== undefined) this.graph.link(before, node, guarantee)
    this.graph.link(version, node, guarantee, step)
    this.soFar.set(guarantee, node)
  }
}
