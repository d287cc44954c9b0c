import type { Model } from '../model.ts'
import { inWords } from '../plain.ts'

export type KvInput =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'put'; readonly key: string; readonly value: string }
  | { readonly action: 'append'; readonly key: string; readonly value: string }

/** A map of strings, each key "" at first. `get` answers the string; `append` adds to its end. */
export const kv: Model<string, KvInput, unknown> = {
  name: 'kv',
  init: () => '',
  step: (text, input, output) => {
    if (input.action === 'put') return input.value
    if (input.action === 'append') return text + input.value
    return output === undefined || output === text ? text : undefined
  },
  key: ({ key }) => key,
  readOnly: ({ action }) => action === 'get',
  /** While a put is in the state it begins the text, and while an append is, its text is in the state. */
  observes: ({ input, output }, { input: written }) => {
    if (input.action !== 'get' || output === undefined || written.action === 'get') return false
    if (typeof output !== 'string') return true
    return written.action === 'put' ? output.startsWith(written.value) : output.includes(written.value)
  },
  describe: (input, output) => {
    if (input.action !== 'get') return `${input.action} ${input.key} ${inWords(input.value)}`
    return output === undefined ? `get ${input.key}` : `get ${input.key} -> ${inWords(output)}`
  },
}
