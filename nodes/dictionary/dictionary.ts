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
  z.strictObject({ action: z.literal('delete'), key }),
  z.strictObject({ action: z.literal('cas'), key, expected: z.string().nullable(), value: z.string() }),
])

export const dictionaryAnswerSchema = z.string().max(MAX_VALUE_LENGTH).nullable()

export type DictionaryCommand =
  | { readonly action: 'get'; readonly key: string }
  | { readonly action: 'set'; readonly key: string; readonly value: string }
  | { readonly action: 'delete'; readonly key: string }
  /** Compare and set: writes the value where the key holds what is expected; null expects that it holds nothing. */
  | { readonly action: 'cas'; readonly key: string; readonly expected: string | null; readonly value: string }

/** A value by each key. */
export type Dictionary = Map<string, string>

/**
 * Every command answers the value that it found, or null. So who compares and sets sees whether it did, and a command
 * that is executed twice shows by its answer.
 */
export const dictionary: StateMachine<Dictionary, DictionaryCommand> = {
  empty: () => new Map(),
  apply: (data, command) => {
    const found = data.get(command.key) ?? null
    const writes = command.action === 'set' || (command.action === 'cas' && command.expected === found)
    if (writes) data.set(command.key, command.value)
    else if (command.action === 'delete') data.delete(command.key)
    return found
  },
  readOnly: (command) => command.action === 'get',
  refusal: (command) => {
    if (command.key.length > MAX_KEY_LENGTH) return `a key may have at most ${MAX_KEY_LENGTH} characters`
    return valueLength(command) > MAX_VALUE_LENGTH || expectedLength(command) > MAX_VALUE_LENGTH
      ? `a value may have at most ${MAX_VALUE_LENGTH} characters`
      : undefined
  },
  sizeBytes: (command) => 16 + 3 * (command.key.length + valueLength(command) + expectedLength(command)),
}

function valueLength(command: DictionaryCommand): number {
  return command.action === 'set' || command.action === 'cas' ? command.value.length : 0
}

function expectedLength(command: DictionaryCommand): number {
  return command.action === 'cas' ? (command.expected?.length ?? 0) : 0
}
