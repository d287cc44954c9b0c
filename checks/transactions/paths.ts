import { PASS } from './graph.ts'
import type { Graph } from './graph.ts'

/** A path by its edges: numbers in the graph's lists, those that only pass among them. */
export type Path = readonly number[]

/** Which vertices a path may go through, by their component. */
export interface Bounds {
  readonly of: Int32Array
  readonly lowest: number
  readonly highest: number
}

/** Finds shortest paths in one graph, again and again, in arrays that are used again. */
export class PathFinder {
  /** Edges looked at so far. */
  steps = 0
  private readonly graph: Graph
  private readonly distances: Int32Array
  private readonly edgeTo: Int32Array
  private readonly sourceOf: Int32Array
  /** A distance counts only where the search is the present one. */
  private readonly searchOf: Int32Array
  private search = 0

  constructor(graph: Graph) {
    this.graph = graph
    this.distances = new Int32Array(graph.vertices)
    this.edgeTo = new Int32Array(graph.vertices)
    this.sourceOf = new Int32Array(graph.vertices)
    this.searchOf = new Int32Array(graph.vertices)
  }

  /**
   * A path from one vertex to another with the fewest edges that do not only pass, by breadth-first search; undefined
   * where there is none.
   *
   * @param mask the kinds of edges that count.
   */
  shortest(from: number, to: number, mask: number, bounds: Bounds): Path | undefined {
    const { offsets, targets, kinds } = this.graph
    const allowed = mask | PASS
    this.search++
    this.reach(from, 0, -1, -1)
    let level = [from]
    for (let distance = 0; level.length > 0; distance++) {
      const next: number[] = []
      // Joints are put behind the level that they belong to while it is gone through.
      for (let at = 0; at < level.length; at++) {
        const vertex = level[at]!
        if (this.distances[vertex] !== distance) continue
        for (let edge = offsets[vertex]!; edge < offsets[vertex + 1]!; edge++) {
          this.steps++
          const kind = kinds[edge]!
          const target = targets[edge]!
          if ((kind & allowed) === 0 || bounds.of[target]! < bounds.lowest || bounds.of[target]! > bounds.highest)
            continue
          const length = kind === PASS ? distance : distance + 1
          if (this.searchOf[target] === this.search && this.distances[target]! <= length) continue
          this.reach(target, length, edge, vertex)
          if (kind === PASS) level.push(target)
          else next.push(target)
        }
      }
      if (this.searchOf[to] === this.search && this.distances[to]! <= distance) return this.pathTo(from, to)
      level = next
    }
    return undefined
  }

  private reach(vertex: number, distance: number, edge: number, source: number): void {
    this.searchOf[vertex] = this.search
    this.distances[vertex] = distance
    this.edgeTo[vertex] = edge
    this.sourceOf[vertex] = source
  }

  private pathTo(from: number, to: number): Path {
    const path: number[] = []
    for (let vertex = to; vertex !== from; vertex = this.sourceOf[vertex]!) path.push(this.edgeTo[vertex]!)
    return path.reverse()
  }
}
