import type { Findings } from './findings.ts'
import { inWords, samePlain } from '../plain.ts'
import type { TransactionTable } from './table.ts'
import { identityOf, plainWord } from './transaction.ts'
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

const EMPTY: readonly unknown[] = []

/** What a read of a list found. */
export function listOf(found: unknown): readonly unknown[] {
  return (found as readonly unknown[] | null | undefined) ?? EMPTY
}

/** Calls `visit` for each read whose answer is known, by transaction. */
export function forEachRead(
  table: TransactionTable,
  visit: (reader: number, place: number, key: number, found: readonly unknown[]) => void,
): void {
  table.transactions.forEach((transaction, reader) => {
    if (table.answered[reader] === 0) return
    const first = table.firstMicro[reader]!
    for (let place = 0; place < transaction.length; place++) {
      const micro = transaction[place]!
      if (micro[0] === 'r') visit(reader, place, table.keyOf[first + place]!, listOf(micro[2]))
    }
  })
}

/** True where the list is a beginning of the other. */
export function isBeginning(list: readonly unknown[], whole: readonly unknown[]): boolean {
  if (list.length > whole.length) return false
  for (let place = 0; place < list.length; place++) {
    const value = list[place]
    if (value !== whole[place] && !(typeof value === 'object' && samePlain(value, whole[place]))) return false
  }
  return true
}

/**
 * The order of each key's versions. A list holds the whole past of its key, so that the longest that was read gives an
 * order of all that it holds (Kingsbury and Alvaro, 2020, section 4.2.2, "traceable" objects). Transactions nobody
 * knows about, of which some list holds a write, are marked as committed.
 *
 * @returns an order for each key, and the reads that contradict it: `[reader, place]` as one text.
 */
export function listOrders(
  table: TransactionTable,
  writes: Writes,
  findings: Findings,
): { readonly orders: readonly ListOrder[]; readonly contradictory: ReadonlySet<string> } {
  const longest: (readonly unknown[])[] = table.keys.map(() => EMPTY)
  const readers = new Int32Array(table.keys.length).fill(-1)
  forEachRead(table, (reader, _place, key, found) => {
    if (found.length <= longest[key]!.length) return
    longest[key] = found
    readers[key] = reader
  })
  const orders = longest.map((values, key) => orderOf(key, values, readers[key]!, table, writes))
  const contradictory = new Set<string>()
  forEachRead(table, (reader, place, key, found) => {
    const order = orders[key]!
    if (isBeginning(found, order.values)) return
    contradictory.add(`${reader} ${place}`)
    for (const value of found) markCommitted(writes.find(key, value), table, writes)
    tellContradiction(table, findings, { reader, key, found, order })
  })
  return { orders, contradictory }
}

function orderOf(
  key: number,
  values: readonly unknown[],
  reader: number,
  table: TransactionTable,
  writes: Writes,
): ListOrder {
  const numbers: number[] = []
  const seen = new Set<number>()
  let firstAborted = Infinity
  let firstUnwritten = Infinity
  for (const value of values) {
    const write = writes.find(key, value)
    if (write < 0) firstUnwritten = Math.min(firstUnwritten, numbers.length)
    else if (writes.failed(write)) firstAborted = Math.min(firstAborted, numbers.length)
    const isVersion = write >= 0 && !writes.failed(write) && !seen.has(write)
    markCommitted(write, table, writes)
    seen.add(write)
    numbers.push(isVersion ? write : -1)
  }
  return { values, reader, writes: numbers, firstAborted, firstUnwritten }
}

function markCommitted(write: number, { committed }: TransactionTable, writes: Writes): void {
  if (write >= 0 && !writes.failed(write)) committed[writes.writerOf[write]!] = 1
}

function tellContradiction(
  { keys }: TransactionTable,
  findings: Findings,
  read: {
    readonly reader: number
    readonly key: number
    readonly found: readonly unknown[]
    readonly order: ListOrder
  },
): void {
  const { reader, key, found, order } = read
  const isSame = reader === order.reader
  findings.add('incompatible-order', isSame ? [reader] : [reader, order.reader], () => [
    `T1 read ${inWords(found)} in ${plainWord(keys[key])}`,
    `However ${isSame ? 'it also' : 'T2'} read ${inWords(order.values)}, and neither list is a beginning of the other`,
  ])
}

/** Finds elements that a list has twice, and committed elements behind aborted ones. */
export function checkOrders(
  { keys }: TransactionTable,
  writes: Writes,
  orders: readonly ListOrder[],
  findings: Findings,
): void {
  orders.forEach(({ values, reader, writes: versions, firstAborted }, key) => {
    if (new Set(values.map(identityOf)).size < values.length) {
      const seen = new Set<unknown>()
      const twice = values.find((value) => seen.has(identityOf(value)) || !seen.add(identityOf(value)))
      findings.add('duplicate-elements', [reader], () => [
        `T1 read ${inWords(values)} in ${plainWord(keys[key])}`,
        `However ${inWords(twice)} was appended once, and is in it twice`,
      ])
    }
    const built = firstAborted === Infinity ? undefined : versions.slice(firstAborted).find((write) => write >= 0)
    if (built === undefined) return
    const aborted = writes.find(key, values[firstAborted])
    const [first, second] = [writes.writerOf[aborted]!, writes.writerOf[built]!]
    findings.add('dirty-update', second === reader ? [first, second] : [first, second, reader], () => [
      `T1 appended ${inWords(values[firstAborted])} to ${plainWord(keys[key])} and was aborted`,
      `However T2 appended ${inWords(writes.valueOf[built])} to what T1 had left: ` +
        `${second === reader ? 'it' : 'T3'} read ${inWords(values)}`,
    ])
  })
}
