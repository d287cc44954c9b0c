import { HistoryError } from '../history-error.ts'
import type { TransactionTable } from './table.ts'
import { identityOf, keyInWords, plainWord } from './transaction.ts'

/** Who wrote each value of each key; a write has a number. */
export class Writes {
  readonly count: number
  readonly keyOf: Int32Array
  /** The transaction's number. */
  readonly writerOf: Int32Array
  /** The number of the same transaction's next write of the same key, or -1. */
  readonly nextOf: Int32Array
  private readonly placeOf: Int32Array
  /** The writes of each key, one key behind the other: those of `key` begin at `firstOf[key]`. */
  private readonly byKey: Int32Array
  private readonly firstOf: Int32Array
  private readonly indices = new Map<number, ReadonlyMap<unknown, number>>()
  private readonly table: TransactionTable

  constructor(table: TransactionTable) {
    this.table = table
    const most = table.keyOf.length
    const keyOf = new Int32Array(most)
    const writerOf = new Int32Array(most)
    const placeOf = new Int32Array(most)
    this.nextOf = new Int32Array(most).fill(-1)
    this.firstOf = new Int32Array(table.keys.length + 1)
    const lastOf = new Int32Array(table.keys.length).fill(-1)
    let count = 0
    table.transactions.forEach((transaction, writer) => {
      const first = table.firstMicro[writer]!
      for (let place = 0; place < transaction.length; place++) {
        if (transaction[place]![0] === 'r') continue
        const key = table.keyOf[first + place]!
        const previous = lastOf[key]!
        if (previous >= 0 && writerOf[previous] === writer) this.nextOf[previous] = count
        lastOf[key] = count
        keyOf[count] = key
        writerOf[count] = writer
        placeOf[count++] = place
        this.firstOf[key + 1]!++
      }
    })
    this.count = count
    this.keyOf = keyOf
    this.writerOf = writerOf
    this.placeOf = placeOf
    for (let key = 0; key < table.keys.length; key++) this.firstOf[key + 1]! += this.firstOf[key]!
    this.byKey = new Int32Array(count)
    const free = this.firstOf.slice()
    for (let write = 0; write < count; write++) this.byKey[free[keyOf[write]!]!++] = write
  }

  valueOf(write: number): unknown {
    return this.table.transactions[this.writerOf[write]!]![this.placeOf[write]!]![2]
  }

  /** The write of the value, or -1. */
  find(key: number, value: unknown): number {
    let index = this.indices.get(key)
    if (index === undefined) {
      index = this.indexOf(key)
      this.indices.set(key, index)
    }
    return index.get(identityOf(value)) ?? -1
  }

  /**
   * The key's writes by the identity of their values. It is made anew each time.
   *
   * @throws HistoryError where a value was written twice: then nobody could tell which of them was read.
   */
  indexOf(key: number): ReadonlyMap<unknown, number> {
    const index = new Map<unknown, number>()
    for (let at = this.firstOf[key]!; at < this.firstOf[key + 1]!; at++) {
      const write = this.byKey[at]!
      const identity = identityOf(this.valueOf(write))
      const other = index.get(identity)
      // A write that was aborted may be tried again with the same value: then the value is the later one's.
      if (other === undefined || this.failed(other)) index.set(identity, write)
      else if (!this.failed(write)) this.refuse(other, write)
    }
    return index
  }

  /** True where the write's transaction was aborted. */
  failed(write: number): boolean {
    return this.table.operations[this.writerOf[write]!]!.outcome === 'fail'
  }

  private refuse(first: number, second: number): never {
    const { keys, operations } = this.table
    const value = `${plainWord(this.valueOf(second))} to ${keyInWords(keys[this.keyOf[second]!])}`
    throw new HistoryError(
      operations[this.writerOf[second]!]!,
      `it writes ${value}, as operation ${operations[this.writerOf[first]!]!.id} does. ` +
        'Give each write of a key a value of its own, so that a read tells whose write it saw.',
    )
  }
}
