import type { Model } from '../model.ts'
import { canonical } from '../plain.ts'

/** A model in which an operation may leave one of several states behind, and nobody is told which. */
export interface NondeterministicModel<State = any, Input = any, Output = any> extends Pick<
  Model<State, Input, Output>,
  'name' | 'key' | 'identity' | 'describe'
> {
  /** Every state that it may begin in. */
  readonly init: () => readonly State[]
  /** Every state that may follow; none where the operation could not have had this answer in this state. */
  readonly steps: (state: State, input: Input, output: Output | undefined) => readonly State[]
}

/**
 * The model whose state is the list of all states that the other may be in: an order of operations that leaves one of
 * them possible is an order of the other. (The subset construction: M. Rabin and D. Scott, "Finite automata and their
 * decision problems", 1959.)
 */
export function nondeterministic<State, Input, Output>(
  model: NondeterministicModel<State, Input, Output>,
): Model<readonly State[], Input, Output> {
  const { name, key, identity = canonical, describe } = model
  const each = (states: readonly State[]) => {
    const known = new Map(states.map((state) => [identity(state), state]))
    return [...known].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, state]) => state)
  }
  return {
    name,
    init: () => each(model.init()),
    step: (states, input, output) => {
      const after = each(states.flatMap((state) => model.steps(state, input, output)))
      return after.length === 0 ? undefined : after
    },
    identity: (states) => states.map(identity).join('\n'),
    ...(key && { key }),
    describe,
  }
}
