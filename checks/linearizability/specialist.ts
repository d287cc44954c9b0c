import type { Entry } from './entry.ts'
import type { Model } from '../model.ts'

/**
 * Judges histories of one kind of object, of one kind of values, in polynomial time. Specialists are tried before the
 * general search, in the order of `specialists/index.ts`; the first that answers has the last word, so it must be
 * right whenever it answers.
 *
 * @param entries the operations of one key, in the order of their invocation. `returned` is Infinity where an operation
 * crashed: then its answer is undefined, and it may take effect at any time from its invocation on, or never.
 * @param model what the object promises; `model.register` or `model.collection` tell what kind of object it is and
 * what each call does to it.
 * @returns undefined where it does not apply: another kind of object, values that are not unique, crashed operations
 * that it cannot place. To find that out must be cheap: at most linear, and soonest the most usual reason.
 */
export type Specialist = <Input, Output>(
  entries: readonly Entry<Input, Output>[],
  model: Model<any, Input, Output>,
) => SpecialistVerdict<Input, Output> | undefined

/** `steps` counts the work done (operations looked at, comparisons), the same for the same entries. */
export type SpecialistVerdict<Input = unknown, Output = unknown> =
  | {
      readonly verdict: 'ok'
      readonly steps: number
      /**
       * An order that the model accepts, each operation between its invocation and its return: all that returned, and
       * of those that crashed the ones that must have taken effect. Only called where somebody wants it.
       */
      readonly order: () => readonly Entry<Input, Output>[]
    }
  | {
      readonly verdict: 'violated'
      readonly steps: number
      /**
       * A few of the entries that by themselves have no order, and whose condemnation condemns the whole, in the order
       * of their invocation. Those that only close a case need not be the same objects: one may stand with its answer
       * left out (`output: undefined`), or with `returned: Infinity`. Only called where somebody wants it.
       */
      readonly core: () => readonly Entry<Input, Output>[]
    }
