import type { Source } from './reads-from.ts'
import type { Step, Steps } from './steps.ts'

/** That one step comes before another, and why. */
export type Edge = { readonly before: Step; readonly after: Step } & (
  | { readonly kind: 'same process' }
  /** `after` found the value that only `before` wrote. */
  | { readonly kind: 'read from' }
  /** `before` found the value of `source`, which `after` overwrote, as it came later than the source. */
  | { readonly kind: 'overwritten'; readonly source: Source }
  /** `reader` found the value of `after`; so `before`, which came before the reader, was overwritten by then. */
  | { readonly kind: 'overwrote'; readonly reader: Step }
)

/** An edge between chains. It follows from the program order and from edges with lower numbers. */
export type NumberedEdge = Edge & { readonly number: number }

/**
 * What must come before what, as far as is known, over chains that are in order by themselves. For each step it keeps
 * how far in each chain the steps go that must come before it (the vector clocks of F. Mattern, "Virtual time and
 * global states of distributed systems", 1989), which say in one look whether one step comes before another.
 */
export class OrderGraph {
  readonly edges: NumberedEdge[] = []
  /** Steps over which the clocks were carried so far. */
  work = 0
  private readonly steps: readonly Step[]
  private readonly chains: Steps['chains']
  private readonly isMember: boolean[]
  private readonly into: NumberedEdge[][]
  private readonly clocks: Int32Array
  private readonly width: number
  /** As of the last {@link close}: all steps that no circle comes before, each after those before it. */
  private inOrder: readonly Step[] = []
  /** As of the last {@link close}: steps that lie on a circle, or between two. */
  private onCircles: ReadonlySet<Step> = new Set()

  /** @param members the steps that are looked at: in each chain, those of a beginning of it. */
  constructor({ steps, chains }: Steps, members: readonly Step[]) {
    this.steps = steps
    this.chains = chains
    this.width = chains.length
    this.isMember = new Array<boolean>(steps.length).fill(false)
    for (const { number } of members) this.isMember[number] = true
    this.into = steps.map(() => [])
    this.clocks = new Int32Array(steps.length * this.width)
  }

  add(edge: Edge): void {
    const numbered = { ...edge, number: this.edges.length }
    this.edges.push(numbered)
    this.into[edge.after.number]!.push(numbered)
  }

  /** True as of the last {@link close}. */
  precedes(before: Step, after: Step): boolean {
    return this.clocks[after.number * this.width + before.chain]! > before.place
  }

  /**
   * By the numbers of steps, when each had returned or one that comes after it had: in a history that was in order all
   * the time, each took effect before its time was up.
   */
  deadlines(): Float64Array {
    const deadlines = new Float64Array(this.steps.length)
    for (const { number, operation, isCertain } of this.steps) {
      deadlines[number] = isCertain ? operation.returnedAtMs : Infinity
    }
    for (const step of [...this.inOrder].reverse()) {
      for (const { number } of this.before(step)) {
        deadlines[number] = Math.min(deadlines[number]!, deadlines[step.number]!)
      }
    }
    return deadlines
  }

  /** How many steps of the chain come before this one. */
  reach(step: Step, chain: number): number {
    return this.clocks[step.number * this.width + chain]!
  }

  /** Carries the clocks over all edges; false where these go in a circle. */
  close(): boolean {
    const missing = new Int32Array(this.steps.length)
    const out = new Map<Step, Step[]>()
    const ready: Step[] = []
    let count = 0
    for (const step of this.steps) {
      if (!this.isMember[step.number]) continue
      count += 1
      const before = this.before(step)
      missing[step.number] = before.length
      if (before.length === 0) ready.push(step)
      for (const other of before) {
        const others = out.get(other)
        if (others === undefined) out.set(other, [step])
        else others.push(step)
      }
    }
    for (const step of ready) {
      this.carry(step)
      for (const next of out.get(step) ?? []) {
        missing[next.number]! -= 1
        if (missing[next.number] === 0) ready.push(next)
      }
    }
    this.work += ready.length
    this.inOrder = ready
    this.onCircles = ready.length === count ? new Set() : this.trimmed(new Set(ready))
    return ready.length === count
  }

  /** Of the steps that are no part of `before`, those that no circle comes before are left out again. */
  private trimmed(before: ReadonlySet<Step>): ReadonlySet<Step> {
    const left = new Set(this.steps.filter((step) => this.isMember[step.number] && !before.has(step)))
    const followers = new Map<Step, number>([...left].map((step) => [step, 0]))
    for (const step of left) {
      for (const other of this.before(step)) if (left.has(other)) followers.set(other, followers.get(other)! + 1)
    }
    const ends = [...left].filter((step) => followers.get(step) === 0)
    for (const end of ends) {
      left.delete(end)
      for (const other of this.before(end)) {
        if (!left.has(other)) continue
        followers.set(other, followers.get(other)! - 1)
        if (followers.get(other) === 0) ends.push(other)
      }
    }
    return left
  }

