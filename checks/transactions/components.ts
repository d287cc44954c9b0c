import { PASS } from './graph.ts'
import type { Graph } from './graph.ts'

/** Strongly connected components: two vertices share one exactly where a cycle goes through both. */
export interface Components {
  readonly count: number
  /** Of each vertex. Where an edge leads from one component to another, the other's number is smaller. */
  readonly of: Int32Array
  /** How many vertices each has. */
  readonly sizes: Int32Array
}

const UNSEEN = 0

/**
 * R. Tarjan, "Depth-first search and linear graph algorithms", 1972, with a stack of its own in place of recursion.
 * Begins with the last transaction, so that the components of a history are numbered nearly backwards in time.
 *
 * @param mask the kinds of edges that count.
 */
export function componentsOf(graph: Graph, mask: number): Components {
  const { vertices, transactions, offsets, targets, kinds } = graph
  const allowed = mask | PASS
  const component = new Int32Array(vertices).fill(-1)
  const sizes: number[] = []
  // The number of a vertex in the order of discovery, and the smallest that it reaches; 0 where it was not seen yet.
  const found = new Int32Array(vertices)
  const lowest = new Int32Array(vertices)
  const nextEdge = new Int32Array(vertices)
  const path = new Int32Array(vertices)
  const open = new Int32Array(vertices)
  let discovered = 0
  let openCount = 0

  const explore = (root: number): void => {
    let depth = 0
    let vertex = root
    for (;;) {
      if (found[vertex] === UNSEEN) {
        found[vertex] = lowest[vertex] = ++discovered
        nextEdge[vertex] = offsets[vertex]!
        open[openCount++] = vertex
      }
      const end = offsets[vertex + 1]!
      let edge = nextEdge[vertex]!
      let below = -1
      for (; edge < end; edge++) {
        if ((kinds[edge]! & allowed) === 0) continue
        const target = targets[edge]!
        if (found[target] === UNSEEN) {
          below = target
          break
        }
        if (component[target] === -1 && found[target]! < lowest[vertex]!) lowest[vertex] = found[target]!
      }
      nextEdge[vertex] = edge + 1
      if (below >= 0) {
        path[depth++] = vertex
        vertex = below
        continue
      }
      if (lowest[vertex] === found[vertex]) close(vertex)
      if (depth === 0) return
      const parent = path[--depth]!
      if (lowest[vertex]! < lowest[parent]! && component[vertex] === -1) lowest[parent] = lowest[vertex]!
      vertex = parent
    }
  }
  const close = (first: number): void => {
    let member: number
    let size = 0
    do {
      member = open[--openCount]!
      component[member] = sizes.length
      size++
    } while (member !== first)
    sizes.push(size)
  }

  for (let root = transactions - 1; root >= 0; root--) if (found[root] === UNSEEN) explore(root)
  for (let root = transactions; root < vertices; root++) if (found[root] === UNSEEN) explore(root)
  return { count: sizes.length, of: component, sizes: Int32Array.from(sizes) }
}
