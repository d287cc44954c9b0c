import { precedes } from './entry.ts'
import type { Entry } from './entry.ts'
import type { Model, RegisterView } from '../model.ts'
import { samePlain } from '../plain.ts'

/** Stands for whoever wrote the value that was there before any operation. */
export const INITIAL = -1

/** A step of a proof; operations are numbers in the list that was given, premises are numbers of earlier steps. */
export type Step = Edge | Exclusion

/** One operation must come before another. */
export type Edge = { readonly before: number; readonly after: number; readonly premises: readonly number[] } & (
  | { readonly kind: 'real time' }
  /** `after` found the value that only `before` can have written. */
  | { readonly kind: 'read from' }
  /** `before` found the value of `source`, which `after` overwrote, as it came later than the source. */
  | { readonly kind: 'overwritten'; readonly source: number }
  /** `reader` found the value of `after`; so `before`, which came before the reader, was overwritten by then. */
  | { readonly kind: 'overwrote'; readonly reader: number }
)

/** The reader cannot have found what this writer wrote. */
export interface Exclusion {
  readonly kind: 'excluded'
  readonly reader: number
  readonly writer: number
  /** Who overwrote it before the reader came; undefined where the writer came after the reader. */
  readonly overwriter: number | undefined
  readonly premises: readonly number[]
}

export interface Precedence {
  readonly views: readonly RegisterView[]
  readonly steps: readonly Step[]
  /** An operation that found a value which nobody wrote. */
  readonly unwritten: number | undefined
  /** Numbers of edges that lead from an operation back to itself; the last was found last. */
  readonly cycle: readonly number[] | undefined
}

/**
 * What must come before what, for operations on one register: from real time, from who read whose value, and from
 * that no other write lies between a write and who reads from it. The last leaves a choice (the other write is earlier
 * or later); a choice is taken as soon as one side of it is impossible, and nothing is guessed. So a cycle is a proof
 * that no order exists, while no cycle proves nothing. Compare P. Gibbons and E. Korach, "Testing shared memories",
 * 1997, on histories in which it is known who read from whom.
 */
export function precedenceOf<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  register: NonNullable<Model<unknown, Input, Output>['register']>,
  initial: unknown,
): Precedence {
  const views = entries.map(({ input, output }) => register(input, output))
  return new Propagation(entries, views, initial).run()
}

class Propagation {
  private readonly entries: readonly Entry[]
  private readonly views: readonly RegisterView[]
  private readonly steps: Step[] = []
  /** Numbers of the edges that lead from each operation. */
  private readonly edges: number[][]
  /** 1 in row `before`, column `after` where edges lead from the one to the other. */
  private readonly leads: Uint8Array
  /** For each operation the writers whose value it may have found, and the steps that excluded others. */
  private readonly sources: number[][]
  private readonly exclusions: number[][]
  /** Operations that certainly took effect: they returned, or somebody found what only they wrote. */
  private readonly certain: boolean[]
  private cycle: number[] | undefined

  constructor(entries: readonly Entry[], views: readonly RegisterView[], initial: unknown) {
    this.entries = entries
    this.views = views
    this.certain = entries.map(({ returned }) => returned !== Infinity)
    this.exclusions = entries.map(() => [])
    this.edges = entries.map(() => [])
    this.leads = new Uint8Array(entries.length * entries.length)
    this.sources = views.map(({ found }, reader) => {
      const sources: number[] = samePlain(initial, found) ? [INITIAL] : []
      for (let writer = 0; writer < views.length; writer++) {
        const { wrote } = views[writer]!
        if (writer !== reader && wrote !== undefined && samePlain(wrote, found)) sources.push(writer)
      }
      return sources
    })
  }

  run(): Precedence {
    const { entries, steps, views } = this
    for (let before = 0; before < entries.length; before++) {
      for (let after = 0; after < entries.length; after++) {
        if (precedes(entries[before]!, entries[after]!)) {
          this.push({ kind: 'real time', before, after, premises: [] })
        }
      }
    }
    let unwritten: number | undefined
    const progress = () => steps.length + this.certain.filter(Boolean).length
    for (let before = -1; before < progress() && unwritten === undefined && !this.cycle;) {
      before = progress()
      for (let reader = 0; reader < views.length; reader++) {
        if (this.cycle || !this.certain[reader] || views[reader]!.found === undefined) continue
        if (this.sources[reader]!.length === 0) unwritten ??= reader
        else this.follow(reader)
      }
    }
    return { views, steps, unwritten, cycle: this.cycle }
  }

