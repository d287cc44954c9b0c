import type { History, Operation } from './history.ts'
import { refuseOtherActions } from './known-actions.ts'
import type { CollectionView, Model, RegisterView, TextView } from './model.ts'

/** A history and the model to judge it by. */
export interface Judged<Input, Output> {
  readonly history: History<any, Output>
  readonly model: Model<any, Input, Output>
}

/**
 * An operation that failed by what it found took no effect, and its answer must be explained all the same. Mostly the
 * model says by itself that such an answer changes nothing: a compare and set that found another value. Where it does
 * not (an enqueue that found the queue full), the operations are judged by a model of which a failure takes the answer
 * and leaves the state as it was.
 *
 * @throws HistoryError where an operation has an action that the model does not know.
 */
export function asObserved<Input, Output>(
  history: History<Input, Output>,
  model: Model<any, Input, Output>,
): Judged<any, Output> {
  refuseOtherActions(history, model)
  const isFailure = ({ outcome, observed }: Operation<Input, Output>) => outcome === 'fail' && observed === true
  const changesNothing = ({ input, output }: Operation<Input, Output>) =>
    model.readOnly?.(input, output ?? (null as Output)) === true
  if (!history.some((operation) => isFailure(operation) && !changesNothing(operation))) return { history, model }
  return {
    history: history.map((operation) => ({
      ...operation,
      input: { asked: operation.input, failed: isFailure(operation) && !changesNothing(operation) },
    })),
    model: withFailures(model),
  }
}

/** An operation, and whether it took no effect. */
interface Asked<Input> {
  readonly asked: Input
  readonly failed: boolean
}

function withFailures<State, Input, Output>(model: Model<State, Input, Output>): Model<State, Asked<Input>, Output> {
  const { name, init, step, key, identity, readOnly, register, text, collection, describe } = model
  return {
    name,
    init,
    step: (state, { asked, failed }, output) => {
      const after = step(state, asked, output)
      return failed && after !== undefined ? state : after
    },
    readOnly: ({ asked, failed }, output) => failed || readOnly?.(asked, output) === true,
    ...(key && { key: ({ asked }) => key(asked) }),
    ...(identity && { identity }),
    ...(register && { register: ({ asked, failed }, output) => looked(register(asked, output), failed) }),
    ...(text && { text: ({ asked, failed }, output) => readText(text(asked, output), failed) }),
    ...(collection && {
      collection: {
        kind: collection.kind,
        view: ({ asked, failed }, output) => lookedInto(collection.view(asked, output), failed),
      },
    }),
    describe: ({ asked }, output) => describe(asked, output),
  }
}

function looked({ found, foundNot, wrote }: RegisterView, failed: boolean): RegisterView {
  return failed ? { found, foundNot } : { found, foundNot, wrote }
}

function readText(view: TextView | undefined, failed: boolean): TextView | undefined {
  return failed && view?.does !== 'get' ? undefined : view
}

function lookedInto(view: CollectionView | undefined, failed: boolean): CollectionView | undefined {
  const changes = view?.does === 'insert' || view?.does === 'take' || view?.does === 'remove'
  return failed && changes ? undefined : view
}
