import { componentsOf } from './components.ts'
import { GraphBuilder, PASS, PROCESS, REALTIME, RW, WR, WW } from './graph.ts'
import type { Graph } from './graph.ts'

/**
 * What is left of a graph when everything is taken away that no cycle goes through: its strongly connected components
 * of two vertices or more, here called knots.
 */
export interface Knots {
  readonly graph: Graph
  /** The transaction that each of the graph's first vertices stands for: knot by knot, and by time in each. */
  readonly transactionOf: Int32Array
  /** The first vertex of each knot, and behind the last the number of transactions in all. */
  readonly firstOf: Int32Array
}

/**
 * The knots of a graph, the one with the earliest transaction first. Edges of the order in a process are hung on joints
 * of their own, so that one of them leads to everything that the process did later, as one in time does.
 */
export function knotsOf(graph: Graph): Knots | undefined {
  const components = componentsOf(graph, WW | WR | RW | PROCESS | REALTIME)
  if (components.count === graph.vertices) return undefined
  const members = new Map<number, number[]>()
  const joints: number[] = []
  for (let vertex = 0; vertex < graph.vertices; vertex++) {
    const component = components.of[vertex]!
    if (components.sizes[component] === 1) continue
    if (vertex >= graph.transactions) joints.push(vertex)
    else if (members.has(component)) members.get(component)!.push(vertex)
    else members.set(component, [vertex])
  }
  const knots = [...members.values()]
  const transactionOf = Int32Array.from(knots.flat())
  const firstOf = new Int32Array(knots.length + 1)
  knots.forEach(({ length }, knot) => {
    firstOf[knot + 1] = firstOf[knot]! + length
  })
  return {
    graph: withinKnots(graph, components.of, [...transactionOf, ...joints], transactionOf.length),
    transactionOf,
    firstOf,
  }
}

/** The edges that stay in one component, among the given vertices, which are numbered anew in their order. */
function withinKnots(graph: Graph, component: Int32Array, vertices: readonly number[], transactions: number): Graph {
  const { offsets, targets, kinds, causes } = graph
  const numberOf = new Map(vertices.map((vertex, number) => [vertex, number]))
  const builder = new GraphBuilder(transactions)
  for (let joint = transactions; joint < vertices.length; joint++) builder.joint()
  const afterOf = new Map<number, number>()
  const after = (vertex: number): number => {
    const known = afterOf.get(vertex)
    if (known !== undefined) return known
    const joint = builder.joint()
    afterOf.set(vertex, joint)
    builder.edge(vertex, joint, PROCESS)
    return joint
  }
  vertices.forEach((vertex, number) => {
    for (let edge = offsets[vertex]!; edge < offsets[vertex + 1]!; edge++) {
      const target = targets[edge]!
      if (component[target] !== component[vertex]) continue
      const targetNumber = numberOf.get(target)!
      if (kinds[edge] !== PROCESS) builder.edge(number, targetNumber, kinds[edge]!, causes[edge]!)
      else {
        builder.edge(after(number), targetNumber, PASS)
        if (isFollowed(graph, component, target)) builder.edge(after(number), after(targetNumber), PASS)
      }
    }
  })
  return builder.build()
}

/** True where the process did something later that is in the same component. */
function isFollowed({ offsets, targets, kinds }: Graph, component: Int32Array, vertex: number): boolean {
  for (let edge = offsets[vertex]!; edge < offsets[vertex + 1]!; edge++) {
    if (kinds[edge] === PROCESS && component[targets[edge]!] === component[vertex]) return true
  }
  return false
}
