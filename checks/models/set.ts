import { valuesOf } from '../history.ts'
import { ofKey } from './keys.ts'
import type { CollectionView, Model } from '../model.ts'
import { canonical, inWords, samePlain } from '../plain.ts'

export type SetInput = (
  | { readonly action: 'add'; readonly value: unknown }
  | { readonly action: 'remove'; readonly value: unknown }
  | { readonly action: 'contains'; readonly value: unknown }
  | { readonly action: 'read' }
) & { readonly key?: string | undefined }

function view(input: SetInput, output: unknown): CollectionView | undefined {
  const told = typeof output === 'boolean' ? output : undefined
  switch (input.action) {
    case 'add':
      return { does: 'insert', value: input.value, wasIn: told === undefined ? undefined : !told }
    case 'remove':
      return { does: 'remove', value: input.value, wasIn: told }
    case 'contains':
      return { does: 'look up', value: input.value, isIn: told }
    case 'read':
      return viewOfRead(output)
  }
}

/** An answer that is no list is none of a set: only the step can say so. */
function viewOfRead(output: unknown): CollectionView | undefined {
  if (output === undefined) return { does: 'read all', values: undefined }
  const values = valuesOf(output)
  return values && { does: 'read all', values }
}

/**
 * A set, empty at first. `add` and `remove` may answer true where they changed it and false where they did not (any
 * other answer tells nothing), `contains` whether the value is in it, and `read` answers a list of all, in any order, or
 * null for none. Without reads of all, each value is judged by itself.
 */
export const set: Model<readonly unknown[], SetInput, unknown> = {
  name: 'set',
  actions: ['add', 'remove', 'contains', 'read'],
  init: () => [],
  step: (values, input, output) => {
    if (input.action === 'read') return output === undefined || sameSet(values, output) ? values : undefined
    const index = values.findIndex((value) => samePlain(value, input.value))
    const changes = input.action === 'add' ? index < 0 : index >= 0
    if (typeof output === 'boolean' && output !== changes) return undefined
    if (!changes || input.action === 'contains') return values
    return input.action === 'add' ? [...values, input.value] : values.filter((_, at) => at !== index)
  },
  identity: (values) => values.map(canonical).sort().join(),
  key: (input) => input.key ?? (input.action === 'read' ? undefined : inWords(input.value)),
  readOnly: ({ action }, output) => action === 'contains' || action === 'read' || output === false,
  collection: { kind: 'set', view },
  describe: (input, output) => {
    const value = input.action === 'read' ? '' : ` ${inWords(input.value)}`
    const answer = input.action === 'read' || typeof output === 'boolean' ? ` -> ${inWords(output)}` : ''
    return `${input.action}${ofKey(input.key)}${value}${output === undefined ? '' : answer}`
  },
}

function sameSet(values: readonly unknown[], output: unknown): boolean {
  const list = valuesOf(output)
  if (list === undefined) return false
  const found = new Set(list.map(canonical))
  return found.size === values.length && values.every((value) => found.has(canonical(value)))
}
