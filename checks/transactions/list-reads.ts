import type { Findings } from './findings.ts'
import { beginAlike, lengthFromOthers, listOf, readName } from './list-orders.ts'
import type { ListOrder, ListOrders, ListRead } from './list-orders.ts'
import { inWords, samePlain } from '../plain.ts'
import type { TransactionTable } from './table.ts'
import { keyInWords } from './transaction.ts'
import type { Writes } from './writes.ts'

/** Is told which version of a key a transaction read, what it had appended itself at the end taken away. */
export type VisitVersion = (
  reader: number,
  key: number,
  version: {
    /** How many elements of the key's order it had; -1 where it contradicts the order. */
    readonly length: number
    /** The write of its last element, or -1. */
    readonly last: number
  },
) => void

/** Looks at each read: what is wrong with it by itself, and which version it saw. */
export class ListReads {
  private readonly table: TransactionTable
  private readonly writes: Writes
  private readonly orders: readonly ListOrder[]
  private readonly findings: Findings
  private readonly contradictory: ReadonlySet<string>
  /** By key: the last transaction that did anything with it, that read it, and that appended to it. */
  private readonly touchedBy: Int32Array
  private readonly readBy: Int32Array
  private readonly appendedBy: Int32Array
  /** By key: what its last reader found, and how much of the order that was; -1 where it contradicts the order. */
  private readonly lastFound: (readonly unknown[])[]
  private readonly versionLength: Int32Array
  /** By key the first of its versions, of which it has one more than its order is long; and who updated a version. */
  private readonly firstVersion: Int32Array
  private readonly updatedBy: Int32Array
  /** The last transaction of which a lost update was told. */
  private lastUpdate = -1

  constructor(table: TransactionTable, writes: Writes, findings: Findings, found: ListOrders) {
    this.table = table
    this.writes = writes
    this.orders = found.orders
    this.findings = findings
    this.contradictory = found.contradictory
    const ofKeys = (): Int32Array => new Int32Array(table.keys.length).fill(-1)
    this.touchedBy = ofKeys()
    this.readBy = ofKeys()
    this.appendedBy = ofKeys()
    this.lastFound = table.keys.map(() => [])
    this.versionLength = ofKeys()
    this.firstVersion = new Int32Array(table.keys.length + 1)
    found.orders.forEach((order, key) => {
      this.firstVersion[key + 1] = this.firstVersion[key]! + order.writes.length + 1
    })
    this.updatedBy = new Int32Array(this.firstVersion[table.keys.length]!).fill(-1)
  }

  forEach(visit: VisitVersion): void {
    const { transactions, answered, firstMicro, keyOf } = this.table
    let write = 0
    transactions.forEach((transaction, number) => {
      const first = firstMicro[number]!
      for (let place = 0; place < transaction.length; place++) {
        const micro = transaction[place]!
        const key = keyOf[first + place]!
        if (micro[0] !== 'r') this.append(number, key, write++)
        else if (answered[number] === 1) this.read({ reader: number, place, key, found: listOf(micro[2]) }, visit)
        this.touchedBy[key] = number
      }
    })
  }

  private append(number: number, key: number, write: number): void {
    this.appendedBy[key] = number
    if (this.readBy[key] !== number) return
    const value = this.writes.valueOf(write)
    if (this.lastFound[key]!.some((found) => samePlain(found, value))) {
      this.findings.add('future-read', [number], () => [
        `T1 read ${inWords(value)} in ${this.keyWord(key)} before it appended ${inWords(value)} there`,
      ])
    }
    this.update(number, key)
  }

  /** The transaction read a version and appends to it, or the other way round. */
  private update(number: number, key: number): void {
    const length = this.versionLength[key]!
    if (length < 0) return
    const version = this.firstVersion[key]! + length
    const other = this.updatedBy[version]!
    if (other < 0) this.updatedBy[version] = number
    else if (other !== number && this.lastUpdate !== number) {
      this.lastUpdate = number
      this.findings.add('lost-update', [other, number], () => [
        `T1 and T2 both found ${inWords(this.orders[key]!.values.slice(0, length))} in ${this.keyWord(key)}`,
        'However both appended to it: one of them did not see the other, whichever came first',
      ])
    }
  }

