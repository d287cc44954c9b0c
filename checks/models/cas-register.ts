import { held, ofKey } from './keys.ts'
import type { Model } from '../model.ts'
import { inWords, samePlain } from '../plain.ts'

export type CasRegisterInput = (
  | { readonly action: 'read' }
  | { readonly action: 'write'; readonly value: unknown }
  | { readonly action: 'cas'; readonly expected: unknown; readonly next: unknown }
) & { readonly key?: string | undefined }

/**
 * One register that holds null at first. `read` answers the value, `cas` (compare and set) false where it did not find
 * what it expected, and anything else where it did, and so wrote the next value; what `write` answers does not matter.
 */
export const casRegister: Model<unknown, CasRegisterInput, unknown> = {
  name: 'cas-register',
  actions: ['read', 'write', 'cas'],
  init: () => null,
  step: (value, input, output) => {
    if (input.action === 'write') return held(input.value)
    if (input.action === 'read') return output === undefined || samePlain(value, output) ? value : undefined
    const swaps = samePlain(value, held(input.expected))
    if (output !== undefined && (output !== false) !== swaps) return undefined
    return swaps ? held(input.next) : value
  },
  key: ({ key }) => key,
  readOnly: ({ action }, output) => action === 'read' || (action === 'cas' && output === false),
  register: (input, output) => {
    if (input.action === 'write') return { wrote: held(input.value) }
    if (input.action === 'read') return output === undefined ? {} : { found: output }
    const expected = held(input.expected)
    return output === false ? { foundNot: expected } : { found: expected, wrote: held(input.next) }
  },
  describe: (input, output) => {
    const of = ofKey(input.key)
    if (input.action === 'write') return `write${of} ${inWords(input.value)}`
    if (input.action === 'read') return output === undefined ? `read${of}` : `read${of} -> ${inWords(output)}`
    const words = `compare and set${of} ${inWords(input.expected)} to ${inWords(input.next)}`
    return output === undefined ? words : `${words} -> ${output === false ? 'not set' : 'set'}`
  },
}
