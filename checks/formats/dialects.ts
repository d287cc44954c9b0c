import { canonical } from '../plain.ts'
import type { Dialect, Fields, Word } from './dialect.ts'
import type { RecordedOperation } from './recording.ts'

/** What a read found: the value as it is. */
export const asFound = (value: unknown) => value

/** What an operation answers that tells whether it worked: only true or false tell, and not a repeated argument. */
const asTold = (value: unknown, call: { readonly value: unknown }) =>
  typeof value === 'boolean' && value !== call.value ? value : undefined

/** A list of all values, in whatever the file has it. */
export const asList = (value: unknown) => (value instanceof Set ? [...value] : value === null ? [] : value)

export const READ: Word = { action: 'read', alias: ['r', 'get'], answer: asFound }
const WRITE: Word = { action: 'write', alias: ['w', 'set', 'put'], fields: ['value'] }

const MISMATCH = /mismatch|did-not-succeed|precondition|not-equal|cas-failed/i

/** A compare and set fails for many reasons; only one of them says what it found. */
function mismatch({ observed, reason = '' }: RecordedOperation): false | undefined {
  return observed === true || (observed === undefined && MISMATCH.test(reason)) ? false : undefined
}

const COMPARE_AND_SET: Word = {
  action: 'cas',
  alias: ['compare-and-set', 'compare-and-swap', 'compareAndSet'],
  fields: ['expected', 'next'],
  answer: (value) => value !== false,
  failure: mismatch,
}

export function amountOf(fields: Fields): Fields | string {
  const { amount } = fields
  return Number.isSafeInteger(amount) ? fields : `a whole number, not ${canonical(amount)}`
}

function textValue(fields: Fields): Fields {
  return { value: textOf(fields['value']) }
}

/** The map holds strings; whoever wrote other values wrote their text. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : canonical(value)
}

const EMPTY = /empty/i

/** Takes one: null says that there was none, and so does a failure that was observed, unless it says what it took. */
function take(action: string, alias: readonly string[]): Word {
  return {
    action,
    alias,
    answer: asFound,
    failure: ({ observed, reason = '', output }) => {
      if (observed === true) return output ?? null
      return observed === undefined && EMPTY.test(reason) ? null : undefined
    },
  }
}

/** Null is the answer of an empty one. */
const notNull = (fields: Fields) => (fields['value'] === null ? 'a value that is not null' : fields)

export const ENQUEUE: Word = {
  action: 'enqueue',
  alias: ['push', 'send', 'add', 'offer'],
  fields: ['value'],
  refine: notNull,
}
export const DEQUEUE = take('dequeue', ['pop', 'receive', 'poll', 'take'])

const refused = ({ observed }: RecordedOperation) => (observed === true ? false : undefined)
export const ACQUIRE: Word = { action: 'acquire', alias: ['lock'], answer: asTold, failure: refused }
export const RELEASE: Word = { action: 'release', alias: ['unlock'], answer: asTold, failure: refused }

export const registerDialect: Dialect = { words: [READ, WRITE] }
export const casRegisterDialect: Dialect = { words: [READ, WRITE, COMPARE_AND_SET] }

export const kvDialect: Dialect = {
  needsKey: true,
  words: [
    { action: 'get', alias: ['read', 'r'], answer: textOf },
    { action: 'put', alias: ['write', 'w', 'set'], fields: ['value'], refine: textValue },
    { action: 'append', fields: ['value'], refine: textValue },
    { action: 'delete', alias: ['remove', 'del'] },
  ],
}

export const dictionaryDialect: Dialect = {
  needsKey: true,
  words: [
    { action: 'get', alias: ['read', 'r'], answer: asFound },
    { action: 'set', alias: ['write', 'w', 'put'], fields: ['value'] },
  ],
}

/** Every answer is the value that was found, also that of a write. */
export const foundDictionaryDialect: Dialect = {
  needsKey: true,
  words: [
    { action: 'get', alias: ['read', 'r'], answer: asFound },
    { action: 'set', alias: ['write', 'w', 'put'], fields: ['value'], answer: asFound },
    { action: 'delete', alias: ['remove'], answer: asFound },
    { action: 'cas', fields: ['expected', 'value'], answer: asFound },
  ],
}

export const setDialect: Dialect = {
  words: [
    { action: 'add', alias: ['insert'], fields: ['value'], answer: asTold },
    { action: 'remove', alias: ['delete'], fields: ['value'], answer: asTold },
    { action: 'contains', alias: ['member', 'has'], fields: ['value'], answer: asTold },
    { action: 'read', alias: ['r'], answer: asList },
  ],
}

export const counterDialect: Dialect = {
  words: [
    READ,
    { action: 'add', fields: ['amount'], refine: amountOf },
    { action: 'increment', alias: ['inc', 'incr'] },
    { action: 'add-and-get', fields: ['amount'], refine: amountOf, answer: asFound },
  ],
}

export const queueDialect: Dialect = { words: [ENQUEUE, DEQUEUE] }

export const stackDialect: Dialect = {
  words: [{ action: 'push', alias: ['add'], fields: ['value'], refine: notNull }, take('pop', ['remove', 'take'])],
}

export const lockDialect: Dialect = { words: [ACQUIRE, RELEASE], more: ({ process }) => ({ owner: process }) }