  private read(read: ListRead, visit: VisitVersion): void {
    const { reader, place, key, found } = read
    if (this.touchedBy[key] === reader) this.checkInternal(read)
    this.readBy[key] = reader
    this.lastFound[key] = found
    if (this.contradictory.size > 0 && this.contradictory.has(readName(reader, place))) {
      this.versionLength[key] = -1
      this.readContradictory(read, visit)
      return
    }
    const order = this.orders[key]!
    const length = lengthFromOthers(this.table, read)
    if (length > order.firstAborted) this.tellAborted(read, order.values[order.firstAborted])
    if (length > order.firstUnwritten) this.tellUnwritten(read, order.values[order.firstUnwritten])
    const last = length > 0 ? order.writes[length - 1]! : -1
    this.versionLength[key] = length
    if (length < found.length) this.checkOwnOnce(read, length)
    if (this.appendedBy[key] === reader) this.update(reader, key)
    this.checkIntermediate(read, last)
    visit(reader, key, { length, last })
  }

  /** What it appended itself must not be there twice, nor among what comes from others as well. */
  private checkOwnOnce({ reader, key, found }: ListRead, length: number): void {
    const isFirst = (value: unknown, place: number) => found.findIndex((other) => samePlain(other, value)) === place
    const twice = found.slice(length).find((value, own) => !isFirst(value, length + own))
    if (twice === undefined) return
    this.findings.add('duplicate-elements', [reader], () => [
      `T1 read ${inWords(found)} in ${this.keyWord(key)}`,
      `However ${inWords(twice)} is in it twice, and was appended once at most`,
    ])
  }

  /** No place in the order: only the last element tells whom it came after. */
  private readContradictory(read: ListRead, visit: VisitVersion): void {
    const { reader, key, found } = read
    const writes = found.map((value) => this.writes.find(key, value))
    const aborted = writes.findIndex((write) => write >= 0 && this.writes.failed(write))
    if (aborted >= 0) this.tellAborted(read, found[aborted])
    const unwritten = writes.indexOf(-1)
    if (unwritten >= 0) this.tellUnwritten(read, found[unwritten])
    const last = writes[lengthFromOthers(this.table, read) - 1] ?? -1
    if (last < 0 || this.writes.failed(last)) return
    this.checkIntermediate(read, last)
    visit(reader, key, { length: -1, last })
  }

  /** Does it see what the same transaction read and appended before? */
  private checkInternal({ reader, place, key, found }: ListRead): void {
    const transaction = this.table.transactions[reader]!
    const first = this.table.firstMicro[reader]!
    const appended: unknown[] = []
    let known: readonly unknown[] | undefined
    for (let before = place - 1; before >= 0 && known === undefined; before--) {
      if (this.table.keyOf[first + before] !== key) continue
      const [action, , value] = transaction[before]!
      if (action === 'r') known = listOf(value)
      else appended.unshift(value)
    }
    const rest = found.length - appended.length
    const isRight =
      rest >= 0 &&
      (known === undefined || (known.length === rest && beginAlike(known, found, rest))) &&
      appended.every((value, index) => samePlain(value, found[rest + index]))
    if (isRight) return
    this.findings.add('internal', [reader], () => [
      `T1 read ${inWords(found)} in ${this.keyWord(key)}`,
      known === undefined
        ? `However it had appended ${inWords(appended)}, with which the list should have ended`
        : `However by what it had read and appended before, it should have been ${inWords([...known, ...appended])}`,
    ])
  }

  private checkIntermediate({ reader, key, found }: ListRead, last: number): void {
    if (last < 0 || this.writes.nextOf[last]! < 0) return
    this.findings.add('G1b', [reader, this.writes.writerOf[last]!], () => [
      `T1 read ${inWords(found)} in ${this.keyWord(key)}, the last of it ${this.valueWord(last)} of T2`,
      `However T2 went on to append ${this.valueWord(this.writes.nextOf[last]!)} there`,
    ])
  }

  private tellAborted({ reader, key, found }: ListRead, value: unknown): void {
    this.findings.add('G1a', [reader, this.writes.writerOf[this.writes.find(key, value)]!], () => [
      `T1 read ${inWords(found)} in ${this.keyWord(key)}, of which T2 appended ${inWords(value)}`,
      'However T2 was aborted',
    ])
  }

  private tellUnwritten({ reader, key, found }: ListRead, value: unknown): void {
    this.findings.add('garbage-read', [reader], () => [
      `T1 read ${inWords(found)} in ${this.keyWord(key)}`,
      `However nobody appended ${inWords(value)} there`,
    ])
  }

  private keyWord(key: number): string {
    return keyInWords(this.table.keys[key])
  }

  private valueWord(write: number): string {
    return inWords(this.writes.valueOf(write))
  }
}
