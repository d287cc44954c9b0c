import type { Findings } from './findings.ts'
import { GraphBuilder, PASS, RW, WR, WW } from './graph.ts'
import { allBefore, expectedEdges } from './inference.ts'
import type { After, Before, Dependency, Inference } from './inference.ts'
import { ListReads } from './list-reads.ts'
import { checkOrders, listOrders } from './list-orders.ts'
import type { ListOrder } from './list-orders.ts'
import { inWords } from '../plain.ts'
import type { TransactionTable } from './table.ts'
import { keyInWords } from './transaction.ts'
import { Writes } from './writes.ts'

/**
 * What lists that grow at their end tell of the transactions that appended to them and read them: the order of
 * versions, from it the dependencies, and what is wrong by itself. Kingsbury and Alvaro, 2020, section 4.
 */
export function inferFromLists(table: TransactionTable, findings: Findings): Inference {
  const writes = new Writes(table)
  const found = listOrders(table, writes, findings)
  const { orders } = found
  checkOrders(table, writes, orders, findings)
  const builder = new GraphBuilder(table.operations.length, expectedEdges(table))
  const unobserved = unobservedWrites(table, writes, orders)
  const lastReaders = new Map<number, Before[]>()
  new ListReads(table, writes, findings, found).forEach((reader, key, { length, last }) => {
    if (last >= 0) builder.edge(writes.writerOf[last]!, reader, WR, last)
    if (length < 0) return
    const next = nextVersion(orders[key]!, length)
    if (next < 0) readLast(reader, key)
    else if (writes.writerOf[next] !== reader) builder.edge(reader, writes.writerOf[next]!, RW, next)
  })
  orders.forEach((order, key) => {
    const last = writesInOrder(builder, writes, order)
    const later = unobserved.get(key)
    if (later === undefined) return
    const writer: Before[] = last < 0 ? [] : [{ transaction: writes.writerOf[last]!, kind: WW }]
    allBefore(builder, [...writer, ...(lastReaders.get(key) ?? [])], later, PASS)
  })
  return { builder, reason: (edge, name) => reasonOf(edge, name, table, writes, orders) }

  function readLast(reader: number, key: number): void {
    if (!unobserved.has(key)) return
    const readers = lastReaders.get(key)
    if (readers === undefined) lastReaders.set(key, [{ transaction: reader, kind: RW }])
    else if (readers.at(-1)!.transaction !== reader) readers.push({ transaction: reader, kind: RW })
  }
}

/** The first version at or behind a place, or -1. */
function nextVersion({ writes }: ListOrder, place: number): number {
  for (let at = place; at < writes.length; at++) if (writes[at]! >= 0) return writes[at]!
  return -1
}

/** The last version before a place, or -1. */
function versionBefore({ writes }: ListOrder, place: number): number {
  for (let at = place - 1; at >= 0; at--) if (writes[at]! >= 0) return writes[at]!
  return -1
}

/** Adds an edge for each version that follows another. The last version, or -1. */
function writesInOrder(builder: GraphBuilder, { writerOf }: Writes, { writes }: ListOrder): number {
  let last = -1
  for (const write of writes) {
    if (write < 0) continue
    if (last >= 0 && writerOf[last] !== writerOf[write]) builder.edge(writerOf[last]!, writerOf[write]!, WW, write)
    last = write
  }
  return last
}

/**
 * By key, what took effect but is in no list that was read: it came after all that is. Of each transaction its last
 * write of the key.
 */
function unobservedWrites(
  { committed }: TransactionTable,
  writes: Writes,
  orders: readonly ListOrder[],
): ReadonlyMap<number, readonly After[]> {
  const observed = new Uint8Array(writes.count)
  for (const order of orders) for (const write of order.writes) if (write >= 0) observed[write] = 1
  const unobserved = new Map<number, After[]>()
  for (let write = 0; write < writes.count; write++) {
    const transaction = writes.writerOf[write]!
    if (observed[write] === 1 || committed[transaction] === 0) continue
    const key = writes.keyOf[write]!
    const others = unobserved.get(key)
    if (others === undefined) unobserved.set(key, [{ transaction, write }])
    else {
      if (others.at(-1)!.transaction === transaction) others.pop()
      others.push({ transaction, write })
    }
  }
  return unobserved
}

function reasonOf(
  { source, target, kind, cause }: Dependency,
  name: (transaction: number) => string,
  table: TransactionTable,
  writes: Writes,
  orders: readonly ListOrder[],
): string {
  const key = writes.keyOf[cause]!
  const [keyWord, value] = [keyInWords(table.keys[key]), inWords(writes.valueOf(cause))]
  if (kind === WR) return `${name(target)} read ${value} in ${keyWord}, which ${name(source)} appended`
  if (kind === RW) return `${name(source)} read ${keyWord} without the ${value} that ${name(target)} appended`
  const order = orders[key]!
  const place = order.writes.indexOf(cause)
  const before = versionBefore(order, place < 0 ? order.writes.length : place)
  const own = inWords(writes.valueOf(before))
  return place < 0
    ? `${name(source)} appended ${own} to ${keyWord}, and nobody saw the ${value} of ${name(target)} by then`
    : `${name(target)} appended ${value} to ${keyWord} after the ${own} of ${name(source)}`
}
