/**
 * What must come before what, as a directed graph of numbers. The first vertices are transactions; behind them come
 * joints, through which many edges pass that would otherwise be one for each pair: an edge into a joint is of a kind,
 * and goes on from there by edges that only pass.
 */

/** Kinds of edges, each a bit. A. Adya, "Weak Consistency", 1999, section 3.2; and what clients can tell of time. */
export const WW = 1
/** Reads what the other wrote. */
export const WR = 2
/** Read what the other overwrote: an anti-dependency. */
export const RW = 4
/** One after the other in the same process. */
export const PROCESS = 8
/** One had returned when the other was invoked. */
export const REALTIME = 16
/** Out of a joint: belongs to the edge that led into it. */
export const PASS = 32

/** Edges by vertex: those of `vertex` are from `offsets[vertex]` up to `offsets[vertex + 1]`. */
export interface Graph {
  readonly vertices: number
  /** Vertices below are transactions, those from there on are joints. */
  readonly transactions: number
  readonly offsets: Int32Array
  readonly targets: Int32Array
  readonly kinds: Uint8Array
  /** What it follows from, for explanations: a write's number, or -1. */
  readonly causes: Int32Array
}

/** Collects edges; grows as they come. */
export class GraphBuilder {
  private readonly transactions: number
  private vertices: number
  private count = 0
  private sources: Int32Array
  private targets: Int32Array
  private causes: Int32Array
  private kinds: Uint8Array

  /** @param expected how many edges there may be; more are no harm. */
  constructor(transactions: number, expected = 1024) {
    this.transactions = transactions
    this.vertices = transactions
    this.sources = new Int32Array(expected)
    this.targets = new Int32Array(expected)
    this.causes = new Int32Array(expected)
    this.kinds = new Uint8Array(expected)
  }

  /** How many edges there are by now. */
  get edges(): number {
    return this.count
  }

  joint(): number {
    return this.vertices++
  }

  edge(source: number, target: number, kind: number, cause = -1): void {
    if (this.count === this.sources.length) this.grow()
    this.sources[this.count] = source
    this.targets[this.count] = target
    this.kinds[this.count] = kind
    this.causes[this.count++] = cause
  }

  /** The graph of all edges; of a vertex, in the order in which they came. */
  build(): Graph {
    const { count, sources, vertices } = this
    const offsets = new Int32Array(vertices + 1)
    for (let edge = 0; edge < count; edge++) offsets[sources[edge]! + 1]!++
    for (let vertex = 0; vertex < vertices; vertex++) offsets[vertex + 1]! += offsets[vertex]!
    const free = offsets.slice()
    const targets = new Int32Array(count)
    const causes = new Int32Array(count)
    const kinds = new Uint8Array(count)
    for (let edge = 0; edge < count; edge++) {
      const place = free[sources[edge]!]!++
      targets[place] = this.targets[edge]!
      causes[place] = this.causes[edge]!
      kinds[place] = this.kinds[edge]!
    }
    return { vertices, transactions: this.transactions, offsets, targets, kinds, causes }
  }

  private grow(): void {
    const length = 2 * this.sources.length + 1
    const enlarged = (old: Int32Array): Int32Array => {
      const array = new Int32Array(length)
      array.set(old)
      return array
    }
    this.sources = enlarged(this.sources)
    this.targets = enlarged(this.targets)
    this.causes = enlarged(this.causes)
    const kinds = new Uint8Array(length)
    kinds.set(this.kinds)
    this.kinds = kinds
  }
}
