import { entriesOf } from '../../../checks/linearizability/entry.ts'
import type { Specialist } from '../../../checks/linearizability/specialist.ts'
import type { History } from '../../../checks/history.ts'
import type { Model } from '../../../checks/model.ts'

/**
 * A specialist's verdict in short: the order's ids after `ok`, the core's ids after `violated`, those marked that are
 * left open in it though they returned later; `left` where it has no answer.
 */
export function judgedBy(specialist: Specialist, model: Model, history: History): readonly (string | number)[] {
  const verdict = specialist(entriesOf(history), model)
  if (verdict === undefined) return ['left']
  if (verdict.verdict === 'ok') return ['ok', ...verdict.order().map(({ operation }) => operation.id)]
  return [
    'violated',
    ...verdict
      .core()
      .map(({ operation: { id, outcome }, returned }) =>
        returned === Infinity && outcome !== 'info' ? `${id} open` : id,
      ),
  ]
}
