import { held, ofKey } from './keys.ts'
import type { Model } from '../model.ts'
import { inWords, samePlain } from '../plain.ts'

export type RegisterInput = ({ readonly action: 'read' } | { readonly action: 'write'; readonly value: unknown }) & {
  readonly key?: string | undefined
}

/** A register that holds null at first. `read` answers the value; what `write` answers does not matter. */
export const register: Model<unknown, RegisterInput, unknown> = {
  name: 'register',
  actions: ['read', 'write'],
  init: () => null,
  step: (value, input, output) => {
    if (input.action === 'write') return held(input.value)
    return output === undefined || samePlain(value, output) ? value : undefined
  },
  key: ({ key }) => key,
  readOnly: ({ action }) => action === 'read',
  register: (input, output) => {
    if (input.action === 'write') return { wrote: held(input.value) }
    return output === undefined ? {} : { found: output }
  },
  describe: (input, output) => {
    const of = ofKey(input.key)
    if (input.action === 'write') return `write${of} ${inWords(input.value)}`
    return output === undefined ? `read${of}` : `read${of} -> ${inWords(output)}`
  },
}