  /** All that follows from what this operation found. */
  private follow(reader: number): void {
    this.exclude(reader)
    const [source, second] = this.sources[reader]!
    if (source === undefined || second !== undefined) return
    const premises = this.exclusions[reader]!
    if (source !== INITIAL) {
      this.certain[source] = true
      this.add({ kind: 'read from', before: source, after: reader, premises })
    }
    for (let other = 0; other < this.views.length; other++) {
      if (this.views[other]!.wrote === undefined || other === source || other === reader) continue
      if (!this.certain[other]) continue
      if (this.isBefore(source, other) && !this.isBefore(reader, other)) {
        const later = this.path(source, other)
        this.add({ kind: 'overwritten', before: reader, after: other, source, premises: [...premises, ...later] })
      }
      if (source !== INITIAL && this.isBefore(other, reader) && !this.isBefore(other, source)) {
        const earlier = this.path(other, reader)
        this.add({ kind: 'overwrote', before: other, after: source, reader, premises: [...premises, ...earlier] })
      }
    }
  }

  /** Strikes out sources that cannot be, but never the last: the contradiction it leads to says more. */
  private exclude(reader: number): void {
    const sources = this.sources[reader]!
    for (const writer of sources.slice()) {
      if (sources.length === 1) return
      const exclusion = this.exclusionOf(reader, writer)
      if (!exclusion) continue
      sources.splice(sources.indexOf(writer), 1)
      this.exclusions[reader]!.push(this.steps.push(exclusion) - 1)
    }
  }

  private exclusionOf(reader: number, writer: number): Exclusion | undefined {
    if (writer !== INITIAL && this.isBefore(reader, writer)) {
      return { kind: 'excluded', reader, writer, overwriter: undefined, premises: this.path(reader, writer) }
    }
    for (let overwriter = 0; overwriter < this.views.length; overwriter++) {
      if (this.views[overwriter]!.wrote === undefined || overwriter === reader || overwriter === writer) continue
      if (!this.certain[overwriter]) continue
      if (!this.isBefore(writer, overwriter) || !this.isBefore(overwriter, reader)) continue
      const premises = [...this.path(writer, overwriter), ...this.path(overwriter, reader)]
      return { kind: 'excluded', reader, writer, overwriter, premises }
    }
    return undefined
  }

  private add(edge: Edge): void {
    if (this.cycle || this.isBefore(edge.before, edge.after)) return
    const back = this.isBefore(edge.after, edge.before) ? this.path(edge.after, edge.before) : undefined
    const number = this.push(edge)
    if (back) this.cycle = [...back, number]
  }

  private push(edge: Edge): number {
    const number = this.steps.push(edge) - 1
    this.edges[edge.before]!.push(number)
    if (!this.isBefore(edge.before, edge.after)) this.close(edge.before, edge.after)
    return number
  }

  /** All that leads to the one leads to all that the other leads to. */
  private close(before: number, after: number): void {
    const { leads } = this
    const size = this.entries.length
    for (let from = 0; from < size; from++) {
      if (from !== before && leads[from * size + before] === 0) continue
      leads[from * size + after] = 1
      for (let to = 0; to < size; to++) if (leads[after * size + to] === 1) leads[from * size + to] = 1
    }
  }

  /** Everything comes after the initial value. */
  private isBefore(before: number, after: number): boolean {
    return before === INITIAL || before === after || this.leads[before * this.entries.length + after] === 1
  }

  /** The fewest edges that lead from one operation to another that they lead to. */
  private path(from: number, to: number): number[] {
    if (from === INITIAL || from === to) return []
    const cameBy = new Map<number, number>([[from, -1]])
    for (const operation of cameBy.keys()) {
      if (operation === to) break
      for (const number of this.edges[operation]!) {
        const { after } = this.steps[number] as Edge
        if (!cameBy.has(after)) cameBy.set(after, number)
      }
    }
    const path: number[] = []
    for (let at = to; at !== from; at = (this.steps[path.at(-1)!] as Edge).before) path.push(cameBy.get(at)!)
    return path.reverse()
  }
}
