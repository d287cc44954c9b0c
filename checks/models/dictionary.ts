import { held } from './keys.ts'
import type { Model } from '../model.ts'
import { inWords, samePlain } from '../plain.ts'

export type DictionaryInput =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'set'; readonly key: string; readonly value: unknown }

/**
 * A dictionary of plain values, each key a register of its own that holds null at first. `get` answers the value;
 * what `set` answers does not matter.
 */
export const dictionary: Model<unknown, DictionaryInput, unknown> = {
  name: 'dictionary',
  actions: ['get', 'set'],
  init: () => null,
  step: (value, input, output) => {
    if (input.action === 'set') return held(input.value)
    return output === undefined || samePlain(value, output) ? value : undefined
  },
  key: ({ key }) => key,
  readOnly: ({ action }) => action === 'get',
  register: (input, output) => {
    if (input.action === 'set') return { wrote: held(input.value) }
    return output === undefined ? {} : { found: output }
  },
  describe: (input, output) => {
    if (input.action === 'set') return `write ${input.key}=${inWords(input.value)}`
    return output === undefined ? `read ${input.key}` : `read ${input.key} -> ${inWords(output)}`
  },
}
