import type { Model } from '../model.ts'
import { inWords } from '../plain.ts'

/** What is asked of a dictionary whose every answer is the value that was found. */
export type FoundDictionaryInput =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'set'; readonly key: string; readonly value: string }
  | { readonly action: 'delete'; readonly key: string }
  | { readonly action: 'cas'; readonly key: string; readonly expected: string | null; readonly value: string }

type Value = string | null
type Input = FoundDictionaryInput

/**
 * The dictionary as clients see it: each key a register of its own that holds null at first. Every answer is the value
 * that was found, also that of a write, so that a command executed twice shows by its answer.
 */
export const foundDictionary: Model<Value, FoundDictionaryInput, unknown> = {
  name: 'found-dictionary',
  init: () => null,
  step: (value, input, output) => {
    if (output !== undefined && output !== value) return undefined
    if (input.action === 'cas') return input.expected === value ? input.value : value
    return input.action === 'get' ? value : written(input)
  },
  key: ({ key }) => key,
  readOnly: (input, output) => input.action === 'get' || (output !== undefined && setsNothing(input, output)),
  register: (input, output) => {
    // Always the same two fields: a judge asks for them for each operation of each run.
    if (input.action === 'get' || (output !== undefined && setsNothing(input, output)))
      return { found: output, wrote: undefined }
    // With its answer unknown, a compare and set hangs on what it must have found.
    if (input.action === 'cas') return { found: input.expected, wrote: input.value }
    return { found: output, wrote: written(input) }
  },
  describe: (input, output) => `${inCommandWords(input)}${output === undefined ? '' : ` -> ${inWords(output)}`}`,
}

function written(input: Exclude<Input, { readonly action: 'get' }>): Value {
  return input.action === 'delete' ? null : input.value
}

/** A compare and set that found something else. */
function setsNothing(input: Input, output: unknown): boolean {
  return input.action === 'cas' && output !== input.expected
}

function inCommandWords(input: Input): string {
  switch (input.action) {
    case 'get':
      return `read ${input.key}`
    case 'set':
      return `write ${input.key}=${inWords(input.value)}`
    case 'delete':
      return `delete ${input.key}`
    case 'cas':
      return `compare and set ${input.key} from ${inWords(input.expected)} to ${inWords(input.value)}`
  }
}
