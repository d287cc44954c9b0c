import type { Entry } from '../../../checks/linearizability/entry.ts'
import type { Model } from '../../../checks/model.ts'
import { canonical } from '../../../checks/plain.ts'

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

/** The same, for histories a little longer: what follows from a set of ordered operations and a state is looked at once. */
export function hasOrderRemembering(entries: readonly Entry[], model: Model): boolean {
  const hopeless = new Set<string>()
  const extend = (done: number, state: unknown): boolean => {
    const isLeft = (_: Entry, index: number) => (done & (1 << index)) === 0
    const rest = entries.filter(isLeft)
    if (rest.every(({ returned }) => returned === Infinity)) return true
    const place = `${done} ${canonical(state)}`
    if (hopeless.has(place)) return false
    const isOrdered = entries.some((entry, index) => {
      if (!isLeft(entry, index) || rest.some(({ returned }) => returned < entry.invoked)) return false
      const after = model.step(state, entry.input, entry.output)
      return after !== undefined && extend(done | (1 << index), after)
    })
    if (!isOrdered) hopeless.add(place)
    return isOrdered
  }
  return extend(0, model.init())
}

/** Whether an order is a proof: all that returned once, what crashed once at most, in real time, and answered so. */
export function isOrderOf(order: readonly Entry[], entries: readonly Entry[], model: Model): boolean {
  const known = new Set(entries)
  const ordered = new Set(order)
  let state = model.init()
  for (const [place, entry] of order.entries()) {
    if (!known.has(entry) || order.slice(place).some(({ returned }) => returned < entry.invoked)) return false
    state = model.step(state, entry.input, entry.output)
    if (state === undefined) return false
  }
  return ordered.size === order.length && entries.every((entry) => ordered.has(entry) || entry.returned === Infinity)
}
