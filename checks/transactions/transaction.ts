import type { History } from '../history.ts'
import { canonical, inWords } from '../plain.ts'

/** A key of the store. Keys and values are plain data, compared by content. */
export type Key = unknown

/**
 * One step of a transaction, written as Jepsen writes it:
 *
 * - `['append', key, value]` puts the value at the end of the key's list;
 * - `['w', key, value]` makes the value that of the key's register;
 * - `['r', key, found]` reads: `found` is the list or the register's value, null where there was none. What a read that
 *   has not been answered has in its place does not matter.
 */
export type MicroOperation =
  | readonly [action: 'append', key: Key, value: unknown]
  | readonly [action: 'w', key: Key, value: unknown]
  | readonly [action: 'r', key: Key, found?: unknown]

/** What a client asks for at once, in its order. */
export type Transaction = readonly MicroOperation[]

/**
 * Transactions as operations: the input is what was asked; the output, where the outcome is `ok`, is the same
 * transaction with what its reads found. `fail` means that it was aborted, `info` that nobody knows.
 */
export type TransactionHistory = History<Transaction, Transaction>

/** `list-append`: lists that grow at their end. `rw-register`: registers that are overwritten. */
export type Workload = 'list-append' | 'rw-register'

/** A key or value in words: a plain name stands without quotes. */
export function plainWord(value: unknown): string {
  return typeof value === 'string' && /^:?\w[\w-]*$/.test(value) ? value : inWords(value)
}

/** A key in a sentence: `x`, `key 12`. */
export function keyInWords(key: unknown): string {
  return typeof key === 'string' ? plainWord(key) : `key ${plainWord(key)}`
}

/** A transaction in words: `append x 1, read y -> [1,2]`. */
export function describeTransaction(input: Transaction, output?: Transaction): string {
  return (output ?? input)
    .map(([action, key, value]) => {
      if (action === 'append') return `append ${plainWord(key)} ${inWords(value)}`
      if (action === 'w') return `write ${plainWord(key)}=${inWords(value)}`
      return output === undefined ? `read ${plainWord(key)}` : `read ${plainWord(key)} -> ${inWords(value ?? null)}`
    })
    .join(', ')
}

/** What a Map can tell apart by content: primitives as they are, everything else by its canonical text. */
export function identityOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? `plain ${canonical(value)}` : value
}
