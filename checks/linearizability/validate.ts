import { entriesOf } from './entry.ts'
import type { Entry } from './entry.ts'
import type { History } from '../history.ts'
import type { Model } from '../model.ts'
import { asObserved } from '../observed.ts'
import type { Order } from '../verdict.ts'

/**
 * Replays the orders of a good verdict, knowing nothing of how they were found: each operation that was answered comes
 * once, those that may have taken effect once at most, none comes before one that had returned when it was invoked,
 * and the model gives every answer that was given.
 *
 * @returns undefined where all of it holds; otherwise the first thing that does not, in a sentence.
 */
export function validate<Input, Output>(
  history: History<Input, Output>,
  model: Model<any, Input, Output>,
  orders: readonly Order[],
): string | undefined {
  const judged = asObserved(history, model)
  return replayed(entriesOf(judged.history), judged.model, orders)
}

function replayed<Input, Output>(
  entries: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
  orders: readonly Order[],
): string | undefined {
  const missing = new Map(entries.map((entry) => [entry.operation.id, entry]))
  for (const { key, order } of orders) {
    let state = model.init()
    let latest = -1
    for (const id of order) {
      const entry = missing.get(id)
      if (!entry) return `operation ${id} comes twice, or is none that can take effect`
      missing.delete(id)
      if (key !== undefined && model.key?.(entry.input) !== key) return `operation ${id} is not one on ${key}`
      if (entry.returned < latest) return `operation ${id} had returned when one before it was invoked`
      latest = Math.max(latest, entry.invoked)
      const after = model.step(state, entry.input, entry.output)
      if (after === undefined) return `the model does not accept operation ${id} where it comes`
      state = after
    }
  }
  for (const [id, { returned }] of missing) if (returned !== Infinity) return `operation ${id} is in no order`
  return undefined
}
