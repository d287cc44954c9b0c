import type { CycleAnomalyName, CycleName } from './anomalies.ts'
import { PASS, PROCESS, REALTIME, RW, WR, WW } from './graph.ts'
import type { Graph } from './graph.ts'
import type { Dependency } from './inference.ts'
import type { Path } from './paths.ts'
import type { TransactionTable } from './table.ts'

/** Each transaction once; each edge leads to the next transaction, the last to the first. */
export type Cycle = readonly Dependency[]

/** The name of what a cycle is made of. */
export function nameOf(cycle: Cycle): CycleAnomalyName {
  const has = (kind: number): boolean => cycle.some((edge) => edge.kind === kind)
  const suffix = has(REALTIME) ? '-realtime' : has(PROCESS) ? '-process' : ''
  return `${dependencyName(cycle)}${suffix}`
}

function dependencyName(cycle: Cycle): CycleName {
  const skips = cycle.filter(({ kind }) => kind === RW).length
  if (skips === 1) return 'G-single'
  if (skips === 0) return cycle.some(({ kind }) => kind === WR) ? 'G1c' : 'G0'
  const isAdjacent = cycle.some(({ kind }, at) => kind === RW && cycle[(at + 1) % cycle.length]!.kind === RW)
  return isAdjacent ? 'G2-item' : 'G-nonadjacent'
}

/**
 * The cycles that a closed path is made of, each through a transaction once. Each edge is of the least kind that there
 * is between its transactions: what follows from data needs no clock.
 */
export function cyclesOf(path: Path, graph: Graph, transactionOf: Int32Array, table: TransactionTable): Cycle[] {
  const hops = hopsOf(path, graph)
  const cycles: Cycle[] = []
  const open: Dependency[] = []
  for (const hop of hops) {
    open.push(hop)
    const start = open.findIndex(({ source }) => source === hop.target)
    if (start >= 0) cycles.push(open.splice(start))
  }
  return cycles.map((cycle) =>
    cycle.map((hop) => {
      const { source, target, kind, cause } = least(hop, graph)
      const edge = { source: transactionOf[source]!, target: transactionOf[target]!, kind, cause }
      return kind === REALTIME && inProcess(edge, table) ? { ...edge, kind: PROCESS } : edge
    }),
  )
}

/** Edges between transactions, those through joints as one. */
function hopsOf(path: Path, { targets, kinds, causes, transactions, offsets }: Graph): Dependency[] {
  const hops: Dependency[] = []
  let source = sourceOf(path[0]!, offsets)
  let kind = PASS
  let cause = -1
  for (const edge of path) {
    if (kinds[edge] !== PASS) kind = kinds[edge]!
    if (causes[edge]! >= 0) cause = causes[edge]!
    const target = targets[edge]!
    if (target >= transactions) continue
    hops.push({ source, target, kind, cause })
    source = target
    cause = -1
  }
  return hops
}

/** The vertex whose edges include this one. */
function sourceOf(edge: number, offsets: Int32Array): number {
  let [low, high] = [0, offsets.length - 2]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (offsets[middle]! <= edge) low = middle
    else high = middle - 1
  }
  return low
}

function least(hop: Dependency, { offsets, targets, kinds, causes }: Graph): Dependency {
  let best = hop
  for (let edge = offsets[hop.source]!; edge < offsets[hop.source + 1]!; edge++) {
    const kind = kinds[edge]!
    if (targets[edge] === hop.target && (kind === WW || kind === WR) && kind < best.kind) {
      best = { ...hop, kind, cause: causes[edge]! }
    }
  }
  return best
}

function inProcess({ source, target }: Dependency, { operations }: TransactionTable): boolean {
  return operations[source]!.process === operations[target]!.process
}
