import type { Operation } from '../history.ts'
import { HistoryError } from '../history-error.ts'
import { endsInOrder } from './timeline.ts'
import { identityOf } from './transaction.ts'
import type { Transaction, TransactionHistory, Workload } from './transaction.ts'

/** The transactions of a history by number, in the order of their invocation, with keys as numbers. */
export interface TransactionTable {
  readonly operations: readonly Operation<Transaction, Transaction>[]
  /** What each did: with what its reads found, where that is known. */
  readonly transactions: readonly Transaction[]
  /** A number of the process of each. */
  readonly processOf: Int32Array
  /** True for those that ended `ok`. */
  readonly isOk: Uint8Array
  /** True for those whose reads are known. */
  readonly answered: Uint8Array
  /** True for those that surely took effect: that ended `ok`, or of which somebody saw something. */
  readonly committed: Uint8Array
  /** Twice a number for its invocation, one more for its return, in their order; see `endsInOrder`. */
  readonly ends: Int32Array
  /** The keys, each once, in the order in which they first came. */
  readonly keys: readonly unknown[]
  /** The key of each micro-operation; those of transaction `number` begin at `firstMicro[number]`. */
  readonly keyOf: Int32Array
  readonly firstMicro: Int32Array
}

const WRITE_ACTION = { 'list-append': 'append', 'rw-register': 'w' } as const

/** @throws HistoryError where an operation is no transaction of the workload. */
export function tableOf(history: TransactionHistory, workload: Workload): TransactionTable {
  const { operations, ends } = byInvocation(history)
  const transactions = operations.map((operation) => transactionOf(operation, workload))
  const firstMicro = new Int32Array(operations.length + 1)
  transactions.forEach((transaction, number) => {
    firstMicro[number + 1] = firstMicro[number]! + transaction.length
  })
  const keys: unknown[] = []
  const keyOf = new Int32Array(firstMicro[operations.length]!)
  const keyNumber = numbering((key) => keys.push(key))
  transactions.forEach((transaction, number) => {
    const first = firstMicro[number]!
    for (let place = 0; place < transaction.length; place++) keyOf[first + place] = keyNumber(transaction[place]![1])
  })
  const processNumber = numbering(() => {})
  const processOf = Int32Array.from(operations, ({ process }) => processNumber(process))
  const isOk = Uint8Array.from(operations, ({ outcome }) => Number(outcome === 'ok'))
  const answered = Uint8Array.from(operations, ({ outcome, output }) =>
    Number(outcome === 'ok' && Array.isArray(output)),
  )
  return { operations, transactions, processOf, isOk, answered, committed: isOk.slice(), ends, keys, keyOf, firstMicro }
}

/** Numbers things in the order in which they first come, from 0. */
function numbering(first: (thing: unknown) => void): (thing: unknown) => number {
  const numbers = new Map<unknown, number>()
  return (thing) => {
    const identity = identityOf(thing)
    const known = numbers.get(identity)
    if (known !== undefined) return known
    const number = numbers.size
    numbers.set(identity, number)
    first(thing)
    return number
  }
}

function byInvocation(history: TransactionHistory): Pick<TransactionTable, 'operations' | 'ends'> {
  const ends = endsInOrder(history)
  const numbers = new Int32Array(history.length)
  const operations: Operation<Transaction, Transaction>[] = []
  for (const end of ends) {
    if (end % 2 === 1) continue
    numbers[end >> 1] = operations.length
    operations.push(history[end >> 1]!)
  }
  return { operations, ends: ends.map((end) => 2 * numbers[end >> 1]! + (end % 2)) }
}

function transactionOf(operation: TransactionHistory[number], workload: Workload): Transaction {
  const { input, output, outcome } = operation
  const transaction: unknown = outcome === 'ok' && output !== undefined && output !== null ? output : input
  if (!Array.isArray(transaction)) {
    throw new HistoryError(operation, 'a transaction is a list of micro-operations [action, key, value]')
  }
  for (const micro of transaction) {
    const sentence = whatIsWrong(micro, workload)
    if (sentence !== undefined) throw new HistoryError(operation, sentence)
  }
  return transaction
}

function whatIsWrong(micro: unknown, workload: Workload): string | undefined {
  const write = WRITE_ACTION[workload]
  if (!Array.isArray(micro)) return `a micro-operation is ["${write}", key, value] or ["r", key, value]`
  const action: unknown = micro[0]
  const value: unknown = micro[2]
  if (action === write) {
    return value === undefined || value === null ? `"${write}" needs a value that is not null` : undefined
  }
  if (action !== 'r') return `the micro-operations of ${workload} are "${write}" and "r", not ${JSON.stringify(action)}`
  const isList = value === undefined || value === null || Array.isArray(value)
  return workload === 'list-append' && !isList ? `"r" finds a list or null, not ${JSON.stringify(value)}` : undefined
}
