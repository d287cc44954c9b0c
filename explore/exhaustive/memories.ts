import type { ClusterView } from '../../checks/property.ts'
import type { Violation } from '../../checks/verdict.ts'
import { Copying, objectsOf } from './copy.ts'
import type { Prints } from './prints.ts'
import type { Watch } from './properties.ts'
import type { Cell, Memory } from './state.ts'

/**
 * What properties remember, from step to step. A property changes its memory in place, so each step works on a copy; as
 * most steps change nothing of it, the copy then serves the next step from the same state.
 */
export class Memories {
  private readonly watch: Watch
  private readonly prints: Prints
  private readonly shared: WeakSet<object>
  private readonly own: readonly boolean[]
  private readonly none: boolean

  /** `shared` are objects that were sent in messages. */
  constructor(watch: Watch, prints: Prints, shared: WeakSet<object>) {
    this.watch = watch
    this.prints = prints
    this.shared = shared
    this.own = watch.ownMemories
    this.none = watch.memories().every((memory) => memory === undefined)
  }

  /** At the start. */
  first(): Memory {
    const values = this.watch.memories()
    return { values, spare: undefined, pointsIntoStates: false, ...this.prints.memory(values, this.own) }
  }

  /**
   * After a step of the changed node, and what was found wrong. `copying` made the copy of its state, from one of the
   * `cells` that were there before.
   */
  after(
    memory: Memory,
    cells: readonly Cell[],
    view: ClusterView,
    changed: Cell,
    copying: Copying,
  ): { readonly memory: Memory; readonly violation: Violation | undefined } {
    const values = this.none ? memory.values : this.workOn(memory, cells, copying)
    const violation = this.watch.observe(view, values, changed)
    if (this.none || violation !== undefined) return { memory, violation }
    const { common, prints } = this.prints.memory(values, this.own, memory)
    if (!memory.pointsIntoStates && prints === memory.prints) {
      // Equal is not enough to be used again: it must point to the same objects that were sent.
      if (this.pointsAlike(memory.values, values)) memory.spare = values
      return { memory, violation }
    }
    const pointsIntoStates = this.pointsIntoStates(values, view.nodes)
    return { memory: { values, spare: undefined, pointsIntoStates, common, prints }, violation }
  }

  private workOn(memory: Memory, cells: readonly Cell[], copying: Copying): readonly unknown[] {
    if (memory.pointsIntoStates) return copying.memory(memory.values, objectsOf(cells.map(({ state }) => state)))
    const { spare } = memory
    memory.spare = undefined
    return spare ?? new Copying(this.shared).memory(memory.values)
  }

  /** True where an object of a node's state is remembered that is not one of a message: it changes with each copy. */
  private pointsIntoStates(values: readonly unknown[], nodes: readonly { readonly state: unknown }[]): boolean {
    const inMemory = objectsOf(values)
    for (const object of objectsOf(nodes.map(({ state }) => state))) {
      if (inMemory.has(object) && !this.shared.has(object)) return true
    }
    return false
  }

  private pointsAlike(left: unknown, right: unknown): boolean {
    if (left === right || typeof left !== 'object' || left === null) return true
    if (this.shared.has(left)) return false
    if (left instanceof Map) {
      const others = [...(right as ReadonlyMap<unknown, unknown>)]
      return [...left].every((entry, index) => this.pointsAlike(entry, others[index]))
    }
    if (left instanceof Set) {
      const others = [...(right as ReadonlySet<unknown>)]
      return [...left].every((item, index) => this.pointsAlike(item, others[index]))
    }
    const other = right as Readonly<Record<string, unknown>>
    return Object.entries(left).every(([field, value]) => this.pointsAlike(value, other[field]))
  }
}
