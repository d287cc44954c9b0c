import { ANOMALIES, CYCLES, impliedBy, SUFFIXES } from './anomalies.ts'
import type { CycleAnomalyName, CycleName } from './anomalies.ts'
import { componentsOf } from './components.ts'
import type { Components } from './components.ts'
import { cyclesOf, nameOf } from './cycle.ts'
import type { Cycle } from './cycle.ts'
import { GraphBuilder, PASS, PROCESS, REALTIME, RW, WR, WW } from './graph.ts'
import type { Graph } from './graph.ts'
import type { Knots } from './knots.ts'
import { PathFinder } from './paths.ts'
import type { Path } from './paths.ts'
import type { TransactionTable } from './table.ts'

export interface CycleSearch {
  readonly cycles: readonly Cycle[]
  readonly steps: number
  /** True where a knot may hold a cycle of a worse kind than those found in it. */
  readonly isCut: boolean
}

/** So many edges of a knot are tried, and the shortest cycle is taken. */
const TRIES = 64
/** Once there is a cycle, a shorter one is looked for up to so many steps. */
const STEPS_TO_SHORTEN = 1_000_000
/** So many cycles of a name are looked for. */
const CYCLES_OF_A_NAME = 8

/** What a kind of cycle is made of, and which edge is in each of them. */
interface Pattern {
  readonly name: CycleAnomalyName
  readonly cycle: CycleName
  readonly mask: number
  readonly through: number
}

const TIME_KINDS = { '': 0, '-process': PROCESS, '-realtime': PROCESS | REALTIME } as const
const TIME_EDGE = { '': 0, '-process': PROCESS, '-realtime': REALTIME } as const
const KINDS: Readonly<Record<CycleName, { readonly mask: number; readonly through: number }>> = {
  G0: { mask: WW, through: WW },
  G1c: { mask: WW | WR, through: WR },
  'G-single': { mask: WW | WR, through: RW },
  'G-nonadjacent': { mask: WW | WR | RW, through: RW },
  'G2-item': { mask: WW | WR | RW, through: RW },
}

/** In the order in which they are looked for: what needs no clock first, and of that the worst first. */
const PATTERNS: readonly Pattern[] = SUFFIXES.flatMap((suffix) =>
  CYCLES.map((cycle) => ({
    name: `${cycle}${suffix}` as const,
    cycle,
    mask: KINDS[cycle].mask | TIME_KINDS[suffix],
    // Once there is none without, any cycle through an edge of time will do, except where one skip is asked for.
    through: suffix === '' || KINDS[cycle].through === RW ? KINDS[cycle].through : TIME_EDGE[suffix],
  })),
)

/**
 * Names what is wrong in each knot: short cycles, and of each kind one for a knot. A kind is only looked for where the
 * knot has no cycle that counts as one of that kind already. Each is found in time linear in the knot, except cycles
 * with a single anti-dependency, for which paths are looked for one by one, as far as the steps allow.
 *
 * A. Adya, "Weak Consistency", 1999, section 4; Kingsbury and Alvaro, 2020, section 6.1.
 */
export class KnotSearch {
  private readonly knots: Knots
  private readonly table: TransactionTable
  private readonly plain: Searched
  private doubled: Searched | undefined
  /** Of each knot, what it has and all that counts as. */
  private readonly found: Set<string>[]
  private readonly counts = new Map<CycleAnomalyName, number>()
  private readonly cycles: Cycle[] = []
  private readonly budgetSteps: number
  private componentSteps = 0
  private vainSteps = 0
  private isCut = false

  constructor(knots: Knots, table: TransactionTable, budgetSteps: number) {
    this.knots = knots
    this.table = table
    this.plain = { graph: knots.graph, finder: new PathFinder(knots.graph), isDoubled: false }
    this.found = Array.from({ length: knots.firstOf.length - 1 }, () => new Set())
    this.budgetSteps = budgetSteps
  }

  run(): CycleSearch {
    for (const pattern of PATTERNS) {
      if (this.isLookedFor(pattern) && this.found.some((names) => !names.has(pattern.name))) this.look(pattern)
    }
    return { cycles: this.cycles, steps: this.steps, isCut: this.isCut }
  }

  private get steps(): number {
    return this.componentSteps + this.plain.finder.steps + (this.doubled?.finder.steps ?? 0)
  }

  private isLookedFor({ name }: Pattern): boolean {
    return (this.counts.get(name) ?? 0) < CYCLES_OF_A_NAME
  }

  private look(pattern: Pattern): void {
    const searched = pattern.cycle === 'G-nonadjacent' ? this.withoutTwoSkips() : this.plain
    const components = componentsOf(searched.graph, pattern.mask)
    this.componentSteps += searched.graph.targets.length
    this.found.forEach((names, knot) => {
      if (names.has(pattern.name) || !this.isLookedFor(pattern)) return
      const cycle = this.shortest(knot, pattern, searched, components)
      if (cycle === undefined) return
      const name = nameOf(cycle)
      for (const implied of impliedBy(name)) names.add(implied)
      this.cycles.push(cycle)
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
    })
  }

