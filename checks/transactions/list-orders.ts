import type { Findings } from './findings.ts'
import { inWords, samePlain } from '../plain.ts'
import type { TransactionTable } from './table.ts'
import { identityOf, keyInWords } from './transaction.ts'
import type { Writes } from './writes.ts'

/** The order of a key's versions, as far as anyone saw it: the longest list that was read. */
export interface ListOrder {
  readonly values: readonly unknown[]
  /** Who read it; -1 where nobody read more than the empty list. */
  readonly reader: number
  /** Of each element the write that put it there; -1 where none did that may have, or for the second time. */
  readonly writes: readonly number[]
  /** The place of the first element whose transaction was aborted, and of the first that nobody wrote; or Infinity. */
  readonly firstAborted: number
  readonly firstUnwritten: number
}

export interface ListOrders {
  readonly orders: readonly ListOrder[]
  /** Reads that contradict the order of their key; see `readName`. */
  readonly contradictory: ReadonlySet<string>
}

const EMPTY: readonly unknown[] = []

/** What a read of a list found. */
export function listOf(found: unknown): readonly unknown[] {
  return (found as readonly unknown[] | null | undefined) ?? EMPTY
}

/** A read, as one text: its transaction and its place there. */
export function readName(reader: number, place: number): string {
  return `${reader} ${place}`
}

/** True where the first elements of both lists are the same. */
export function beginAlike(left: readonly unknown[], right: readonly unknown[], length: number): boolean {
  for (let place = 0; place < length; place++) {
    const value = left[place]
    if (value !== right[place] && !(typeof value === 'object' && samePlain(value, right[place]))) return false
  }
  return true
}

/**
 * How long a list is that was read, without what the reader appended itself at its end: a transaction sees its own
 * appends before they have their place among those of others.
 */
export function lengthFromOthers(
  table: TransactionTable,
  { reader, key, found }: Pick<ListRead, 'reader' | 'key' | 'found'>,
): number {
  let { length } = found
  while (length > 0 && appends(table, reader, key, found[length - 1])) length--
  return length
}

function appends(
  { transactions, keyOf, firstMicro }: TransactionTable,
  writer: number,
  key: number,
  value: unknown,
): boolean {
  const transaction = transactions[writer]!
  const first = firstMicro[writer]!
  for (let place = 0; place < transaction.length; place++) {
    const micro = transaction[place]!
    if (keyOf[first + place] === key && micro[0] === 'append' && samePlain(micro[2], value)) return true
  }
  return false
}

/**
 * The order of each key's versions. A list holds the whole past of its key, so that the longest that was read gives an
 * order of all that it holds (Kingsbury and Alvaro, 2020, section 4.2.2, "traceable" objects). Transactions nobody
 * knows about, of which some list holds a write, are marked as committed.
 */
export function listOrders(table: TransactionTable, writes: Writes, findings: Findings): ListOrders {
  const longest: (readonly unknown[])[] = table.keys.map(() => EMPTY)
  const readers = new Int32Array(table.keys.length).fill(-1)
  const lengths = new Int32Array(table.keys.length)
  const disputed = new Set<number>()
  forEachRead(table, (read, length) => {
    const { reader, key, found } = read
    if (!beginAlike(found, longest[key]!, Math.min(length, lengths[key]!))) disputed.add(key)
    if (length <= lengths[key]!) return
    longest[key] = found
    lengths[key] = length
    readers[key] = reader
  })
  const orders = longest.map((list, key) => {
    const values = list.length === lengths[key] ? list : list.slice(0, lengths[key])
    return orderOf(values, readers[key]!, table, writes, writes.indexOf(key))
  })
  const contradictory = new Set<string>()
  if (disputed.size === 0) return { orders, contradictory }
  forEachRead(table, (read, length) => {
    const { reader, place, key, found } = read
    const order = orders[key]!
    if (!disputed.has(key) || beginAlike(found, order.values, length)) return
    contradictory.add(readName(reader, place))
    for (const value of found) markCommitted(writes.find(key, value), table, writes)
    tellContradiction(table, findings, read, order)
  })
  return { orders, contradictory }
}

/** What a transaction read, and where. */
export interface ListRead {
  readonly reader: number
  readonly place: number
  readonly key: number
  readonly found: readonly unknown[]
}

/** Calls `visit` for each read whose answer is known, with its `lengthFromOthers`, by transaction. */
function forEachRead(table: TransactionTable, visit: (read: ListRead, length: number) => void): void {
  const { transactions, answered, firstMicro, keyOf } = table
  transactions.forEach((transaction, reader) => {
    if (answered[reader] === 0) return
    const first = firstMicro[reader]!
    for (let place = 0; place < transaction.length; place++) {
      const micro = transaction[place]!
      if (micro[0] !== 'r') continue
      const read = { reader, place, key: keyOf[first + place]!, found: listOf(micro[2]) }
      visit(read, lengthFromOthers(table, read))
    }
  })
}

