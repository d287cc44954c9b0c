import { dictionary as register } from '../../checks/models/dictionary.ts'
import type { Model } from '../../checks/model.ts'
import type { DictionaryCommand } from './dictionary.ts'

/**
 * The dictionary as clients see it: like any, and a `set` also answers the value that it replaced, so that a command
 * executed twice shows by its answer.
 */
export const dictionaryModel: Model<unknown, DictionaryCommand, unknown> = {
  ...register,
  step: (value, input, output) => {
    if (output !== undefined && output !== value) return undefined
    return input.action === 'set' ? input.value : value
  },
  register: (input, output) => ({
    ...(output === undefined ? {} : { found: output }),
    ...(input.action === 'set' ? { wrote: input.value } : {}),
  }),
}
