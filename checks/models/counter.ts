import { ofKey } from './keys.ts'
import type { Model } from '../model.ts'
import { inWords } from '../plain.ts'

export type CounterInput = (
  | { readonly action: 'read' }
  | { readonly action: 'add'; readonly amount: number }
  | { readonly action: 'increment' }
  | { readonly action: 'add-and-get'; readonly amount: number }
) & { readonly key?: string | undefined }

/**
 * A counter that is 0 at first. `read` answers its value, `add-and-get` the value that it made; what `add` and
 * `increment`, which adds 1, answer does not matter. Amounts are whole numbers, and may be negative.
 */
export const counter: Model<number, CounterInput, unknown> = {
  name: 'counter',
  actions: ['read', 'increment', 'add', 'add-and-get'],
  init: () => 0,
  step: (count, input, output) => {
    if (input.action === 'increment') return count + 1
    const after = input.action === 'read' ? count : count + input.amount
    return input.action === 'add' || output === undefined || output === after ? after : undefined
  },
  key: ({ key }) => key,
  readOnly: ({ action }) => action === 'read',
  describe: (input, output) => {
    const amount = 'amount' in input ? ` ${input.amount}` : ''
    const answer =
      output === undefined || input.action === 'add' || input.action === 'increment' ? '' : ` -> ${inWords(output)}`
    return `${input.action.replaceAll('-', ' ')}${ofKey(input.key)}${amount}${answer}`
  },
}