function orderOf(
  values: readonly unknown[],
  reader: number,
  table: TransactionTable,
  writes: Writes,
  index: ReadonlyMap<unknown, number>,
): ListOrder {
  const seen = new Set<number>()
  let firstAborted = Infinity
  let firstUnwritten = Infinity
  const versions = values.map((value, place) => {
    const write = index.get(identityOf(value)) ?? -1
    if (write < 0) {
      firstUnwritten = Math.min(firstUnwritten, place)
      return -1
    }
    if (writes.failed(write)) {
      firstAborted = Math.min(firstAborted, place)
      return -1
    }
    if (seen.has(write)) return -1
    seen.add(write)
    markCommitted(write, table, writes)
    return write
  })
  return { values, reader, writes: versions, firstAborted, firstUnwritten }
}

function markCommitted(write: number, { committed }: TransactionTable, writes: Writes): void {
  if (write >= 0 && !writes.failed(write)) committed[writes.writerOf[write]!] = 1
}

function tellContradiction(
  { keys }: TransactionTable,
  findings: Findings,
  { reader, key, found }: ListRead,
  order: ListOrder,
): void {
  const isSame = reader === order.reader
  findings.add('incompatible-order', isSame ? [reader] : [reader, order.reader], () => [
    `T1 read ${inWords(found)} in ${keyInWords(keys[key])}`,
    `However ${isSame ? 'it also' : 'T2'} read ${inWords(order.values)}, and neither list is a beginning of the other`,
  ])
}

/** Finds lists that no appends could have made: with an element twice, or built on aborted ones, or out of order. */
export function checkOrders(
  { keys }: TransactionTable,
  writes: Writes,
  orders: readonly ListOrder[],
  findings: Findings,
): void {
  orders.forEach((order, key) => {
    const keyWord = keyInWords(keys[key])
    // Elements that are no version are aborted, unwritten, or there for the second time.
    if (order.writes.includes(-1)) checkRepeated(order, keyWord, findings)
    if (order.firstAborted < Infinity) checkBuiltOnAborted(order, key, keyWord, writes, findings)
    checkOwnOrder(order, keyWord, writes, findings)
  })
}

function checkRepeated({ values, reader }: ListOrder, keyWord: string, findings: Findings): void {
  const twice = firstRepeated(values)
  if (twice === undefined) return
  findings.add('duplicate-elements', [reader], () => [
    `T1 read ${inWords(values)} in ${keyWord}`,
    `However ${inWords(twice.value)} is in it twice, and was appended once at most`,
  ])
}

function checkBuiltOnAborted(
  { values, reader, writes: versions, firstAborted }: ListOrder,
  key: number,
  keyWord: string,
  writes: Writes,
  findings: Findings,
): void {
  const built = versions.slice(firstAborted).find((write) => write >= 0)
  if (built === undefined) return
  const aborted = writes.find(key, values[firstAborted])
  const [first, second] = [writes.writerOf[aborted]!, writes.writerOf[built]!]
  findings.add('dirty-update', second === reader ? [first, second] : [first, second, reader], () => [
    `T1 appended ${inWords(values[firstAborted])} to ${keyWord} and was aborted`,
    `However T2 appended ${inWords(writes.valueOf(built))} to what T1 had left: ` +
      `${second === reader ? 'it' : 'T3'} read ${inWords(values)}`,
  ])
}

/** What one transaction appended must be in a list in its order. */
function checkOwnOrder(
  { values, reader, writes: versions }: ListOrder,
  keyWord: string,
  writes: Writes,
  findings: Findings,
): void {
  versions.forEach((write, place) => {
    const next = write < 0 ? -1 : writes.nextOf[write]!
    if (next < 0 || !versions.slice(0, place).includes(next)) return
    const writer = writes.writerOf[write]!
    const [one, other] = [inWords(writes.valueOf(write)), inWords(writes.valueOf(next))]
    findings.add('cyclic-versions', writer === reader ? [writer] : [writer, reader], () => [
      `T1 appended ${one} to ${keyWord}, and then ${other}`,
      `However ${writer === reader ? 'it' : 'T2'} read ${inWords(values)}, in which ${other} comes first`,
    ])
  })
}

function firstRepeated(values: readonly unknown[]): { readonly value: unknown } | undefined {
  const seen = new Set<unknown>()
  for (const value of values) {
    if (seen.has(identityOf(value))) return { value }
    seen.add(identityOf(value))
  }
  return undefined
}
