import { z } from 'zod'
import type { StateMachine } from '../raft/state-machine.ts'

/** Lengths in UTF-16 code units; a value and its key fit into one datagram, whatever the characters. */
export const MAX_KEY_LENGTH = 256
export const MAX_VALUE_LENGTH = 8_192

const key = z.string().max(MAX_KEY_LENGTH)

/** What may come from outside. A value too long passes here, so that the server can say what is wrong with it. */
export const dictionaryCommandSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('get'), key }),
  z.strictObject({ action: z.literal('set'), key, value: z.string() }),
])

export const dictionaryAnswerSchema = z.string().max(MAX_VALUE_LENGTH).nullable()

export type DictionaryCommand =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'set'; readonly key: string; readonly value: string }

/** A value by each key. */
export type Dictionary = Map<string, string>

/** `get` answers the value, or null; `set` answers the value that was there before, or null. */
export const dictionary: StateMachine<Dictionary, DictionaryCommand> = {
  empty: () => new Map(),
  apply: (data, command) => {
    const previous = data.get(command.key) ?? null
    if (command.action === 'set') data.set(command.key, command.value)
    return previous
  },
  readOnly: (command) => command.action === 'get',
  refusal: (command) => {
    if (command.key.length > MAX_KEY_LENGTH) return `a key may have at most ${MAX_KEY_LENGTH} characters`
    if (command.action === 'get' || command.value.length <= MAX_VALUE_LENGTH) return undefined
    return `a value may have at most ${MAX_VALUE_LENGTH} characters`
  },
  sizeBytes: (command) => 16 + 3 * (command.key.length + (command.action === 'set' ? command.value.length : 0)),
}
