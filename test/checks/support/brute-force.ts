import type { Entry } from '../../../checks/linearizability/entry.ts'
import type { Model } from '../../../checks/model.ts'

/**
 * All orders that the definition of linearizability allows, one after the other: each operation between its invocation
 * and its return, all that returned are in it, and the model accepts every answer. `visit` says whether to stop.
 */
export function everyOrder(
  entries: readonly Entry[],
  model: Model,
  visit: (order: readonly Entry[]) => boolean,
): boolean {
  const extend = (order: readonly Entry[], state: unknown): boolean => {
    const rest = entries.filter((entry) => !order.includes(entry))
    if (rest.every(({ returned }) => returned === Infinity) && visit(order)) return true
    return rest.some((entry) => {
      if (rest.some(({ returned }) => returned < entry.invoked)) return false
      const after = model.step(state, entry.input, entry.output)
      return after !== undefined && extend([...order, entry], after)
    })
  }
  return extend([], model.init())
}

export function hasOrder(entries: readonly Entry[], model: Model): boolean {
  return everyOrder(entries, model, () => true)
}
