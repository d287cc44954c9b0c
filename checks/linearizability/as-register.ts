import type { Entry } from './entry.ts'
import type { CollectionView, Model, RegisterView } from '../model.ts'
import { samePlain } from '../plain.ts'

/**
 * Where all operations are about one value of a set, the set is a register that holds whether the value is in it, and
 * far more can be left out of a core than of a set: all before what was certainly the last change.
 *
 * @returns the model as it is for all other operations.
 */
export function asRegister<Input, Output>(
  model: Model<any, Input, Output>,
  entries: readonly Entry<Input, Output>[],
): Model<any, Input, Output> {
  const { collection } = model
  if (collection?.kind !== 'set') return model
  const isOne = (other: CollectionView | undefined) => other !== undefined && isOfValue(other, entries, collection.view)
  if (!entries.every(({ input, output }) => isOne(collection.view(input, output)))) return model
  const register = (input: Input, output: Output | undefined) => registerView(collection.view(input, output)!)
  const { name, step, describe } = model
  return { name, init: () => false, step, describe, register }
}

function isOfValue<Input, Output>(
  view: CollectionView,
  [first]: readonly Entry<Input, Output>[],
  viewOf: (input: Input, output: Output | undefined) => CollectionView | undefined,
): boolean {
  const one = viewOf(first!.input, first!.output)
  return one !== undefined && 'value' in one && 'value' in view && samePlain(one.value, view.value)
}

function registerView(view: CollectionView): RegisterView {
  switch (view.does) {
    case 'insert':
      return changes(view.wasIn, true)
    case 'remove':
      return changes(view.wasIn, false)
    case 'look up':
      return view.isIn === undefined ? {} : { found: view.isIn }
    default:
      return {}
  }
}

/** A change that found it done already changes nothing. */
function changes(found: boolean | undefined, to: boolean): RegisterView {
  if (found === undefined) return { wrote: to }
  return found === to ? { found } : { found, wrote: to }
}
