import type { GraphBuilder } from './graph.ts'
import type { TransactionTable } from './table.ts'

/** What a workload's analysis hands to the search for cycles, beside the edges and the direct findings. */
export interface Inference {
  readonly builder: GraphBuilder
  /** Why one transaction comes before the other, the rest of a sentence that begins `T1 < T2, because`. */
  readonly reason: (edge: Dependency, name: (transaction: number) => string) => string
}

/** An edge of a cycle, of the kind `WW`, `WR` or `RW`. */
export interface Dependency {
  readonly source: number
  readonly target: number
  readonly kind: number
  /** The write that it follows from: of the target where it is overwritten, of the source where it is read. */
  readonly cause: number
}

/** Transactions that come before others for a reason of one kind. */
export interface Before {
  readonly transaction: number
  readonly kind: number
}

/** A transaction that comes after others because of a write of its own. */
export interface After {
  readonly transaction: number
  readonly write: number
}

/** Up to this many edges are worth no joints. */
const FEW_EDGES = 64

/**
 * Each of the first comes before each of the others, but none before itself. So many pairs take an edge each only
 * where they are few; otherwise the later ones are hung on two chains of joints, of which one leads to all those before
 * a place and the other to all those from there on, so that a transaction that is among both can step around itself.
 *
 * @param after each transaction once.
 */
export function allBefore(
  builder: GraphBuilder,
  before: readonly Before[],
  after: readonly After[],
  pass: number,
): void {
  if (before.length * after.length <= FEW_EDGES || before.length === 1 || after.length === 1) {
    for (const { transaction, kind } of before) {
      for (const later of after) {
        if (later.transaction !== transaction) builder.edge(transaction, later.transaction, kind, later.write)
      }
    }
    return
  }
  const places = new Map(after.map(({ transaction }, place) => [transaction, place]))
  const upTo = after.map(() => builder.joint())
  const from = after.map(() => builder.joint())
  after.forEach(({ transaction, write }, place) => {
    builder.edge(upTo[place]!, transaction, pass, write)
    builder.edge(from[place]!, transaction, pass, write)
    if (place > 0) builder.edge(upTo[place]!, upTo[place - 1]!, pass)
    if (place > 0) builder.edge(from[place - 1]!, from[place]!, pass)
  })
  for (const { transaction, kind } of before) {
    const own = places.get(transaction)
    if (own === undefined) builder.edge(transaction, from[0]!, kind)
    else if (own > 0) builder.edge(transaction, upTo[own - 1]!, kind)
    if (own !== undefined && own + 1 < after.length) builder.edge(transaction, from[own + 1]!, kind)
  }
}

/** Room for two edges of each micro-operation, and for those of time. */
export function expectedEdges({ keyOf, operations }: TransactionTable): number {
  return 2 * keyOf.length + 5 * operations.length + 16
}
