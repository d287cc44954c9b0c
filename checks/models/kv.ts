import type { Model } from '../model.ts'
import { inWords } from '../plain.ts'

export type KvInput =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'put'; readonly key: string; readonly value: string }
  | { readonly action: 'append'; readonly key: string; readonly value: string }
  | { readonly action: 'delete'; readonly key: string }

/**
 * A map of strings, each key "" at first and when it was deleted. `get` answers the string, or null for ""; `append`
 * adds to its end. What the others answer does not matter.
 */
export const kv: Model<string, KvInput, unknown> = {
  name: 'kv',
  actions: ['get', 'put', 'append', 'delete'],
  init: () => '',
  step: (text, input, output) => {
    if (input.action === 'put') return input.value
    if (input.action === 'append') return text + input.value
    if (input.action === 'delete') return ''
    return output === undefined || (output ?? '') === text ? text : undefined
  },
  key: ({ key }) => key,
  readOnly: ({ action }) => action === 'get',
  text: (input, output) => {
    if (input.action === 'delete') return { does: 'put', text: '' }
    if (input.action !== 'get') return { does: input.action, text: input.value }
    if (output === undefined) return { does: 'get', text: undefined }
    const text = output ?? ''
    // An answer that is no string is none of this map: only the step can say so.
    return typeof text === 'string' ? { does: 'get', text } : undefined
  },
  /** While a put is in the state it begins the text, and while an append is, its text is in the state. */
  observes: ({ input, output }, { input: written }) => {
    if (input.action !== 'get' || output === undefined || written.action === 'get') return false
    if (written.action === 'delete') return true
    const text = output ?? ''
    if (typeof text !== 'string') return true
    return written.action === 'put' ? text.startsWith(written.value) : text.includes(written.value)
  },
  describe: (input, output) => {
    if (input.action === 'delete') return `delete ${input.key}`
    if (input.action !== 'get') return `${input.action} ${input.key} ${inWords(input.value)}`
    return output === undefined ? `get ${input.key}` : `get ${input.key} -> ${inWords(output)}`
  },
}
