import { HistoryError } from './history-error.ts'
import { actionOf } from './history.ts'
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
    const action = actionOf(operation)
    if (action !== undefined && actions.includes(action)) continue
    const found = action === undefined ? 'an input without an action' : `the action ${JSON.stringify(action)}`
    throw new HistoryError(operation, `${found} is none of the model ${name}, which has ${actions.join(', ')}`)
  }
}
