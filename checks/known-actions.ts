import { HistoryError } from './judges/input.ts'
import type { History } from './history.ts'
import type { Model } from './model.ts'

/**
 * An operation that a model does not know would do nothing and be right whatever it answered, so it is refused.
 *
 * @throws HistoryError
 */
export function refuseOtherActions<Input, Output>(
  history: History<Input, Output>,
  { name, actions }: Model<any, Input, Output>,
): void {
  if (actions === undefined) return
  for (const operation of history) {
    const { action } = (operation.input ?? {}) as { readonly action?: unknown }
    if (actions.includes(action as string)) continue
    const found = action === undefined ? 'an input without an action' : `the action ${JSON.stringify(action)}`
    throw new HistoryError(operation, `${found} is none of the model ${name}, which has ${actions.join(', ')}`)
  }
}