  /** The steps right before this one: in its chain, of its process, by edges; one may be there more than once. */
  before(step: Step): readonly Step[] {
    const previous = step.place > 0 ? this.chains[step.chain]![step.place - 1] : step.after
    const others = this.into[step.number]!.map((edge) => edge.before)
    return previous === undefined ? others : [previous, ...others]
  }

  private carry(step: Step): void {
    const { clocks, width } = this
    const own = step.number * width
    clocks.fill(0, own, own + width)
    for (const other of this.before(step)) {
      const from = other.number * width
      for (let chain = 0; chain < width; chain++) {
        if (clocks[from + chain]! > clocks[own + chain]!) clocks[own + chain] = clocks[from + chain]!
      }
      if (clocks[own + other.chain]! <= other.place) clocks[own + other.chain] = other.place + 1
    }
  }

  /**
   * The fewest edges that lead from one step to another, steps of the same process in between left out; undefined where
   * none do. An edge of the program order counts as one, however far it leads.
   *
   * @param below only edges with lower numbers are used.
   */
  path(from: Step, to: Step, below = Infinity): readonly Edge[] | undefined {
    const outward = this.outward((edge) => edge.number < below)
    return this.way(from, to, outward, ({ number }) => this.isMember[number]!, Infinity)
  }

  /** A short circle that one of the edges from `since` on closes, that edge last; there must be one. */
  circle(since: number): readonly Edge[] {
    const isOnCircle = (step: Step): boolean => this.onCircles.has(step)
    const outward = this.outward(({ before, after }) => isOnCircle(before) && isOnCircle(after))
    let shortest: readonly Edge[] | undefined
    let tried = 0
    for (const edge of this.edges.slice(since)) {
      if (!isOnCircle(edge.before) || !isOnCircle(edge.after)) continue
      if (shortest !== undefined && tried++ >= CANDIDATES) break
      const atMost = shortest === undefined ? Infinity : shortest.length - 2
      const back = edge.after === edge.before ? [] : this.way(edge.after, edge.before, outward, isOnCircle, atMost)
      if (back !== undefined) shortest = [...back, edge]
    }
    return shortest!
  }

  /** Breadth first, through steps that may be visited, at most so many edges far. */
  private way(
    from: Step,
    to: Step,
    outward: ReadonlyMap<Step, readonly Edge[]>,
    mayVisit: (step: Step) => boolean,
    atMost: number,
  ): readonly Edge[] | undefined {
    const cameBy = new Map<Step, Edge | undefined>([[from, undefined]])
    const reached = new Map<number, number>()
    const queue: Step[] = [from]
    let [length, endOfLength] = [0, 1]
    for (const [place, step] of queue.entries()) {
      if (step === to) return wayTo(to, cameBy)
      if (place === endOfLength) [length, endOfLength] = [length + 1, queue.length]
      if (length >= atMost) continue
      const visit = (edge: Edge): void => {
        if (cameBy.has(edge.after)) return
        cameBy.set(edge.after, edge)
        queue.push(edge.after)
      }
      for (const edge of outward.get(step) ?? []) visit(edge)
      const chain = this.chains[step.chain]!
      const end = Math.min(chain.length, reached.get(step.chain) ?? Infinity)
      for (let next = step.place + 1; next < end; next++) {
        if (mayVisit(chain[next]!)) visit({ kind: 'same process', before: step, after: chain[next]! })
      }
      reached.set(step.chain, Math.min(end, step.place + 1))
    }
    return undefined
  }

  private outward(isUsed: (edge: NumberedEdge) => boolean): ReadonlyMap<Step, readonly Edge[]> {
    const outward = new Map<Step, Edge[]>()
    const put = (edge: Edge): void => {
      const others = outward.get(edge.before)
      if (others === undefined) outward.set(edge.before, [edge])
      else others.push(edge)
    }
    for (const edge of this.edges) if (isUsed(edge)) put(edge)
    for (const step of this.steps) {
      if (this.isMember[step.number] && step.after) put({ kind: 'same process', before: step.after, after: step })
    }
    return outward
  }
}

/** The shortest of the circles through so many edges is good enough. */
const CANDIDATES = 64

function wayTo(to: Step, cameBy: ReadonlyMap<Step, Edge | undefined>): readonly Edge[] {
  const way: Edge[] = []
  for (let edge = cameBy.get(to); edge !== undefined; edge = cameBy.get(edge.before)) way.unshift(edge)
  return way
}
