/**
 * The strongly connected components of a graph of nodes 0, 1, 2 …: each node's component by its number, in an order in
 * which what a node leads to comes first. R. Tarjan, "Depth-first search and linear graph algorithms", 1972, without
 * recursion.
 */
export function componentsOf(out: readonly (readonly number[])[]): Int32Array {
  const component = new Int32Array(out.length).fill(NONE)
  const index = new Int32Array(out.length).fill(NONE)
  const low = new Int32Array(out.length)
  const next = new Int32Array(out.length)
  const open: number[] = []
  let [indexes, components] = [0, 0]
  const enter = (node: number): void => {
    index[node] = low[node] = indexes++
    open.push(node)
  }
  const leave = (node: number): void => {
    if (low[node] !== index[node]) return
    for (let member = NONE; member !== node;) {
      member = open.pop()!
      component[member] = components
    }
    components += 1
  }
  for (const root of out.keys()) {
    if (index[root] !== NONE) continue
    enter(root)
    const way = [root]
    while (way.length > 0) {
      const node = way.at(-1)!
      const target = out[node]![next[node]!]
      next[node]! += 1
      if (target === undefined) {
        leave(node)
        way.pop()
        const parent = way.at(-1)
        if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!)
      } else if (index[target] === NONE) {
        enter(target)
        way.push(target)
      } else if (component[target] === NONE) low[node] = Math.min(low[node]!, index[target]!)
    }
  }
  return component
}

const NONE = -1