  /** The shortest of a few cycles of the pattern in a knot, of those that are not of a kind that it is known to have. */
  private shortest(knot: number, pattern: Pattern, searched: Searched, components: Components): Cycle | undefined {
    const { graph, transactionOf } = this.knots
    const stepsAtMost = this.steps + STEPS_TO_SHORTEN
    let best: Cycle | undefined
    let tries = 0
    for (const candidate of this.candidates(knot, pattern, searched, components)) {
      // Only with one skip may there be no way back, so that only here many may be looked for in vain.
      if (pattern.cycle === 'G-single' && this.vainSteps >= this.budgetSteps) {
        this.isCut = true
        return best
      }
      const path = this.pathBack(candidate, pattern.mask, searched, components)
      if (path === undefined) continue
      const cycle = cyclesOf(path, graph, transactionOf, this.table)
        .filter((found) => !this.found[knot]!.has(nameOf(found)))
        .sort((left, right) => ANOMALIES.indexOf(nameOf(left)) - ANOMALIES.indexOf(nameOf(right)))[0]
      if (cycle !== undefined && (best === undefined || cycle.length < best.length)) best = cycle
      if (best?.length === 2 || ++tries === TRIES || this.steps > stepsAtMost) return best
    }
    return best
  }

  /** Edges that may be in a cycle of the pattern; first those that are in a small one, if they are in any. */
  private candidates(
    knot: number,
    { through, cycle, mask }: Pattern,
    { isDoubled }: Searched,
    { of, sizes }: Components,
  ): readonly Candidate[] {
    const { graph, firstOf } = this.knots
    const candidates: Candidate[] = []
    for (let source = firstOf[knot]!; source < firstOf[knot + 1]!; source++) {
      for (let edge = graph.offsets[source]!; edge < graph.offsets[source + 1]!; edge++) {
        if (graph.kinds[edge] !== through) continue
        const target = graph.targets[edge]!
        const [from, to] = isDoubled ? [2 * target + 1, 2 * source] : [target, source]
        // Components are numbered against the direction of edges, and nearly against time.
        const back = of[from]! - of[to]!
        if (cycle === 'G-single' ? back < 0 : back !== 0) continue
        const span = cycle === 'G-single' ? back : sizes[of[to]!]!
        candidates.push({ edge, from, to, span: hasEdge(graph, target, source, mask) ? -1 : span })
      }
    }
    return candidates.sort((left, right) => left.span - right.span)
  }

  /** The edge, and a shortest way back from its end to its source; as edges of the knots' graph. */
  private pathBack(
    { edge, from, to }: Candidate,
    mask: number,
    { graph, finder, isDoubled }: Searched,
    { of }: Components,
  ): Path | undefined {
    const stepsBefore = finder.steps
    const path = finder.shortest(from, to, mask, { of, lowest: of[to]!, highest: of[from]! })
    if (path === undefined) {
      this.vainSteps += finder.steps - stepsBefore
      return undefined
    }
    return [edge, ...(isDoubled ? path.map((step) => graph.causes[step]!) : path)]
  }

  /**
   * Each vertex twice: as reached by an anti-dependency, from where none leads on, and as reached by anything else. A
   * cycle there is one without two anti-dependencies in a row. Causes are the edges of the graph itself.
   */
  private withoutTwoSkips(): Searched {
    if (this.doubled !== undefined) return this.doubled
    const { vertices, transactions, offsets, targets, kinds } = this.knots.graph
    const builder = new GraphBuilder(2 * transactions)
    for (let vertex = 2 * transactions; vertex < 2 * vertices; vertex++) builder.joint()
    for (let vertex = 0; vertex < vertices; vertex++) {
      for (let edge = offsets[vertex]!; edge < offsets[vertex + 1]!; edge++) {
        const kind = kinds[edge]!
        const target = 2 * targets[edge]!
        builder.edge(2 * vertex, kind === RW ? target + 1 : target, kind, edge)
        if (kind !== RW) builder.edge(2 * vertex + 1, kind === PASS ? target + 1 : target, kind, edge)
      }
    }
    const graph = builder.build()
    this.doubled = { graph, finder: new PathFinder(graph), isDoubled: true }
    return this.doubled
  }
}

function hasEdge({ offsets, targets, kinds }: Graph, source: number, target: number, mask: number): boolean {
  for (let edge = offsets[source]!; edge < offsets[source + 1]!; edge++) {
    if (targets[edge] === target && (kinds[edge]! & mask) !== 0) return true
  }
  return false
}

/** An edge, and its ends in the graph that is searched for a way back. */
interface Candidate {
  readonly edge: number
  readonly from: number
  readonly to: number
  /** How far the way back may lead; -1 where it is a single edge. */
  readonly span: number
}

interface Searched {
  readonly graph: Graph
  readonly finder: PathFinder
  /** True where vertices stand for those of the knots' graph twice. */
  readonly isDoubled: boolean
}
