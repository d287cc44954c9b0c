import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { componentsOf } from '../../../checks/transactions/components.ts'
import { GraphBuilder, PASS, RW, WR, WW } from '../../../checks/transactions/graph.ts'
import type { Graph } from '../../../checks/transactions/graph.ts'
import { allBefore } from '../../../checks/transactions/inference.ts'
import { PathFinder } from '../../../checks/transactions/paths.ts'

const VERTICES = 9
const edges = fc.array(
  fc.record({
    source: fc.nat(VERTICES - 1),
    target: fc.nat(VERTICES - 1),
    kind: fc.constantFrom(WW, WR, RW),
  }),
  { maxLength: 24 },
)

function graphOf(list: readonly { readonly source: number; readonly target: number; readonly kind: number }[]): Graph {
  const builder = new GraphBuilder(VERTICES, 1)
  for (const { source, target, kind } of list) builder.edge(source, target, kind)
  return builder.build()
}

/** The shortest distances by the definition: Floyd and Warshall. Edges that only pass have no length. */
function distances({ vertices, offsets, targets, kinds }: Graph, mask: number): number[][] {
  const table = Array.from({ length: vertices }, (_, from) =>
    Array.from({ length: vertices }, (__, to) => (from === to ? 0 : Infinity)),
  )
  for (let from = 0; from < vertices; from++) {
    for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge++) {
      if ((kinds[edge]! & (mask | PASS)) === 0) continue
      const length = kinds[edge] === PASS ? 0 : 1
      table[from]![targets[edge]!] = Math.min(table[from]![targets[edge]!]!, length)
    }
  }
  for (let by = 0; by < vertices; by++) {
    for (let from = 0; from < vertices; from++) {
      for (let to = 0; to < vertices; to++) {
        table[from]![to] = Math.min(table[from]![to]!, table[from]![by]! + table[by]![to]!)
      }
    }
  }
  return table
}

const pairs = Array.from(
  { length: VERTICES * VERTICES },
  (_, at) => [Math.floor(at / VERTICES), at % VERTICES] as const,
)

test('two vertices share a component where each reaches the other, and edges between components lead downwards', () => {
  fc.assert(
    fc.property(edges, (list) => {
      const graph = graphOf(list)
      const { of, sizes } = componentsOf(graph, WW | WR)
      const reach = distances(graph, WW | WR)
      const wrong = pairs.filter(([left, right]) => {
        const isReached = reach[left]![right]! < Infinity
        const isMutual = isReached && reach[right]![left]! < Infinity
        return (of[left] === of[right]) !== isMutual || (isReached && of[left]! < of[right]!)
      })
      expect(wrong).toEqual([])
      expect([...sizes]).toEqual([...sizes.keys()].map((one) => of.filter((other) => other === one).length))
    }),
    { numRuns: 300, seed: 31 },
  )
})

test('a path is as short as there is any, and made of edges of the kinds that count', () => {
  fc.assert(
    fc.property(edges, fc.nat(VERTICES - 1), fc.nat(VERTICES - 1), (list, from, to) => {
      fc.pre(from !== to)
      const graph = graphOf(list)
      const anywhere = { of: new Int32Array(VERTICES), lowest: 0, highest: 0 }
      const path = new PathFinder(graph).shortest(from, to, WW | WR, anywhere)
      expect(path?.length ?? Infinity).toBe(distances(graph, WW | WR)[from]![to])
      expect((path ?? []).every((edge) => graph.kinds[edge] !== RW)).toBe(true)
    }),
    { numRuns: 300, seed: 32 },
  )
})

test('whatever the joints, each of the first leads to each of the others and none to itself', () => {
  const count = 18
  const members = fc.subarray(Array.from({ length: count }, (_, member) => member))
  fc.assert(
    fc.property(members, members, (first, second) => {
      const builder = new GraphBuilder(count)
      const before = first.map((transaction) => ({ transaction, kind: RW }))
      const after = second.map((transaction) => ({ transaction, write: transaction }))
      allBefore(builder, before, after, PASS)
      const graph = builder.build()
      const finder = new PathFinder(graph)
      const anywhere = { of: new Int32Array(graph.vertices), lowest: 0, highest: 0 }
      const missing = first.flatMap((from) =>
        second.filter((to) => to !== from && finder.shortest(from, to, RW, anywhere) === undefined),
      )
      expect(missing).toEqual([])
      expect(first.filter((one) => leadsToItself(graph, one))).toEqual([])
      expect(graph.targets.length).toBeLessThan(Math.max(65, 2 * first.length + 4 * second.length))
    }),
    { numRuns: 100, seed: 33 },
  )
})

/** True where a vertex is reached from one of its own edges by edges that only pass. */
function leadsToItself({ offsets, targets, kinds }: Graph, vertex: number): boolean {
  const reached = new Set(targets.slice(offsets[vertex], offsets[vertex + 1]))
  for (const one of reached) {
    for (let edge = offsets[one]!; edge < offsets[one + 1]!; edge++)
      if (kinds[edge] === PASS) reached.add(targets[edge]!)
  }
  return reached.has(vertex)
}
